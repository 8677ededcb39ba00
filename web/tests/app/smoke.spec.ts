import { expect, expectAccessible, expectNoOverflow, languages, sizes, speak, test } from '../page_checks'

const titles = { zh: '登录', en: 'Sign in' } as const

for (const language of languages) {
  for (const size of sizes) {
    test(`the sign-in page in ${language} at ${size.name} is accessible and fits`, async ({ page }) => {
      await speak(page, language)
      await page.setViewportSize(size)
      await page.goto('/')
      await expect(page.getByRole('heading', { name: titles[language] })).toBeVisible()
      await expectNoOverflow(page)
      await expectAccessible(page)
      await page.screenshot({ path: `screenshots/sign-in-${language}-${size.name}.png` })
    })
  }
}

test('a wrong password is told, and what was typed stays', async ({ page }) => {
  await page.goto('/samples?stage=testing')
  await page.getByLabel('登录名').fill('nobody')
  await page.getByLabel('密码').fill('not the password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('登录名')).toHaveValue('nobody')
  await expect(page).toHaveURL(/\/samples\?stage=testing$/)
})

test('what is missing is told before anything is sent', async ({ page }) => {
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
  await page.goto('/')
  await page.getByRole('button', { name: '登录' }).click()
  await expect(page.getByText('请输入登录名')).toBeVisible()
  await expect(page.getByText('请输入密码')).toBeVisible()
  expect(sent).toEqual([])
})
