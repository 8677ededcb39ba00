import { expect } from '@playwright/test'
import { test } from '../page_checks'
import { password, signIn, signOutAndIn } from './bureau'

/** Types down a column of a grid, beginning at its first cell. */
async function typeDown(page: import('@playwright/test').Page, grid: string, column: number, values: readonly string[]): Promise<void> {
  const cell = page.getByRole('grid', { name: grid, exact: true }).locator(`[aria-rowindex="2"] [aria-colindex="${column}"]`)
  await cell.click()
  for (const value of values) {
    await page.keyboard.type(value)
    await page.keyboard.press('Enter')
  }
}

test('an instrument, from its filing by the owner to the certificate, and its revocation by two people', async ({ page }) => {
  test.setTimeout(180_000)
  const serial = `E2E-${Date.now()}`
  await signIn(page, 'business1')
  await page.goto('/portal/instruments')
  await page.getByRole('button', { name: '备案器具' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('检定规程').click()
  await page.getByTitle(/JJG-539-2016/).click()
  for (const [label, value] of [['器具名称', '电子台秤'], ['型号规格', 'TCS-15'], ['出厂编号', serial], ['制造单位', '某衡器厂'], ['使用地点', '清河街9号']] as const) {
    await drawer.getByLabel(label).fill(value)
  }
  await drawer.locator('#parameters_accuracy_class').click()
  await page.getByTitle('III', { exact: true }).click()
  for (const [name, value] of [['Max', '15'], ['Min', '0.1'], ['e', '0.005']] as const) await drawer.locator(`#parameters_${name}`).fill(value)
  await drawer.getByRole('button', { name: '备案器具' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('电子台秤')
  await page.getByRole('button', { name: '申请检定' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '申请检定' }).click()
  await expect(page).toHaveURL(/portal\/verifications\/JD/)
  const order = new URL(page.url()).pathname.split('/').at(-1) ?? ''

  await signOutAndIn(page, 'verifier1')
  await page.goto(`/verifications/${order}`)
  await page.getByRole('button', { name: '受理', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '受理', exact: true }).click()
  await page.getByRole('button', { name: '检定', exact: true }).click()
  await page.getByLabel('检定地点').fill('计量室')
  await page.getByLabel('温度/°C').fill('20')
  await page.getByLabel('相对湿度/%RH').fill('50')
  await page.getByRole('radio', { name: '符合', exact: true }).first().check()
  await typeDown(page, '置零准确度', 1, ['0.05'])
  await typeDown(page, '置零准确度', 2, ['0.050'])
  await typeDown(page, '置零准确度', 3, ['0.0025'])
  await typeDown(page, '称量示值误差', 1, ['0.1', '2.5', '10', '15', '5'])
  await typeDown(page, '称量示值误差', 2, ['0.100', '2.500', '10.000', '15.000', '5.000'])
  await typeDown(page, '称量示值误差', 3, ['0.0025', '0.0025', '0.0025', '0.0025', '0.0025'])
  for (const [grid, load, count] of [['偏载', '5', 4], ['重复性', '12', 3]] as const) {
    await typeDown(page, grid, 1, Array<string>(count).fill(load))
    await typeDown(page, grid, 2, Array<string>(count).fill(`${load}.000`))
    await typeDown(page, grid, 3, Array<string>(count).fill('0.0025'))
  }
  await typeDown(page, '鉴别阈', 1, ['0.1', '7.5', '15'])
  await typeDown(page, '鉴别阈', 2, ['0.100', '7.500', '15.000'])
  await typeDown(page, '鉴别阈', 3, ['0.105', '7.505', '15.005'])
  await page.getByRole('button', { name: '签名并保存记录' }).click()
  await page.getByRole('dialog').locator('#password').fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '签名并保存记录' }).click()
  await expect(page.getByText('待核验').first()).toBeVisible()

  await signOutAndIn(page, 'checker1')
  await page.goto(`/verifications/${order}`)
  await page.getByRole('button', { name: '核验', exact: true }).click()
  await page.getByRole('dialog').locator('#password').fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '核验', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await signOutAndIn(page, 'approver1')
  await page.goto(`/verifications/${order}`)
  await page.getByRole('button', { name: '批准出证' }).click()
  await page.getByRole('dialog').locator('#password').fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '批准出证' }).click()
  await expect(page).toHaveURL(/documents\/JDZ/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('检定证书')
  const number = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const publicPage = await page.getByRole('link', { name: /\/v\// }).getAttribute('href')

  await page.goto(`/trace?number=${number}`)
  await expect(page.getByText('链条完整')).toBeVisible()

  await page.goto(`/documents/${number}`)
  await page.getByRole('button', { name: '申请撤销' }).click()
  await page.getByRole('dialog').getByLabel('原因').fill('铭牌信息有误')
  await page.getByRole('dialog').locator('#password').fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '申请撤销' }).click()
  await expect(page.getByText('待确认撤销')).toBeVisible()
  await signOutAndIn(page, 'approver2')
  await page.goto(`/documents/${number}`)
  await page.getByRole('button', { name: '确认撤销' }).click()
  await page.getByRole('dialog').locator('#password').fill(password)
  await page.getByRole('dialog').getByRole('button', { name: '确认撤销' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.goto(publicPage ?? '')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('已撤销')
})
