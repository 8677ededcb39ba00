// Prints an HTML file as PDF again and again with one headless Chromium, and tells what that costs: node chromium.mjs FILE
// DOCUMENTS answers {"start_ms", "document_ms", "bytes"}: processor time of the browser and all its processes, until it
// had printed the first document and for each one after that.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { chromium } = createRequire(new URL('../web/package.json', import.meta.url))('playwright-core')
const [file, documents] = [process.argv[2], Number(process.argv[3])]
const ticksPerSecond = 100 // of /proc, on every Linux

/** Fields of /proc/PID/stat behind the name: the parent first. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 4).split(' ').map(Number)
  } catch {
    return undefined // it ended meanwhile
  }
}

/** Processor time in milliseconds of all processes below this one, and of those that they outlived. */
function processorTime() {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => ({ pid: Number(pid), fields: stat(pid) }))
  const ours = new Set([process.pid])
  for (let before = 0; before !== ours.size; ) {
    before = ours.size
    for (const { pid, fields } of all) if (fields && ours.has(fields[0])) ours.add(pid)
  }
  ours.delete(process.pid)
  let ticks = 0
  for (const { pid, fields } of all) if (fields && ours.has(pid)) ticks += fields[10] + fields[11] + fields[12] + fields[13]
  return (ticks * 1000) / ticksPerSecond
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const page = await browser.newPage()
  const print = async () => {
    await page.goto(pathToFileURL(file).href)
    return page.pdf({ preferCSSPageSize: true })
  }
  const bytes = (await print()).length
  const start = processorTime()
  for (let n = 0; n < documents; n++) await print()
  console.log(JSON.stringify({ start_ms: start, document_ms: (processorTime() - start) / documents, bytes }))
} finally {
  await browser.close()
}
