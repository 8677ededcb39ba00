import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow, languages, sizes, test } from '../page_checks'
import { expect, signIn } from './bureau'

interface Listed {
  number: string
  code: string
  status: string
  conclusion: string
}

/** A document of the bureau that is worth what is asked for, with the bytes of its file; who asks is signed out again. */
async function fetched(page: Page, status: string, conclusion: string): Promise<{ document: Listed; pdf: Buffer }> {
  await signIn(page, 'auditor')
  const list: { items: Listed[] } = await (await page.request.get(`/api/v1/documents?limit=200&status=${status}`)).json()
  const document = list.items.find((one) => one.conclusion === conclusion)
  if (!document) throw new Error(`no document is ${status} and says ${conclusion}`)
  const answer = await page.request.get(`/api/v1/documents/${document.number}/pdf`)
  expect(answer.status()).toBe(200)
  const pdf = await answer.body()
  // The event of a file that was finished just now is in the log seconds later.
  await expect.poll(async () => Object.keys(await (await page.request.get(`/v/${document.code}/proof`)).json())).toContain('finished')
  await page.context().clearCookies()
  return { document, pdf }
}

async function take(page: Page, content: Buffer): Promise<void> {
  await page.locator('#file').setInputFiles({ name: 'report.pdf', mimeType: 'application/pdf', buffer: content })
}

function verdict(page: Page, outcome: string) {
  return expect(page.getByRole('status')).toHaveClass(`verdict ${outcome}`)
}

/** The file with one bit of one byte in its middle turned over. */
function altered(pdf: Buffer): Buffer {
  const other = Buffer.from(pdf)
  const at = other.length >> 1
  other[at] = (other[at] ?? 0) ^ 1
  return other
}

const titles = {
  zh: { start: '核对手中的文件', valid: '是原件，现行有效', bad: '核对不通过' },
  en: { start: 'Compare the file in your hands', valid: 'The original, in force', bad: 'It does not hold' },
} as const

test('anybody compares a file with the ledger, and nothing is sent', async ({ page }) => {
  const { document, pdf } = await fetched(page, 'valid', 'pass')
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET' || request.postData() !== null) sent.push(`${request.method()} ${request.url()}`)
  })
  for (const language of languages) {
    await page.goto(`/v/${document.code}?lang=${language}`)
    await page.getByRole('link', { name: titles[language].start }).click()
    for (const size of sizes) {
      await page.setViewportSize(size)
      await page.reload()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(titles[language].start)
      await expectNoOverflow(page)
      await expectAccessible(page)
      for (const [outcome, content] of [['valid', pdf], ['bad', altered(pdf)]] as const) {
        await take(page, content)
        await verdict(page, outcome)
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(titles[language][outcome])
        await expect(page.locator('li.ok')).toHaveCount(outcome === 'valid' ? 5 : 4)
        await expect(page.locator('li.told')).toHaveCount(1)
        await expectNoOverflow(page)
        await expectAccessible(page)
        await page.screenshot({ path: `screenshots/compare-${outcome}-${language}-${size.name}.png`, fullPage: true })
      }
      await expect(page.locator('li.bad')).toHaveCount(1)
    }
  }
  expect(sent).toEqual([])
})

test('a file is dropped anywhere on the page, or chosen with the keyboard', async ({ page }) => {
  const { document, pdf } = await fetched(page, 'valid', 'pass')
  await page.goto(`/v/${document.code}/compare`)
  const dropped = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer()
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0))
    transfer.items.add(new File([bytes], 'dropped.pdf', { type: 'application/pdf' }))
    return transfer
  }, pdf.toString('base64'))
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped })
  await verdict(page, 'valid')
  await expect(page.locator('[data-fact=file]')).toHaveText('dropped.pdf')
  await expect(async () => { // Chromium opens no chooser for a key that comes while it is still busy with the drop
    const [chooser] = await Promise.all([page.waitForEvent('filechooser', { timeout: 3000 }), page.locator('#file').press('Enter')])
    await chooser.setFiles({ name: 'chosen.pdf', mimeType: 'application/pdf', buffer: altered(pdf) })
  }).toPass({ timeout: 20_000 })
  await verdict(page, 'bad')
})

test('the signature is verified under the key that somebody brings', async ({ page }) => {
  const { document, pdf } = await fetched(page, 'valid', 'pass')
  const key = (await (await page.request.get('/log/keys')).text()).trim().split('\n').at(-1) ?? ''
  await page.goto(`/v/${document.code}/compare`)
  await take(page, pdf)
  await verdict(page, 'valid')
  for (const [typed, outcome] of [
    [key, 'valid'],
    ['PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'bad'],
    ['not a key', 'unknown'],
  ] as const) {
    await page.locator('#key').fill(typed)
    await page.keyboard.press('Enter')
    await verdict(page, outcome)
  }
})

test('an original that is not in force, or that states a failure, is not simply good', async ({ page }) => {
  for (const [status, conclusion, outcome] of [['revoked', 'pass', 'revoked'], ['superseded', 'pass', 'superseded'], ['valid', 'fail', 'failed']] as const) {
    const { document, pdf } = await fetched(page, status, conclusion)
    await page.goto(`/v/${document.code}/compare`)
    await take(page, pdf)
    await verdict(page, outcome)
    await expect(page.locator('li.ok')).toHaveCount(5)
    await expectAccessible(page)
  }
})

test('a proof that does not come is not taken for one', async ({ page }) => {
  const { document, pdf } = await fetched(page, 'valid', 'pass')
  await page.route('**/proof', (route) => route.fulfill({ status: 503, body: '' }))
  await page.goto(`/v/${document.code}/compare`)
  await take(page, pdf)
  await verdict(page, 'unknown')
  await page.unroute('**/proof')
  await page.route('**/proof', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"issued"' }))
  await take(page, pdf)
  await verdict(page, 'bad')
})
