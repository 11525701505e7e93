interface Installed {
  readonly at: [string];
  readonly state: string;
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../../src/api/index.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { REPOSITORY, runNode, temporaryDirectory } from '../../support/package.ts';

/** The command line as npm installs it on a machine that has nothing but Node. */

const run = promisify(execFile);
const NO_REGISTRY = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EAI_AGAIN|ENOTCACHED|ECONNRESET/;

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(process.platform === 'win32')('the package for npm', () => {
  const temporary = temporaryDirectory('npm');
  const prefix = join(temporary.path, 'prefix');
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    HOME: join(temporary.path, 'home'),
    RUSTFS_SYNC_HOME: join(temporary.path, 'state'),
    PATH: [join(prefix, 'bin'), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  };
  let isInstalled = false;

  beforeAll(async () => {
    await runNode([join(REPOSITORY, 'pack.ts'), join(temporary.path, 'release')], { cwd: REPOSITORY });
    // To the letter: what npm takes for a file, and what for somebody's repository, is a matter of a dot.
    const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
    const [, tarball = ''] = /`npm install -g\s+(\S+)`/.exec(readme) ?? [];
    try {
      const install = ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund'];
      // With the settings and the cache of whoever runs this: there the registry is named.
      await run('npm', [...install, tarball], { cwd: temporary.path });
      isInstalled = true;
    } catch (error) {
      if (!NO_REGISTRY.test(String(error))) throw error;
      console.log('No registry of npm can be reached: the package is not installed, and its tests are skipped.');
    }
  }, 240_000);
  afterAll(() => temporary.remove());

  const rustfsSync = (args: readonly string[], secret?: string): Promise<Ran> =>
    run('rustfs-sync', [...args], {
      cwd: temporary.path,
      env: { ...env, ...(secret !== undefined && { THE_SECRET: secret }) },
    });

  test('brings two dependencies, the native ones, and no Node', async ({ skip }) => {
    if (!isInstalled) skip();
    expect((await rustfsSync(['--version'])).stdout).toBe(`${VERSION}\n`);
    const modules = join(prefix, 'lib/node_modules/rustfs-sync/node_modules');
    const packages = readdirSync(modules).filter((name) => !name.startsWith('.'));
    // The last one is of better-sqlite3.
    expect(packages.sort()).toEqual(['@napi-rs', 'better-sqlite3', 'node-addon-api']);
    expect(readdirSync(join(modules, '..')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'node_modules',
      'package.json',
    ]);
  });

  test('checks a server and syncs a folder with it', async ({ skip }) => {
    if (!isInstalled) skip();
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const folder = join(temporary.path, 'folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.txt'), 'a');
    const account = ['--endpoint', double.endpoint, '--access-key', double.accessKey];
    const secret = ['--secret-key-env', 'THE_SECRET', '--store-secret-in-file'];
    await rustfsSync(['account', 'add', 'home', ...account, ...secret], double.secretKey);
    expect((await rustfsSync(['doctor', `home:${bucket.name}`])).stdout).toContain('✓');
    await rustfsSync(['folder', 'add', folder, `home:${bucket.name}`]);
    expect((await rustfsSync(['sync', '--once'])).stderr).toContain('Uploaded 1 file');
    expect(await bucket.etag('a.txt')).toBeDefined();
  });

  test('installs itself into file managers and as a service by the place where npm has put it', async ({ skip }) => {
    if (!isInstalled || process.platform !== 'linux') skip();
    const program = join(realpathSync(prefix), 'lib/node_modules/rustfs-sync/dist/cli.js');
    const [, dolphin, unit] = await Promise.all([
      rustfsSync(['integrate', 'install', '--for', 'nautilus']),
      rustfsSync(['integrate', 'install', '--for', 'dolphin', '--json']),
      rustfsSync(['service', 'install', '--json']),
    ]);
    expect(existsSync(join(program, '../file-manager-extension.py'))).toBe(true);
    for (const { stdout } of [dolphin, unit]) {
      const told = JSON.parse(stdout) as Installed | [Installed];
      const { at, state } = Array.isArray(told) ? told[0] : told;
      expect(state).toBe('installed');
      expect((await run('cat', at)).stdout).toContain(program);
    }
    await rustfsSync(['integrate', 'remove']);
    const left = JSON.parse((await rustfsSync(['integrate', 'status', '--json'])).stdout) as { state: string }[];
    expect(left.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'absent'));
  });
});
