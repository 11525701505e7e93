import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const run = promisify(execFile);

/** Runs a program of Node to its end. @returns what it printed. */
export async function runNode(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', ...options.env };
  const { stdout } = await run(process.execPath, [...args], { cwd: options.cwd, env, maxBuffer: 1 << 26 });
  return stdout;
}

/** A directory of its own, which the caller removes. */
export function temporaryDirectory(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `rustfs-sync-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Puts the desktop app together as electron-builder.yml says, over files that stand for Electron's runtime.
 *
 * @param directory for everything that is made.
 * @returns the directory of the unpacked app.
 */
export async function packDesktopApp(directory: string): Promise<string> {
  const runtime = join(directory, 'runtime');
  for (const each of ['locales', 'resources']) mkdirSync(join(runtime, each), { recursive: true });
  for (const name of ['electron', 'chrome-sandbox', 'icudtl.dat', 'LICENSE', 'version', 'locales/en-US.pak'])
    writeFileSync(join(runtime, name), '#!/bin/sh\n');
  chmodSync(join(runtime, 'electron'), 0o755);
  const built = join(directory, 'dist');
  await runNode([join(REPOSITORY, 'build.ts'), built], { cwd: REPOSITORY });
  const config = join(directory, 'electron-builder.yml');
  writeFileSync(config, standInConfig(built, runtime, join(directory, 'release')));
  const builder = join(REPOSITORY, 'node_modules/electron-builder/cli.js');
  await runNode([builder, '--linux', 'dir', '--publish', 'never', '--config', config], { cwd: REPOSITORY });
  return join(directory, 'release', process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
}

/** The real settings, with what is built elsewhere, and without the fuses, for which there has to be a real runtime. */
function standInConfig(built: string, runtime: string, output: string): string {
  const config = readFileSync(join(REPOSITORY, 'electron-builder.yml'), 'utf8');
  const changed = config
    .replace(/^electronFuses:\n(?: {2}.*\n)+/m, `electronDist: ${runtime}\n`)
    .replace('  output: release\n', `  output: ${output}\n`)
    .replace(
      "  - dist/**\n  - '!dist/{cli,start}.js'\n",
      `  - { from: ${built}, to: dist, filter: ['**/*', '!{cli,start}.js'] }\n`,
    );
  if (changed.split(built).length + changed.split(runtime).length + changed.split(output).length !== 6)
    throw new Error('electron-builder.yml has changed: this has to follow.');
  return changed;
}
