import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The shell is tested without Electron's runtime.
    alias: { electron: fileURLToPath(new URL('./test/support/electron/index.ts', import.meta.url)) },
    include: ['test/{unit,conformance,integration,simulation,e2e}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // On a busy machine a browser may miss a deadline. The summary names what needed a second try.
    retry: process.env['CI'] === undefined ? 0 : 2,
  },
});
