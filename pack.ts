import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * `npm run pack [DIRECTORY]`: the command line as a package that npm installs, in `release/`. It has a package.json of its own:
 * what is in the bundle is no dependency any more, and the Node that this repository brings for itself is none of theirs.
 */
const KEPT = ['name', 'version', 'description', 'license', 'author', 'homepage', 'type', 'engines', 'bin'] as const;
/** These stay outside of the bundle (build.ts). */
const NATIVE = ['@napi-rs/keyring', 'better-sqlite3'];
/** Files of the desktop shell, which has packages of its own. */
const NOT_OURS = ['main.js', 'engine-process.js', 'preload.cjs', 'start.js'];

const out = resolve(process.argv[2] ?? 'release');
const folder = join(out, 'npm');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
execFileSync(process.execPath, ['build.ts', join(folder, 'dist')], { stdio: 'inherit' });
for (const name of NOT_OURS) await rm(join(folder, 'dist', name));
for (const name of ['README.md', 'LICENSE']) await copyFile(name, join(folder, name));
await cp('docs', join(folder, 'docs'), { recursive: true });

const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, unknown> & {
  readonly dependencies: Readonly<Record<string, string>>;
};
const own = {
  ...Object.fromEntries(KEPT.map((name) => [name, manifest[name]])),
  dependencies: Object.fromEntries(NATIVE.map((name) => [name, manifest.dependencies[name]])),
};
await writeFile(join(folder, 'package.json'), `${JSON.stringify(own, undefined, 2)}\n`);
// npm is a script of the shell on Windows.
execFileSync('npm', ['pack', '--pack-destination', out], {
  cwd: folder,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
await rm(folder, { recursive: true });
