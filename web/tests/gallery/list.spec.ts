import { expect, test } from '../page_checks'

test('filters stand in the address and pages go forth and back', async ({ page }) => {
  await page.goto('/list')
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page).toHaveURL(/cursor=12/)
  await expect(page.getByText('SP370113-2026-00013')).toBeVisible()
  await page.getByRole('button', { name: '上一页' }).click()
  await expect(page.getByText('SP370113-2026-00001')).toBeVisible()
  await page.getByLabel('查找').fill('烟煤')
  await expect(page).toHaveURL(/q=%E7%83%9F%E7%85%A4/)
  await expect(page.getByText('SP370113-2026-00001')).toBeHidden()
  await page.reload()
  await expect(page.getByLabel('查找')).toHaveValue('烟煤')
  await expect(page.getByText('SP370113-2026-00006')).toBeVisible()
})

test('what matches nothing offers to clear the filters', async ({ page }) => {
  await page.goto('/list?q=nothing')
  await expect(page.getByRole('heading', { name: '没有符合条件的记录' })).toBeVisible()
  await page.getByRole('button', { name: '清除筛选' }).last().click()
  await expect(page.getByText('SP370113-2026-00001')).toBeVisible()
})

test('the choice of language is kept', async ({ page }) => {
  await page.goto('/list')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { name: 'Samples' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Samples' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
})
