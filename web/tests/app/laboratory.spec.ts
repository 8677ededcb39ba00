import type { Page } from '@playwright/test'
import { test } from '../page_checks'
import { choose, expect, expectPDF, fetchLabels, open, password, sign, signIn, signOutAndIn } from './bureau'

/** The civil date at the bureau. */
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())

/** Reports every closed seal as it is registered: the number stands in the name of its field. */
async function lookAtSeals(page: Page, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) {
    await page.getByLabel(`封条 ${number}：读取的编号`).fill(number)
    await choose(page, page.getByLabel(`封条 ${number}：状态`), '完好')
  }
  await page.getByRole('dialog').getByLabel('存放地点').fill('样品室 A-1')
}

test('a sample, from the sampling form to the issued report', async ({ page }) => {
  test.setTimeout(300_000)
  const run = String(Date.now())
  const seals = [`FT${run}-1`, `FT${run}-2`]

  await signIn(page, 'sampler1')
  await page.goto('/samples/new?category=food')
  await expect(page.locator('#form_number')).toBeVisible()
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page.getByText('请填写抽样单编号')).toBeVisible()
  await choose(page, page.locator('#business_id'), /超市/)
  await expect(page.locator('#sampled_unit_credit_code')).not.toHaveValue('')
  const texts: Record<string, string> = {
    form_number: `DC${run}`,
    details_task_source: '区级监督抽检计划',
    details_food_category_1: '茶叶及相关制品',
    product_class: '茶叶',
    product_name: '绿茶',
    sampled_on: today,
    quantity: '500',
    unit: 'g',
    portions_0_quantity: '250',
    portions_0_container: '样品袋',
    portions_0_seals_0_number: seals[0] ?? '',
    portions_1_quantity: '250',
    portions_1_container: '样品袋',
    portions_1_seals_0_number: 'FT',
    analyses_0_item: '铅',
  }
  for (const [id, text] of Object.entries(texts)) await page.locator(`#${id}`).fill(text)
  const choices: Record<string, string | RegExp> = {
    task_kind: '监督抽检',
    link: '流通环节',
    details_place_type: '超市',
    details_sample_type: '工业加工食品',
    details_packaging: '预包装',
    details_date_type: '生产日期',
    details_storage: '常温',
    sampler_2: /sampler2/,
  }
  for (const [id, option] of Object.entries(choices)) if ((await page.locator(`#${id}`).count()) > 0) await choose(page, page.locator(`#${id}`), option)
  await choose(page, page.locator('#analyses_0_method'), /^GB 5009\.12 /, '5009.12')
  await page.locator('#portions_1_seals_0_number').fill(seals[1] ?? '')
  for (const [id, text] of Object.entries({ details_producer_name: '演示食品有限公司', details_producer_address: '演示路1号', produced_on: today })) {
    await page.locator(`#${id}`).fill(text)
  }
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page).toHaveURL(/\/samples\/YP/)
  const address = new URL(page.url()).pathname
  const number = address.slice('/samples/'.length)
  expect(await fetchLabels(page, ['封条', '70 × 50 mm', 'A4 纸（裁切）', '600 dpi'])).toEqual({ name: `标签-${number}.pdf`, head: '%PDF-' })
  for (const scanned of [`${number}-1`, seals[1] ?? '']) {
    await page.goto(`/samples?q=${scanned}`)
    await expect(page.getByRole('link', { name: number })).toBeVisible()
  }
  await page.goto(address)

  await open(page, '送样')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: '送样', exact: true }), 'where the focus was before').toBeFocused()
  await page.keyboard.press('Enter')
  await choose(page, page.locator('#receiver'), /custodian1/)
  await sign(page, '送样')

  await signOutAndIn(page, 'custodian1')
  await page.goto(address)
  await open(page, '收样')
  await lookAtSeals(page, seals)
  await sign(page, '收样')
  await open(page, '移交')
  await choose(page, page.locator('#receiver'), /technician1/)
  await sign(page, '移交')

  await signOutAndIn(page, 'technician1')
  await page.goto(address)
  await open(page, '接收')
  await lookAtSeals(page, seals.slice(0, 1))
  await sign(page, '接收')
  const breaking = await open(page, '拆封')
  await breaking.getByRole('button', { name: '拆封', exact: true }).click()
  await expect(breaking).toBeHidden()

  await choose(page, page.getByLabel(/各行所用设备/), /质谱仪 · SB/)
  const grid = page.getByRole('grid', { name: '录入结果' })
  await grid.locator('[aria-rowindex="2"] [aria-colindex="3"]').click()
  await page.keyboard.type('0.5')
  await page.keyboard.press('Tab')
  await page.keyboard.type('mg/kg')
  await page.keyboard.press('Enter')
  await page.getByLabel('各行检验日期').fill('2020-01-01')
  await page.getByRole('button', { name: '保存结果（1）' }).click()
  await expect(page.getByText(/待修正 \d 项/)).toBeVisible()
  await page.getByLabel('各行检验日期').fill(today)
  await page.getByRole('button', { name: '保存结果（1）' }).click()
  await expect(page.getByText('合格', { exact: true }).first()).toBeVisible()
  await open(page, '编制报告')
  await sign(page, '编制报告')

  await signOutAndIn(page, 'reviewer1')
  await page.goto('/reports')
  await page.getByRole('link', { name: number }).click()
  await open(page, '审核')
  await sign(page, '审核')

  await signOutAndIn(page, 'signatory1')
  await page.goto(address)
  await expectPDF(page, page.getByRole('link', { name: '预览文书' }))
  await open(page, '批准签发')
  await page.getByRole('dialog').getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '批准签发', exact: true }).click()
  await expect(page.getByText('报告已签发').last()).toBeVisible()
  await page.getByRole('button', { name: '关闭' }).last().click()
  await expect(page.getByRole('link', { name: '打开PDF' })).toBeVisible()
  await expect(page.getByText('流转链完整，没有缺口。')).toBeVisible()
})
