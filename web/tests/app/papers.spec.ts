import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow, languages, sizes, test } from '../page_checks'
import { expect, signIn } from './bureau'

interface Listed {
  number: string
  kind: string
  conclusion: string
  status: string
  subject_number: string
}

/** The first report with the conclusion that is in force. */
async function report(page: Page, conclusion: string): Promise<Listed> {
  const found: unknown = await page.evaluate(async (wanted) => {
    const { items } = await (await fetch('/api/v1/documents?kind=inspection_report&limit=100')).json()
    return items.find((d: { conclusion: string; status: string }) => d.conclusion === wanted && d.status === 'valid')
  }, conclusion)
  if (typeof found !== 'object' || found === null) throw new Error(`no report that concludes ${conclusion}`)
  return found as Listed
}

/** Clicks a button and reads the PDF that comes. */
async function printed(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()])
  const bytes = await readFile(await download.path())
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  return download.suggestedFilename()
}

test('the papers of a sample and of a failing report are printed', async ({ page }) => {
  await signIn(page, 'manager')
  const failed = await report(page, 'fail')
  await page.goto(`/samples/${failed.subject_number}`)
  expect(await printed(page, '样品流转单')).toBe(`${failed.subject_number}-样品流转单.pdf`)
  expect(await printed(page, '抽样单（各联）')).toMatch(/-.*抽样.*\.pdf$/)
  await page.goto(`/documents/${failed.number}`)
  expect(await printed(page, '检验结果通知书与送达回证')).toBe(`${failed.number}-检验结果通知书.pdf`)
  expect(await printed(page, '样品处置单')).toBe(`${failed.number}-样品处置单.pdf`)
})

test('a passing report offers the disposal alone', async ({ page }) => {
  await signIn(page, 'manager')
  const passed = await report(page, 'pass')
  await page.goto(`/documents/${passed.number}`)
  await expect(page.getByRole('button', { name: '样品处置单', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: '复检申请书', exact: true })).toHaveCount(0)
})

test('why a paper is not printed is told on the page', async ({ page }) => {
  await signIn(page, 'manager')
  const failed = await report(page, 'fail')
  await page.route('**/papers/retest_application', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 409, code: 'no_retest', zh: '不合格项目均为微生物指标，依法不予复检', en: 'never retested', errors: [] }),
    }),
  )
  await page.goto(`/documents/${failed.number}`)
  await page.getByRole('button', { name: '复检申请书', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('依法不予复检')
})

test('the papers of a failing report fit at every size in every language', async ({ page }) => {
  await signIn(page, 'manager')
  const failed = await report(page, 'fail')
  for (const path of [`/documents/${failed.number}`, `/samples/${failed.subject_number}`]) {
    await page.goto(path)
    for (const language of languages) {
      await page.getByRole('button', { name: { zh: '中文', en: 'English' }[language], exact: true }).click()
      for (const size of sizes) {
        await page.setViewportSize(size)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expectNoOverflow(page)
        await expectAccessible(page)
      }
    }
  }
})
