import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with one plain line that scripts can read: how many tests passed, failed and were skipped. Above it stands what
 * passed at a second try alone.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
        if (test.diagnostic()?.flaky === true) process.stdout.write(`Passed at another try: ${test.fullName}\n`);
      }
    }
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
