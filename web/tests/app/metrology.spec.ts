import type { Page } from '@playwright/test'
import { test } from '../page_checks'
import { choose, expect, expectPDF, fetchLabels, open, sign, signIn, signOutAndIn } from './bureau'

/** Types down a column of a grid, beginning at its first row. */
async function typeDown(page: Page, label: string, column: RegExp, values: readonly string[]): Promise<void> {
  const grid = page.getByRole('grid', { name: label, exact: true })
  const at = await grid.getByRole('columnheader', { name: column }).getAttribute('aria-colindex')
  await grid.locator(`[aria-rowindex="2"] [aria-colindex="${at}"]`).click()
  for (const value of values) {
    await page.keyboard.type(value)
    await page.keyboard.press('Enter')
  }
  await expect(grid.locator(`[aria-rowindex="${values.length + 1}"] [aria-colindex="${at}"]`)).toHaveText(values.at(-1) ?? '')
}

/** The readings of a scale that shows what lies on it: half an interval takes it to the next. */
async function weigh(page: Page, label: string, loads: readonly string[]): Promise<void> {
  await typeDown(page, label, /示值/, loads)
  await typeDown(page, label, /ΔL/, loads.map(() => '0.0025'))
}

test('an instrument, from its filing by the owner to the certificate, and its revocation by two people', async ({ page }) => {
  test.setTimeout(300_000)
  const serial = `E2E-${Date.now()}`
  await signIn(page, 'business1')
  await page.goto('/portal/instruments')
  await page.getByRole('button', { name: '备案器具' }).first().click()
  const drawer = page.getByRole('dialog')
  await choose(page, drawer.getByLabel('检定规程'), /JJG-539-2016/)
  for (const [label, value] of [['器具名称', '电子台秤'], ['型号规格', 'TCS-15'], ['出厂编号', serial], ['制造单位', '某衡器厂'], ['使用地点', '清河街9号']] as const) {
    await drawer.getByLabel(label).fill(value)
  }
  await choose(page, drawer.locator('#parameters_accuracy_class'), 'III')
  for (const [name, value] of [['Max', '15'], ['Min', '0.1'], ['e', '0.005']] as const) await drawer.locator(`#parameters_${name}`).fill(value)
  await drawer.getByRole('button', { name: '备案器具' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('电子台秤')
  const instrument = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await expect(page.getByRole('button', { name: '打印标签' })).toHaveCount(0) // the owner gets the label on the instrument
  await page.getByRole('button', { name: '申请检定' }).click()
  await page.getByRole('dialog').getByLabel('证书中英文对照').check()
  await page.getByRole('dialog').getByRole('button', { name: '申请检定' }).click()
  await expect(page).toHaveURL(/portal\/verifications\/JD/)
  await expect(page.getByText('证书中英文对照')).toBeVisible()
  const order = new URL(page.url()).pathname.split('/').at(-1) ?? ''

  await signOutAndIn(page, 'verifier1')
  await page.goto(`/instruments/${instrument}`)
  const labelling = await open(page, '打印标签')
  await labelling.getByRole('button', { name: '下载标签 PDF' }).click()
  await expect(labelling.getByText('尚无检定证书')).toBeVisible()
  await page.goto(`/verifications/${order}`)
  const accepting = await open(page, '受理')
  await accepting.getByRole('button', { name: '受理', exact: true }).click()
  await expect(accepting).toBeHidden()
  await page.getByRole('button', { name: '检定', exact: true }).click()
  await page.getByLabel('检定地点').fill('计量室')
  await page.getByLabel('温度/°C').fill('20')
  await page.getByLabel('相对湿度/%RH').fill('50')
  await page.getByRole('button', { name: '全部符合' }).click()
  await weigh(page, '置零准确度', ['0'])
  await weigh(page, '称量', ['0.1', '2.5', '7.5', '10', '15', '10', '7.5', '2.5'])
  await expect(page.getByText('缺少检定点 0.1 kg 回程')).toBeVisible()
  await weigh(page, '称量', ['0.1', '2.5', '7.5', '10', '15', '10', '7.5', '2.5', '0.1'])
  await weigh(page, '偏载', ['5', '5', '5', '5'])
  await weigh(page, '重复性', ['12', '12', '12'])
  await typeDown(page, '鉴别阈', /示值变为/, ['是', '是', '是'])
  await expect(page.getByRole('heading', { name: '实时判定 合格' })).toBeVisible()
  await page.getByRole('button', { name: '签名并保存记录' }).click()
  await sign(page, '签名并保存记录')
  await expect(page.getByText('待核验').first()).toBeVisible()

  await signOutAndIn(page, 'checker1')
  await page.goto(`/verifications/${order}`)
  await open(page, '核验')
  await sign(page, '核验')

  await signOutAndIn(page, 'approver1')
  await page.goto(`/verifications/${order}`)
  await expectPDF(page, page.getByRole('link', { name: '预览文书' }))
  await open(page, '批准出证')
  await sign(page, '批准出证')
  await expect(page).toHaveURL(/documents\/JDZ/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('检定证书')
  const number = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const publicPage = await page.getByRole('link', { name: /\/v\// }).getAttribute('href')

  await page.goto(`/trace?number=${number}`)
  await expect(page.getByText('链条完整')).toBeVisible()

  await page.goto(`/instruments/${instrument}`)
  expect(await fetchLabels(page, ['50 × 30 mm', '300 dpi'])).toEqual({ name: `标签-${instrument}.pdf`, head: '%PDF-' })

  await page.goto(`/documents/${number}`)
  const asking = await open(page, '申请撤销')
  await expect(asking.getByLabel('原因'), 'what is to be typed first').toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: '申请撤销' }), 'where the focus was before').toBeFocused()
  await page.keyboard.press('Enter')
  await asking.getByLabel('原因').fill('铭牌信息有误')
  await sign(page, '申请撤销')
  await expect(page.getByText('待确认撤销')).toBeVisible()
  await signOutAndIn(page, 'approver2')
  await page.goto('/documents')
  await page.getByRole('link', { name: /撤销申请待另一人确认/ }).click()
  await page.getByRole('link', { name: number }).click()
  await open(page, '确认撤销')
  await sign(page, '确认撤销')
  await expectPDF(page, page.getByRole('link', { name: '下载带标记的副本' }))
  await page.goto(publicPage ?? '')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('已撤销')
})
