import { build } from 'vite';

/** Bundles the window. Vite is there for vitest already; it knows pages, styles and hashed names, and needs no settings. */
export async function buildRenderer(outDir: string): Promise<void> {
  await build({
    root: 'renderer',
    base: './',
    // Whatever started this: a test run calls itself one, and React would be built for developers then.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    configFile: false,
    // Directives of React's server side, which mean nothing here, would be warned of.
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: ['chrome130', 'firefox130', 'safari18'],
      // The policy of the page allows no inlined scripts, and data for pictures alone.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1_500,
    },
  });
}
