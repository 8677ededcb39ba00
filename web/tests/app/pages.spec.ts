import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow, languages, sizes, test } from '../page_checks'
import { expect, signIn } from './bureau'

/** The number of the first thing that a list of the API tells, for the page of that thing. */
async function first(page: Page, list: string): Promise<string> {
  const found: unknown = await page.evaluate(async (address) => (await (await fetch(address)).json()).items?.[0]?.number, `/api/v1/${list}`)
  if (typeof found !== 'string') throw new Error(`nothing in ${list}`)
  return found
}

/** Every page, by who may see it; {list} stands for the number of the first thing in a list of the API. */
const visits: Record<string, readonly string[]> = {
  sampler1: ['/samples/new?category=food'],
  technician1: ['/analyses', '/analyses/import'],
  signatory1: ['/reports'],
  approver1: ['/verifications?state=checked'],
  manager: [
    '/samples',
    '/samples/{samples?limit=1&stage=issued}',
    '/reports',
    '/instruments',
    '/instruments/{instruments?limit=1}',
    '/verifications',
    '/verifications/{verification-orders?limit=1&state=approved}',
    '/documents',
    '/documents/{documents?limit=1}',
    '/trace?number={documents?limit=1}',
    '/jobs',
    '/users',
    '/nowhere',
  ],
  business1: [
    '/portal/instruments',
    '/portal/instruments/{instruments?limit=1}',
    '/portal/verifications',
    '/portal/verifications/{verification-orders?limit=1}',
    '/portal/documents',
    '/portal/documents/{documents?limit=1}',
    '/portal/jobs',
  ],
}

/** What each language is called on its button. */
const names = { zh: '中文', en: 'English' } as const

/** Puts the numbers in. */
async function addressOf(page: Page, template: string): Promise<string> {
  const [, list] = /\{(.+)\}/.exec(template) ?? []
  return list === undefined ? template : template.replace(`{${list}}`, await first(page, list))
}

/** Waits until a page shows what it has fetched. */
async function settle(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('main [role=status]')).toHaveCount(0)
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
}

for (const [login, templates] of Object.entries(visits)) {
  test(`the pages of ${login} are accessible and fit at every size in every language`, async ({ page }) => {
    test.setTimeout(300_000) // a machine that many work on is slow
    await signIn(page, login)
    for (const template of templates) {
      await page.setViewportSize(sizes[0])
      await page.goto(await addressOf(page, template))
      for (const language of languages) {
        await page.getByRole('button', { name: names[language], exact: true }).click()
        for (const size of sizes) {
          await page.setViewportSize(size)
          await settle(page)
          await expectNoOverflow(page)
          // Each language and each size once: what axe looks at differs by one or the other, hardly by both.
          if ((language === 'zh') === (size.width > 1000)) await expectAccessible(page)
        }
        await expect(page.getByRole('main'), 'words that were not put in').not.toContainText(/\{\w+\}|undefined|\[object/)
      }
    }
  })
}
