import { expectAccessible, expectNoOverflow, languages, sizes, speak, test } from '../page_checks'

for (const language of languages) {
  for (const size of sizes) {
    for (const section of ['/', '/list', '/parts']) {
      test(`${section} in ${language} at ${size.name} is accessible and fits`, async ({ page }) => {
        await speak(page, language)
        await page.setViewportSize(size)
        await page.goto(section)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await expectNoOverflow(page)
        await expectAccessible(page)
        await page.screenshot({ path: `screenshots/gallery${section.replaceAll('/', '-')}-${language}-${size.name}.png` })
      })
    }
  }
}
