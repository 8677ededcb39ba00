import { stripVTControlCharacters } from 'node:util'
import type { Reporter, Suite, TestCase } from '@playwright/test/reporter'

/**
 * Ends the output with the reason of each failure, even of those that did not happen again, and with the line that the
 * tests' counts are read from.
 */
export default class ClosingLine implements Reporter {
  #suite: Suite | undefined

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onEnd(): void {
    const tests = this.#suite?.allTests() ?? []
    const failed = tests.filter((test) => !test.ok())
    const flaky = tests.filter((test) => test.outcome() === 'flaky')
    for (const test of [...flaky, ...failed]) console.log(`\n${test.title}\n${reasons(test)}`)
    const passed = tests.filter((test) => test.ok() && test.outcome() !== 'skipped').length
    console.log(`${passed} passed, ${failed.length} failed${flaky.length > 0 ? `, ${flaky.length} of the passed only on the second try` : ''}`)
  }

  printsToStdio(): boolean {
    return true
  }
}

/** The errors of a test with the lines of the test that they came from. */
function reasons(test: TestCase): string {
  const errors = test.results.flatMap((result) => result.errors)
  return errors.map(({ message, snippet }) => stripVTControlCharacters(`${message ?? ''}\n${snippet ?? ''}`)).join('\n')
}
