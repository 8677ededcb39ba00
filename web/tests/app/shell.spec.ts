import { expect, expectAccessible, expectNoOverflow, sizes, test } from '../page_checks'
import { signIn } from './bureau'

for (const size of sizes) {
  test(`the shell at ${size.name} is accessible, fits and says who is signed in`, async ({ page }) => {
    await page.setViewportSize(size)
    await signIn(page, 'technician1')
    await expectNoOverflow(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: '当前用户' }).click()
    await expect(page.getByRole('list', { name: '角色' })).toHaveText('检验员')
    await expectAccessible(page)
  })
}

test('signing out ends the session and keeps the language', async ({ page }) => {
  await signIn(page, 'auditor')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Signed in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
})

test('an address that leads nowhere says so', async ({ page }) => {
  await signIn(page, 'technician1')
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { name: '没有这个页面' })).toBeVisible()
})
