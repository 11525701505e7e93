import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packDesktopApp, runNode, temporaryDirectory } from '../../support/package.ts';

/** The desktop app as a package holds it, over a stand-in for Electron's runtime. */

const MOST_BYTES = 12 * 1024 * 1024;
const TARGET = `${process.platform}-${process.arch}`;

describe.skipIf(process.platform !== 'linux')('the packaged app', () => {
  const temporary = temporaryDirectory('package');
  let app = '';
  let files: readonly string[] = [];

  beforeAll(async () => {
    app = await packDesktopApp(temporary.path);
    files = listPackage(join(app, 'resources', 'app.asar'), { isPack: false }).map((path) => path.slice(1));
  }, 240_000);
  afterAll(() => temporary.remove());

  test('holds the shell, the engine’s process, the page and what they read, and nothing else of the project', () => {
    const top = new Set(files.map((path) => path.split('/')[0]));
    expect([...top].sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json']);
    for (const name of [
      'main.js',
      'engine-process.js',
      'preload.cjs',
      'renderer/index.html',
      'file-manager-extension.py',
    ])
      expect(files).toContain(`dist/${name}`);
    expect(files.filter((path) => /\.(ts|tsx|map)$|^dist\/(cli|start)\.js$/.test(path))).toEqual([]);
  });

  test('holds of all dependencies the native ones alone, with the binaries of its own platform, and no Node', () => {
    const packages = files
      .filter((path) => /^node_modules\/(@[^/]+\/)?[^/@]+$/.test(path))
      .map((path) => path.slice(13));
    const [keychain = ''] = packages.filter((name) => name.startsWith(`@napi-rs/keyring-${TARGET}`));
    expect(packages.sort()).toEqual(['@napi-rs/keyring', keychain, 'better-sqlite3']);
    const natives = files.filter((path) => path.endsWith('.node'));
    expect(natives.sort()).toEqual([
      expect.stringMatching(`^node_modules/@napi-rs/keyring-${TARGET}[-a-z]*/keyring\\.${TARGET}`),
      `node_modules/better-sqlite3/prebuilds/${TARGET}.node`,
    ]);
  });

  test('is small beside its runtime, and its program has its own name', () => {
    const resources = join(app, 'resources');
    const bytes = readdirSync(resources, { recursive: true })
      .map((path) => statSync(join(resources, String(path))))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(bytes).toBeGreaterThan(1024 * 1024);
    expect(statSync(join(app, 'rustfs-sync-app')).mode & 0o111).toBe(0o111);
  });

  test('has everything that it imports', async () => {
    const extracted = join(temporary.path, 'extracted');
    extractAll(join(app, 'resources', 'app.asar'), extracted);
    // Outside the repository, so that nothing is found there.
    const program = `
      const { default: Database } = await import('better-sqlite3');
      await import('@napi-rs/keyring');
      const { readdirSync, readFileSync } = await import('node:fs');
      const { isBuiltin } = await import('node:module');
      const imports = /^(?:import|export)[^'"\\n]*?["']([^"'.][^"'\\n]*)["'];$|\\bimport\\("([^".][^"]*)"\\)/gm;
      const packages = readdirSync('dist').filter((name) => name.endsWith('.js')).flatMap((name) =>
        [...readFileSync('dist/' + name, 'utf8').matchAll(imports)]
          .map(([, fixed, later]) => fixed ?? later)
          .filter((from) => !isBuiltin(from)));
      const one = new Database(':memory:').prepare('SELECT 1 AS one').get();
      console.log(JSON.stringify([one, [...new Set(packages)].sort()]));`;
    const printed = await runNode(['--input-type=module', '-e', program], { cwd: extracted });
    expect(JSON.parse(printed)).toEqual([{ one: 1 }, ['@napi-rs/keyring', 'better-sqlite3', 'electron']]);
  });
});
