import { expect, expectAccessible, test } from '../page_checks'

test.beforeEach(async ({ page }) => {
  await page.goto('/form')
})

async function fill(page: import('@playwright/test').Page, login: string): Promise<void> {
  await page.getByRole('button', { name: '新建用户' }).click()
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('姓名').fill('李强')
  await expectAccessible(page)
  await page.getByRole('button', { name: '保存' }).click()
}

test('the faults that the server tells stand beside their fields, the others above', async ({ page }) => {
  await fill(page, 'taken')
  await expect(page.locator('.ant-form-item', { hasText: '登录名' }).getByText('登录名已被使用')).toBeVisible()
  await expect(page.getByRole('alert').filter({ hasText: '该区划今日停止办理' })).toBeVisible()
  await expect(page.getByLabel('姓名')).toHaveValue('李强')
  await page.getByLabel('登录名').fill('li.qiang')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('stored: 1')).toBeVisible()
})

test('a form whose answer was lost is sent again and stored once', async ({ page }) => {
  await fill(page, 'lost')
  await expect(page.getByText('结果未知，请重试')).toBeVisible()
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('stored: 1')).toBeVisible()
})

test('an expired session is renewed over the form, and what was typed is stored', async ({ page }) => {
  await fill(page, 'expired')
  const dialog = page.getByRole('dialog', { name: '登录已过期' })
  await expect(dialog.getByLabel('登录名')).toHaveValue('zhang.wei')
  await expect(dialog.getByLabel('密码')).toBeFocused()
  await dialog.getByLabel('密码').fill('wrong')
  await dialog.getByRole('button', { name: '登录并继续' }).click()
  await expect(dialog.getByText('登录名或密码不正确')).toBeVisible()
  await expectAccessible(page)
  await dialog.getByLabel('密码').fill('right')
  await dialog.getByRole('button', { name: '登录并继续' }).click()
  await expect(page.getByText('stored: 1')).toBeVisible()
})

test('somebody else than the one whose session expired starts at the sign-in page', async ({ page }) => {
  await fill(page, 'expired')
  await page.getByRole('button', { name: '换一个用户' }).click()
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
})

test('typed work is not given up without asking', async ({ page }) => {
  await page.getByRole('button', { name: '新建用户' }).click()
  await page.getByLabel('登录名').fill('li.qiang')
  await page.getByRole('button', { name: '取消' }).click()
  await page.getByRole('button', { name: '继续填写' }).click()
  await expect(page.getByLabel('登录名')).toHaveValue('li.qiang')
})

test('a signature names its meaning and asks for the password; a wrong one is told', async ({ page }) => {
  await page.getByRole('button', { name: '批准' }).click()
  const dialog = page.getByRole('dialog', { name: '电子签名' })
  await expect(dialog).toContainText('张伟声明： 本人已审核全部结果')
  await expectAccessible(page)
  await dialog.getByLabel('密码').fill('wrong')
  await dialog.getByRole('button', { name: '批准' }).click()
  await expect(dialog.getByText('密码不正确')).toBeVisible()
  await dialog.getByLabel('密码').fill('right')
  await dialog.getByRole('button', { name: '批准' }).click()
  await expect(dialog).toBeHidden()
})
