import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startS3Double } from '../../support/s3-double/index.ts';
import { realServer, uniqueBucket } from '../../support/servers.ts';

/** The command as its users run it: a process of its own, a real engine, a real server. */

const BIN = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url));
const server = realServer();
const bucket = uniqueBucket('cli');
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-cli-'));
  mkdirSync(join(directory, 'docs'));
  writeFileSync(join(directory, 'docs', 'first.txt'), 'first');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], home = 'home'): ChildProcessByStdio<Writable, Readable, Readable> {
  const env = { ...process.env, RUSTFS_SYNC_HOME: join(directory, home) };
  return spawn(process.execPath, [BIN, ...args], { cwd: directory, env, stdio: 'pipe' });
}

async function run(args: readonly string[], options: { stdin?: string; home?: string } = {}): Promise<Ended> {
  const child = start(args, options.home);
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(options.stdin ?? '');
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

test('help and wrong usage leave no trace on the disk', async () => {
  expect(await run(['--help'], { home: 'untouched' })).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await run(['sync', '--onc'], { home: 'untouched' })).toMatchObject({ exitCode: 1, stdout: '' });
  expect(existsSync(join(directory, 'untouched'))).toBe(false);
});

test.skipIf(process.platform === 'win32')(
  'a working directory that was removed is told where it is needed',
  async () => {
    const inRemoved = async (...args: string[]) => {
      const there = mkdtempSync(join(directory, 'removed-'));
      const script = 'rmdir "$PWD" && exec "$@"';
      const env = { ...process.env, RUSTFS_SYNC_HOME: join(directory, 'home-of-removed') };
      const child = spawn('sh', ['-c', script, 'sh', process.execPath, BIN, ...args], {
        cwd: there,
        env,
        stdio: 'pipe',
      });
      const ended = once(child, 'close') as Promise<[number | null]>;
      const [stderr, [exitCode]] = await Promise.all([text(child.stderr), ended]);
      return { stderr, exitCode };
    };
    expect(await inRemoved('folder', 'list')).toMatchObject({ exitCode: 0 });
    const added = await inRemoved('folder', 'add', 'docs', 'home:photos');
    expect(added.exitCode).toBe(1);
    expect(added.stderr).toMatch(/^error: The directory that you are in is not there any more\.\n {2}\S/);
  },
);

test('a server that does not answer ends with 2', async () => {
  const added = await run(
    [
      'account',
      'add',
      'gone',
      '--endpoint',
      'http://127.0.0.1:1',
      '--access-key',
      'k',
      '--secret-key-stdin',
      '--store-secret-in-file',
      '--json',
    ],
    { stdin: 'the-secret-key', home: 'gone' },
  );
  expect(added.exitCode).toBe(2);
  expect(JSON.parse(added.stdout)).toMatchObject({ error: { code: 'unreachable' } });
  expect(added.stderr).toMatch(/^error: /);
  expect(added.stdout + added.stderr).not.toContain('the-secret-key');
});

test(
  'a server that is away by now ends with 2 what a person waits for, and is not waited for in vain',
  { timeout: 120_000 },
  async () => {
    const double = await startS3Double();
    const { endpoint, accessKey, secretKey } = double;
    const home = 'away';
    const account = ['account', 'add', 'away', '--endpoint', endpoint, '--access-key', accessKey, '--secret-key-stdin'];
    try {
      const added = await run([...account, '--store-secret-in-file'], { stdin: secretKey, home });
      expect(added).toMatchObject({ exitCode: 0 });
    } finally {
      await double.close();
    }
    for (const args of [
      ['put', 'docs/first.txt', 'away:bucket/first.txt'],
      ['get', 'away:bucket/first.txt', 'got.txt'],
      ['ls', '--recursive', 'away:bucket'],
      ['folder', 'add', 'docs', 'away:bucket'],
    ]) {
      const ended = await run([...args, '--json'], { home });
      expect({ args, ...ended }).toMatchObject({ exitCode: 2 });
      expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'unreachable' } });
    }
  },
);

