import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const shared = {
  // The shell is tested without Electron's runtime.
  alias: { electron: fileURLToPath(new URL('./test/support/electron/index.ts', import.meta.url)) },
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'engine',
          include: ['test/{unit,conformance,integration,simulation}/**/*.test.ts'],
          // What fails once has a defect, or a test that has one.
          retry: 0,
        },
      },
      {
        test: {
          ...shared,
          name: 'window',
          include: ['test/e2e/**/*.test.ts'],
          // On a busy machine a browser may miss a deadline. The summary names what needed a second try.
          retry: process.env['CI'] === undefined ? 0 : 2,
        },
      },
    ],
  },
});
