// Prints the output of the tests that failed in a `go test -json` stream.
import { readFileSync } from 'node:fs'

const output = new Map()
const failed = []
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (!line.startsWith('{')) {
    if (line.trim()) console.log(line)
    continue
  }
  const event = JSON.parse(line)
  const key = `${event.Package ?? event.ImportPath} ${event.Test ?? ''}`
  if (event.Action === 'output' || event.Action === 'build-output') {
    output.set(key, (output.get(key) ?? '') + event.Output)
  } else if (event.Action === 'fail' || event.Action === 'build-fail') {
    failed.push(key)
  }
}
// A race says at its beginning what met, a test at its end what it found.
const half = 4000
const shortened = (text) =>
  text.length > 2 * half ? `${text.slice(0, half)}\n…\n${text.slice(-half)}` : text

for (const key of failed) {
  const text = output.get(key) ?? ''
  if (text.trim()) console.log(`--- ${key}\n${shortened(text)}`)
}
