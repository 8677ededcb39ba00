import { defineConfig } from '@playwright/test'

/** Where the real server is; without it only the gallery is tested. */
const server = process.env.HENGJIAN_E2E_URL

const gallery = `http://127.0.0.1:${process.env.HENGJIAN_GALLERY_PORT ?? 4180}`

const chromium = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 1, // what passes only the second time is named in the closing line
  workers: 2,
  reporter: [['list'], ['./tests/closing_line.ts']],
  use: {
    browserName: 'chromium',
    launchOptions: chromium,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    screenshot: 'only-on-failure',
    trace: 'on-first-retry', // a trace films all that happens, and would cost a good part of the time of each test
    contextOptions: { reducedMotion: 'reduce' }, // a click on what begins to move between press and release is lost
    actionTimeout: 30_000,
  },
  projects: [
    { name: 'gallery', testMatch: 'gallery/**/*.spec.ts', use: { baseURL: gallery } },
    ...(server ? [{ name: 'app', testMatch: 'app/**/*.spec.ts', use: { baseURL: server } }] : []),
  ],
  webServer: {
    command: 'npm run --silent gallery',
    url: gallery,
    reuseExistingServer: false,
    timeout: 120_000,
  },
})
