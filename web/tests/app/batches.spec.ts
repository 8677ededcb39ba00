import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { test } from '../page_checks'
import { expect, sign, signIn, signOutAndIn } from './bureau'

/** Downloads the first file that a job made. */
async function download(page: Page, name: RegExp): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).first().click()])
  return readFileSync(await file.path())
}

test('documents are packed and merged, for staff and for their holder, and found again among the jobs', async ({ page }) => {
  test.setTimeout(180_000)
  await signIn(page, 'manager')
  await page.goto('/documents')
  await expect(page.getByRole('button', { name: '打包下载' })).toBeDisabled()
  for (const box of [0, 1]) await page.locator('tbody').getByRole('checkbox').nth(box).check()
  await expect(page.getByText('已选 2 项')).toBeVisible()
  await page.getByRole('button', { name: '打包下载' }).click()
  const packed = await download(page, /^documents-\d{8}-\w+\.zip/)
  expect(packed.subarray(0, 4).toString('latin1'), 'the beginning of a ZIP').toBe('PK\x03\x04')

  await page.goto('/documents?kind=verification_certificate&status=valid')
  await expect(page.getByText('未勾选时为筛选出的全部文书')).toBeVisible()
  await page.getByRole('button', { name: '合并打印' }).click()
  expect((await download(page, /^print-\d{8}-.+\.pdf/)).subarray(0, 5).toString('latin1'), 'the beginning of a PDF').toBe('%PDF-')

  await page.goto('/jobs')
  await expect(page.getByRole('link', { name: /^documents-.+\.zip/ }).first()).toBeVisible()

  await signOutAndIn(page, 'business1')
  await page.goto('/portal/documents')
  await page.locator('tbody').getByRole('checkbox').first().check()
  await page.getByRole('button', { name: '打包下载' }).click()
  await expect(page.getByRole('link', { name: /^documents-.+\.zip/ })).toBeVisible()
  await page.goto('/portal/jobs')
  await expect(page.getByRole('heading', { level: 1, name: '打包与打印' })).toBeVisible()
  await expect(page.getByRole('link', { name: /^documents-.+\.zip/ }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: /^print-/ }), 'what others had made').toHaveCount(0)
})

test('records that wait are approved at once, and what came of it stays when none is left', async ({ page }) => {
  test.setTimeout(180_000)
  await signIn(page, 'approver1')
  await page.goto('/verifications?state=checked')
  await page.getByRole('checkbox', { name: '全选本页' }).check()
  await page.getByRole('button', { name: '批量批准' }).click()
  await sign(page, '批量批准')
  await expect(page.getByText(/项中批准了 \d+ 项/)).toBeVisible()
  await expect(page.getByRole('link', { name: /^JD[ZT]\d/ }).first(), 'what was issued').toBeVisible()
  await expect(page.getByText('没有符合条件的记录')).toBeVisible()
  await expect(page.getByText(/项中批准了 \d+ 项/)).toBeVisible()
})

test('reports that wait are approved at once, with one signature', async ({ page }) => {
  test.setTimeout(180_000)
  await signIn(page, 'signatory1')
  await page.goto('/reports')
  const waiting = page.getByRole('region', { name: '待批准' }).first() // the table in it is one, too, where it scrolls
  await expect(waiting).toBeVisible()
  await waiting.getByRole('checkbox', { name: '全选本页' }).check()
  await page.getByRole('button', { name: '批量批准' }).click()
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible()
  await sign(page, '批量批准')
  await expect(page.getByText(/项中批准了 \d+ 项/)).toBeVisible()
})
