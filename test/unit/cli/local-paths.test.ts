import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runFake } from './fake-host.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-cli-'));
  writeFileSync(join(directory, 'a.jpg'), 'content');
  mkdirSync(join(directory, 'photos'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a path that is empty, as a variable gives it that is not set,', () => {
  test.each([
    ['folder', 'add', '', 'home:photos'],
    ['restore', '', '--at', '2h ago', '--yes'],
    ['restore', '', '--version', 'v1'],
    ['versions', ''],
    ['share', ''],
    ['put', '', 'home:photos'],
    ['get', 'home:photos/b.jpg', ''],
    ['transfers', 'cancel', ''],
  ])('is not taken for the present directory: %s %s', async (...argv) => {
    const run = await runFake({ cwd: directory }, ...argv);
    expect(run).toMatchObject({ exitCode: 1, stdout: '', calls: [] });
    expect(run.stderr).toMatch(/^error: .* is empty\.\n/);
  });
});

describe('get', () => {
  test.each(['2026/', 'photos/2026/', 'a.jpg/'])(
    'makes no file of what was named as a directory and is none: %s',
    async (typed) => {
      const run = await runFake({ cwd: directory }, 'get', 'home:photos/b.jpg', typed, '--force');
      expect(run).toMatchObject({ exitCode: 1, opened: 0 });
      expect(run.stderr).toContain(`There is no directory "${typed}".`);
    },
  );

  test.skipIf(process.platform === 'win32').each([[], ['--force']])(
    'replaces no device, whatever was said: %j',
    async (...options) => {
      const run = await runFake({ cwd: directory }, 'get', 'home:photos/b.jpg', '/dev/null', ...options);
      expect(run).toMatchObject({ exitCode: 1, opened: 0 });
      expect(run.stderr).toContain('"/dev/null" is no file that can be replaced.');
    },
  );
});

test.skipIf(process.platform === 'win32')(
  'put sends no device, and tells of the way that sends what a program prints',
  async () => {
    const run = await runFake({ cwd: directory }, 'put', '/dev/null', 'home:photos');
    expect(run).toMatchObject({ exitCode: 1, opened: 0 });
    expect(run.stderr).toContain('rustfs-sync put - ACCOUNT:BUCKET/KEY');
  },
);
