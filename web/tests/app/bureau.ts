import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expect as briefly } from '../page_checks'

/** Many people may be at work on the machine that this runs on. */
export const expect = briefly.configure({ timeout: 30_000 })

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

/** Chooses from a list that opens under its field, or is found by typing; again when it moved away under the pointer. */
export async function choose(page: Page, field: Locator, option: string | RegExp, typed?: string): Promise<void> {
  const box = field.locator('xpath=ancestor::*[contains(concat(" ", @class, " "), " ant-select ")][1]')
  await expect(async () => {
    await (typed === undefined ? field.click({ timeout: 10_000 }) : field.fill(typed, { timeout: 10_000 }))
    await page.locator('.ant-select-dropdown:visible').getByTitle(option).first().click({ timeout: 10_000 })
    await expect(box).toContainText(option, { timeout: 3_000 })
  }).toPass({ timeout: 60_000 })
}

/** Signs the step that is open in the drawer or the dialog. */
export async function sign(page: Page, action: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('密码', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await expect(dialog).toBeHidden()
}

/** Opens the drawer or the dialog of an action. */
export async function open(page: Page, action: string): Promise<Locator> {
  await page.getByRole('button', { name: action, exact: true }).click()
  return page.getByRole('dialog')
}

/** Fetches labels with the button of the page and returns the file, as the text that it begins with. */
export async function fetchLabels(page: Page, choices: readonly string[]): Promise<{ name: string; head: string }> {
  const dialog = await open(page, '打印标签')
  for (const choice of choices) await dialog.getByText(choice, { exact: true }).click()
  const arriving = page.waitForEvent('download')
  await dialog.getByRole('button', { name: '下载标签 PDF' }).click()
  const file = await arriving
  await expect(dialog).toBeHidden()
  return { name: file.suggestedFilename(), head: (await readFile(await file.path())).subarray(0, 5).toString() }
}

/** Fetches what a link leads to, and wants a PDF. */
export async function expectPDF(page: Page, link: Locator): Promise<void> {
  const answer = await page.request.get((await link.getAttribute('href')) ?? '')
  expect(answer.status()).toBe(200)
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-')
}
