import type { Reporter, Suite } from '@playwright/test/reporter'

/** Ends the output with the line that the tests' counts are read from. */
export default class ClosingLine implements Reporter {
  #suite: Suite | undefined

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onEnd(): void {
    const tests = this.#suite?.allTests() ?? []
    const passed = tests.filter((test) => test.ok() && test.outcome() !== 'skipped').length
    const failed = tests.filter((test) => !test.ok()).length
    console.log(`${passed} passed, ${failed} failed`)
  }

  printsToStdio(): boolean {
    return true
  }
}
