import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GetDestination, ObjectRef, ObjectTransfers, PutSource } from '../../../src/cli/host.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake, type FakeOptions } from './fake-host.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-cli-'));
  writeFileSync(join(directory, 'report.pdf'), 'content');
  mkdirSync(join(directory, 'papers'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Objects that record what they are asked for, and send or take the text "content". */
function recording() {
  const puts: { source: PutSource; target: ObjectRef; text: string }[] = [];
  const gets: { source: ObjectRef; destination: GetDestination }[] = [];
  const objects: ObjectTransfers = {
    async put(source, target) {
      let text = '';
      if (source.kind === 'stream') for await (const chunk of source.stream) text += Buffer.from(chunk).toString();
      puts.push({ source, target, text });
      return { etag: 'abc', sizeBytes: 7 };
    },
    async get(source, destination) {
      gets.push({ source, destination });
      if (destination.kind === 'stream') await destination.write(Buffer.from('content'));
      return { etag: 'abc', sizeBytes: 7 };
    },
  };
  return { puts, gets, objects };
}

describe('put', () => {
  test.each([
    ['home:papers/2026/r.pdf', '2026/r.pdf'],
    ['home:papers/2026/', '2026/report.pdf'],
    ['home:papers/', 'report.pdf'],
    ['home:papers', 'report.pdf'],
  ])('sends a file to %s as %s', async (target, key) => {
    const { puts, objects } = recording();
    const run = await runFake({ cwd: directory, objects }, 'put', 'report.pdf', target);
    expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: '', closed: 1 });
    expect(puts).toMatchObject([
      {
        source: { kind: 'file', path: join(directory, 'report.pdf') },
        target: { account: 'home', bucket: 'papers', key, overwrite: true },
      },
    ]);
  });

  test('sends stdin', async () => {
    const { puts, objects } = recording();
    const run = await runFake({ stdin: 'from a pipe', objects }, 'put', '-', 'home:papers/x.txt', '--json');
    expect(puts).toMatchObject([{ text: 'from a pipe', target: { key: 'x.txt' } }]);
    expect(run.documents).toEqual([{ account: 'home', bucket: 'papers', key: 'x.txt', etag: 'abc', sizeBytes: 7 }]);
  });

  test('tells how it went at a terminal', async () => {
    const { objects } = recording();
    const run = await runFake({ cwd: directory, objects, isTTY: true }, 'put', 'report.pdf', 'home:papers');
    expect(run.stdout).toBe('');
    expect(run.stderr).toBe('Uploaded home:papers/report.pdf, 7 B in 0.0 s.\n');
  });

  test('an error of the server is told with its code', async () => {
    const error = new SyncError({ code: 'quota-exceeded', message: 'The bucket is full.', advice: 'Make room.' });
    const objects = { put: async () => Promise.reject(error) };
    const run = await runFake({ cwd: directory, objects }, 'put', 'report.pdf', 'home:papers');
    expect(run).toMatchObject({ exitCode: 3, stderr: 'error: The bucket is full.\n  Make room.\n', closed: 1 });
  });
});

describe('get', () => {
  function get(options: FakeOptions, ...argv: string[]) {
    const { gets, objects } = recording();
    return { gets, run: runFake({ cwd: directory, objects, ...options }, 'get', ...argv) };
  }

  test.each([
    [['home:papers/2026/a.pdf'], 'a.pdf', false],
    [['home:papers/2026/a.pdf', 'b.pdf'], 'b.pdf', false],
    [['home:papers/2026/a.pdf', 'papers'], 'papers/a.pdf', false],
    [['home:papers/report.pdf', '--force'], 'report.pdf', true],
  ])('%j writes %s', async (argv, file, overwrite) => {
    const { gets, run } = get({}, ...argv);
    expect(await run).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(gets[0]?.destination).toEqual({ kind: 'file', path: join(directory, file), overwrite });
  });

  test('does not replace a file, and does not even start', async () => {
    const { gets, run } = get({}, 'home:papers/report.pdf');
    expect(await run).toMatchObject({ exitCode: 1, opened: 0 });
    expect((await run).stderr).toContain('report.pdf" is there already.\n  Replace it with --force');
    expect(gets).toEqual([]);
  });

  test.each(['home:papers/papers', 'home:papers/papers --force'])('does not replace a directory: %s', async (typed) => {
    const { run } = get({}, ...typed.split(' '));
    expect((await run).stderr).toContain('papers" is a directory.');
  });

  test.each(['a/', 'a/..', 'a/.', 'a/b\\..\\c', 'a/x\ny'])(
    'a key like %j does not choose where to write',
    async (key) => {
      const { run } = get({}, `home:papers/${key}`);
      expect(await run).toMatchObject({ exitCode: 1, opened: 0 });
      expect((await run).stderr).toContain('does not end in the name of a file');
    },
  );

  test('- writes the bytes to stdout and nothing else', async () => {
    const { gets, run } = get({}, 'home:papers/a.pdf', '-');
    expect(await run).toMatchObject({ exitCode: 0, stdout: 'content', stderr: '' });
    expect(gets[0]?.destination.kind).toBe('stream');
  });

  test('- and --json exclude each other', async () => {
    const { run } = get({}, 'home:papers/a.pdf', '-', '--json');
    expect(await run).toMatchObject({ exitCode: 1, opened: 0 });
    expect((await run).stderr).toContain('--json and - exclude each other');
  });

  test('--json tells where it went', async () => {
    const { run } = get({}, 'home:papers/a.pdf', '--json');
    expect((await run).documents).toEqual([
      { account: 'home', bucket: 'papers', key: 'a.pdf', etag: 'abc', sizeBytes: 7, path: join(directory, 'a.pdf') },
    ]);
  });
});
