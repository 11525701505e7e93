import { build } from 'esbuild';

/** A preload of a sandboxed page is one file of CommonJS, `preload.cjs`. */
export async function buildPreload(outdir: string): Promise<void> {
  await build({
    entryPoints: { preload: 'main/preload/preload.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'browser',
    target: 'chrome140',
    external: ['electron'],
    logLevel: 'warning',
  });
}
