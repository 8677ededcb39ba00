import { expect, type Page } from '@playwright/test'

/** The password of every person of the demonstration bureau. */
export const password = process.env.HENGJIAN_E2E_PASSWORD ?? 'Hengjian-2026'

/** Signs in as somebody of the demonstration bureau and waits for the app. */
export async function signIn(page: Page, login: string): Promise<void> {
  await page.goto('/')
  await page.locator('#login').fill(login)
  await page.locator('#password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeVisible()
  await expect(page.locator('#password')).toHaveCount(0)
}

/** Ends the session and signs somebody else in. */
export async function signOutAndIn(page: Page, login: string): Promise<void> {
  await page.context().clearCookies()
  await signIn(page, login)
}
