import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../page_checks'

// Columns of the gallery's grid: 0 sample, 1 item, 2 result, 3 unit, 4 limit, 5 verdict, 6 note.
const result = 2
const unit = 3
const note = 6

function cell(page: Page, row: number, column: number): Locator {
  return page.locator(`[data-row="${row}"][data-column="${column}"]`)
}

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((content) => {
    const data = new DataTransfer()
    data.setData('text/plain', content)
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, text)
}

async function copied(page: Page): Promise<string> {
  await page.evaluate(() => {
    document.addEventListener('copy', (event) => {
      document.documentElement.dataset.copied = event.clipboardData?.getData('text/plain')
    })
  })
  await page.keyboard.press('Control+c')
  return page.evaluate(() => document.documentElement.dataset.copied ?? '')
}

test.beforeEach(async ({ page }) => {
  await page.goto('/')
  await cell(page, 0, result).click()
})

test('typing and Enter go down the column and keep zeros', async ({ page }) => {
  await page.keyboard.type('1.230')
  await page.keyboard.press('Enter')
  await page.keyboard.type('<0.01')
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, result)).toHaveText('1.230')
  await expect(cell(page, 1, result)).toHaveText('<0.01')
  await expect(cell(page, 2, result)).toHaveAttribute('data-active', 'true')
})

test('full-width characters become plain ones', async ({ page }) => {
  await page.keyboard.insertText('＜０．０５')
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, result)).toHaveText('<0.05')
})

test('a paste from a spreadsheet skips read-only cells and is undone at once', async ({ page }) => {
  await paste(page, '0.1\tpg/kg\n0.2\tpg/kg\n"0.3"\tpg/kg\n')
  await expect(cell(page, 2, result)).toHaveText('0.3')
  await expect(cell(page, 0, unit)).toHaveText('mg/kg')
  await expect(page.getByRole('status')).toContainText('跳过 3 个只读格')
  await page.keyboard.press('Control+z')
  await expect(cell(page, 0, result)).toHaveText('')
  await expect(page.getByTestId('drafts')).toHaveText('0')
  await page.keyboard.press('Control+y')
  await expect(cell(page, 1, result)).toHaveText('0.2')
})

test('an input method composes from its first key on', async ({ page }) => {
  await cell(page, 0, note).click()
  const session = await page.context().newCDPSession(page)
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', windowsVirtualKeyCode: 229 })
  await session.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
  await session.send('Input.insertText', { text: '你好' })
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, note)).toHaveText('你好')
})

test('a range is copied, filled down and cleared', async ({ page }) => {
  await page.keyboard.type('5')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+d')
  await expect(cell(page, 2, result)).toHaveText('5')
  expect(await copied(page)).toBe('5\n5\n5')
  await page.keyboard.press('Delete')
  await expect(cell(page, 1, result)).toHaveText('')
})

test('a drag selects and one value fills the range', async ({ page }) => {
  await cell(page, 3, result).hover()
  await page.mouse.down()
  await cell(page, 5, result).hover()
  await page.mouse.up()
  await paste(page, '7')
  await expect(cell(page, 4, result)).toHaveText('7')
  await expect(cell(page, 5, result)).toHaveText('7')
  await expect(cell(page, 6, result)).toHaveText('')
})

test('F2 edits in place, Escape takes back, read-only cells stay', async ({ page }) => {
  await page.keyboard.type('1.5')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('F2')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('2')
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, result)).toHaveText('1.25')
  await page.keyboard.type('9')
  await page.keyboard.press('Escape')
  await expect(cell(page, 1, result)).toHaveText('')
  await cell(page, 0, unit).click()
  await page.keyboard.type('x')
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, unit)).toHaveText('mg/kg')
})

test('faults are marked, counted and jumped to', async ({ page }) => {
  await page.keyboard.type('abc')
  await page.keyboard.press('Enter')
  await expect(cell(page, 0, result)).toHaveAttribute('aria-invalid', 'true')
  await page.keyboard.press('Control+End')
  await page.getByRole('button', { name: '待修正 1 项' }).click()
  await expect(cell(page, 0, result)).toHaveAttribute('data-active', 'true')
  await expect(page.getByText('无法识别的结果')).toBeVisible()
})

test('Tab goes to the next cell that may be typed in; Escape, then Tab leaves the grid', async ({ page }) => {
  await page.keyboard.press('Tab')
  await expect(cell(page, 0, note)).toHaveAttribute('data-active', 'true')
  await page.keyboard.press('Tab')
  await expect(cell(page, 1, result)).toHaveAttribute('data-active', 'true')
  const input = page.getByLabel('第 2 行，结果')
  await expect(input).toBeFocused()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(input).not.toBeFocused()
})

test('a page with typed work asks before it is left', async ({ page }) => {
  await page.keyboard.type('1')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'List' }).click()
  await page.getByRole('button', { name: '继续填写' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(cell(page, 0, result)).toHaveText('1')
  await page.getByRole('link', { name: 'List' }).click()
  await page.getByRole('button', { name: '放弃' }).click()
  await expect(page).toHaveURL(/\/list$/)
})

test('5,000 rows draw only what is seen, and the last row is reached', async ({ page }) => {
  await page.getByRole('button', { name: '5000' }).click()
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '5001')
  await cell(page, 0, result).click()
  await page.keyboard.press('Control+ArrowDown')
  await expect(cell(page, 4999, result)).toBeInViewport()
  expect(await page.getByRole('row').count()).toBeLessThan(60)
  await page.keyboard.type('3')
  await page.keyboard.press('Enter')
  await expect(cell(page, 4999, result)).toHaveText('3')
})
