import { chmod, copyFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildPreload } from './build-preload.ts';
import { buildRenderer } from './build-renderer.ts';

/** Bundles the command line, the desktop shell and the window into `dist/`. Native modules stay outside; everything else is in. */
await rm('dist', { recursive: true, force: true });
await Promise.all([buildPrograms(), buildPreload('dist'), buildRenderer('../dist/renderer')]);
await chmod('dist/cli.js', 0o755);
// Read beside the program when it is installed into a file manager.
await copyFile('src/desktop/file-manager-extension.py', 'dist/file-manager-extension.py');

async function buildPrograms(): Promise<void> {
  await build({
    entryPoints: {
      cli: 'src/cli/bin.ts',
      start: 'src/cli/start.ts',
      main: 'main/main.ts',
      'engine-process': 'main/engine-process.ts',
    },
    outdir: 'dist',
    bundle: true,
    // What a command does not need is in a file of its own and is not read: --help loads neither SDK nor database.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // The last two are faster ways of ws, which does without them.
    external: ['electron', 'better-sqlite3', '@napi-rs/keyring', 'bufferutil', 'utf-8-validate'],
    legalComments: 'linked',
    // Some dependencies are CommonJS and ask for Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}