describe.skipIf(server === undefined)('with a server', () => {
  const { endpoint, accessKey, secretKey } = server ?? { endpoint: '', accessKey: '', secretKey: '' };
  const add = (name: string, secret: string) =>
    run(
      [
        'account',
        'add',
        name,
        '--endpoint',
        endpoint,
        '--access-key',
        accessKey,
        '--secret-key-stdin',
        '--store-secret-in-file',
      ],
      { stdin: `${secret}\n` },
    );

  beforeAll(async () => {
    expect(await add('real', secretKey)).toMatchObject({ exitCode: 0 });
    expect(await run(['bucket', 'create', 'real', bucket])).toMatchObject({ exitCode: 0 });
    expect(await run(['folder', 'add', 'docs', `real:${bucket}`])).toMatchObject({ exitCode: 0 });
  });

  test('a wrong secret key ends with 2 and is not repeated', async () => {
    const added = await add('wrong', 'not-the-secret-key');
    expect(added).toMatchObject({ exitCode: 2, stdout: '' });
    expect(added.stderr).toMatch(/^error: .*\n {2}\S/);
    expect(added.stderr).not.toContain('not-the-secret-key');
  });

  test('sync --once uploads, and once more finds nothing to do', async () => {
    const plan = await run(['sync', '--dry-run']);
    expect(plan).toMatchObject({ exitCode: 0, stdout: 'upload    first.txt  5 B\n' });
    const first = await run(['sync', '--once']);
    expect(first).toMatchObject({ exitCode: 0, stdout: '' });
    expect(first.stderr).toMatch(/^Uploaded 1 file, 5 B in /);
    expect(await run(['sync', '--once'])).toMatchObject({ exitCode: 0, stderr: 'Everything is in sync.\n' });
    expect((await run(['ls', `real:${bucket}`])).stdout).toMatch(/ 5 B {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}first\.txt\n$/);
  });

  test('put from stdin and get to stdout and to a file keep every byte', async () => {
    const content = `${'0123456789'.repeat(20_000)}\n`;
    expect(await run(['put', '-', `real:${bucket}/other/from-stdin`], { stdin: content })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(await run(['get', `real:${bucket}/other/from-stdin`, '-'])).toMatchObject({ exitCode: 0, stdout: content });
    expect(await run(['get', `real:${bucket}/other/from-stdin`])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(directory, 'from-stdin'), 'utf8')).toBe(content);
    expect(await run(['get', `real:${bucket}/other/from-stdin`])).toMatchObject({ exitCode: 1 });
    expect(await run(['rm', `real:${bucket}/other/from-stdin`, '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await run(['get', `real:${bucket}/other/from-stdin`, 'again'])).toMatchObject({ exitCode: 3 });
  });

  test('a link works for somebody without an account', async () => {
    const shared = await run(['share', 'docs/first.txt', '--expires', '1m']);
    expect(shared.exitCode).toBe(0);
    expect(shared.stderr).toContain('warning: ');
    const response = await fetch(shared.stdout.trim());
    expect(await response.text()).toBe('first');
  });

  test('a reader that goes away ends the command quietly', async () => {
    const child = start(['ls', `real:${bucket}`, '-r']);
    const ended = once(child, 'close') as Promise<[number | null]>;
    child.stdout.destroy();
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), ended]);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  test('sync goes on until it is interrupted, and ends with 0 when in sync', async () => {
    const child = start(['sync', '--json']);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const stderr = text(child.stderr);
    let filesInSync = 0;
    let seen = '';
    for await (const chunk of child.stdout) {
      seen += String(chunk);
      const last = seen.trimEnd().split('\n').at(-1) ?? '';
      if (!seen.endsWith('\n')) continue;
      const status = JSON.parse(last) as { folders: { state: string; filesInSync: number }[] };
      const [folder] = status.folders;
      if (folder?.state !== 'in-sync') continue;
      filesInSync = folder.filesInSync;
      if (filesInSync === 1) writeFileSync(join(directory, 'docs', 'second.txt'), 'second');
      if (filesInSync === 2) child.kill('SIGINT');
    }
    expect(filesInSync).toBe(2);
    expect(await ended).toEqual([0, null]);
    expect(await stderr).toBe('Watching for changes. Ctrl-C ends it.\n');
    expect((await run(['ls', `real:${bucket}`])).stdout).toContain('second.txt');
  });
});
