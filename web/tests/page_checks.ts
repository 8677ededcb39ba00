import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test as base, expect, type Page } from '@playwright/test'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What a test says of the page beside its own steps. */
interface PageChecks {
  /** Fails the test when the page asks another origin for anything, breaks its content policy, or throws. */
  strict: void
}

/** The test of every browser test: with it, each page is watched from its first request on. */
export const test = base.extend<PageChecks>({
  strict: [
    async ({ page, baseURL }, use) => {
      const origin = new URL(baseURL ?? 'http://127.0.0.1').origin
      const faults: string[] = []
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (/^https?:$/.test(url.protocol) && url.origin !== origin) faults.push(`request to another origin: ${request.url()}`)
      })
      page.on('pageerror', (error) => faults.push(`error in the page: ${error.message}`))
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) faults.push(message.text())
      })
      await use()
      expect(faults, 'faults of the page').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

interface Violation {
  id: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

/** Checks the page as it stands against WCAG 2.2 A and AA. axe is injected as text, which the page's policy allows. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const violations = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run: (context: Document, options: object) => Promise<{ violations: Violation[] }> } }
    return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations
  }, rules)
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n${node.html}\n${node.failureSummary ?? ''}`))
  expect(told, `accessibility of ${page.url()}`).toEqual([])
}

/** Checks that nothing sticks out sideways. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(over, 'pixels beyond the right edge').toBeLessThanOrEqual(0)
}

/** The sizes at which pages are looked at: an office screen and a phone. */
export const sizes = [
  { name: '1280', width: 1280, height: 800 },
  { name: '390', width: 390, height: 844 },
] as const

/** The languages that pages are looked at in. */
export const languages = ['zh', 'en'] as const

/** Opens the page in a language, as if it had been chosen before. */
export async function speak(page: Page, language: (typeof languages)[number]): Promise<void> {
  await page.addInitScript((chosen) => localStorage.setItem('hengjian.language', chosen), language)
}
