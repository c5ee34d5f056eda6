import type { Reporter, TestModule } from 'vitest/node'

/** The last line of a run, in the form that machines read in any language: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const testModule of testModules) {
      // A file that does not load has no tests to count: it must not pass unseen.
      if (testModule.state() === 'failed' && testModule.errors().length > 0) counts.failed++
      for (const test of testModule.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state]++
      }
    }
    process.on('exit', () => {
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
    })
  }
}
