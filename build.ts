import { chmod, copyFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildPreload } from './build-preload.ts';
import { buildRenderer } from './build-renderer.ts';

/**
 * Bundles the command line, the desktop shell and the window into `dist/`, or the directory that is named. Native modules stay
 * outside; everything else is in.
 */
const out = resolve(process.argv[2] ?? 'dist');
await rm(out, { recursive: true, force: true });
await Promise.all([buildPrograms(await diskWorker()), buildPreload(out), buildRenderer(join(out, 'renderer'))]);
await chmod(join(out, 'cli.js'), 0o755);
// Read beside the program when it is installed into a file manager.
await copyFile('src/desktop/file-manager-extension.py', join(out, 'file-manager-extension.py'));

/** The program of a thread, as text: wherever the programs are installed, it needs no file that could be missing. */
async function diskWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['src/local/disk-worker.ts'],
    bundle: true,
    write: false,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    logLevel: 'warning',
  });
  return outputFiles.map(({ text }) => text).join('');
}

async function buildPrograms(diskWorkerText: string): Promise<void> {
  await build({
    entryPoints: {
      cli: 'src/cli/bin.ts',
      start: 'src/cli/start.ts',
      main: 'main/main.ts',
      'engine-process': 'main/engine-process.ts',
    },
    outdir: out,
    bundle: true,
    // What a command does not need is in a file of its own and is not read: --help loads neither SDK nor database.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // The last two are faster ways of ws, which does without them.
    external: ['electron', 'better-sqlite3', '@napi-rs/keyring', 'bufferutil', 'utf-8-validate'],
    define: { DISK_WORKER: JSON.stringify(diskWorkerText) },
    legalComments: 'linked',
    // Some dependencies are CommonJS and ask for Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}
