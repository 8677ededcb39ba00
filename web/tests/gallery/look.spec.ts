import { expectAccessible, expectNoOverflow, languages, sizes, speak, test } from '../page_checks'

for (const language of languages) {
  for (const section of ['/', '/list', '/parts']) {
    test(`${section} in ${language} is accessible and fits, on an office screen and on a phone`, async ({ page }) => {
      await speak(page, language)
      await page.goto(section)
      for (const size of sizes) {
        await page.setViewportSize(size)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await expectNoOverflow(page)
        await expectAccessible(page)
        await page.screenshot({ path: `screenshots/gallery${section.replaceAll('/', '-')}-${language}-${size.name}.png` })
      }
    })
  }
}
