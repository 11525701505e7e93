import { describe, expect, test } from 'vitest';
import type { ListItem } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake } from './fake-host.ts';

const OBJECT: ListItem = {
  kind: 'object',
  key: '2026/a\x1b.jpg',
  sizeBytes: 1_234_567,
  etag: 'abc',
  lastModifiedMs: new Date(2026, 10, 22, 10, 15).getTime(),
};
const ITEMS: ListItem[] = [{ kind: 'prefix', key: '2026/old/' }, OBJECT];

describe('ls', () => {
  test('prints size, time and key', async () => {
    const run = await runFake({ streams: { 'object.list': ITEMS } }, 'ls', 'home:photos/2026/');
    expect(run.stdout).toBe(
      ['       -  -                 2026/old/', '  1.2 MB  2026-11-22 10:15  2026/a\\x1b.jpg', ''].join('\n'),
    );
    expect(run.calls).toEqual([
      ['object.list', { account: 'home', bucket: 'photos', prefix: '2026/', recursive: false }],
    ]);
  });

  test('--recursive lists all, --json prints a line each', async () => {
    const run = await runFake({ streams: { 'object.list': ITEMS } }, 'ls', 'home:photos', '--recursive', '--json');
    expect(run.documents).toEqual(ITEMS);
    expect(run.calls).toEqual([['object.list', { account: 'home', bucket: 'photos', prefix: '', recursive: true }]]);
  });

  test('nothing is told on stderr', async () => {
    const run = await runFake({ streams: { 'object.list': [] } }, 'ls', 'home:photos/x');
    expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: 'There is nothing under home:photos/x.\n' });
  });

  test('an error in the middle comes after what was listed', async () => {
    const error = new SyncError({ code: 'no-such-bucket', message: 'It is gone.', advice: 'List the buckets.' });
    const run = await runFake({ streams: { 'object.list': [OBJECT, error] } }, 'ls', 'home:photos', '--json');
    expect(run.exitCode).toBe(2);
    expect(run.documents).toMatchObject([OBJECT, { error: { code: 'no-such-bucket' } }]);
  });
});

describe('rm', () => {
  const answers = { 'object.remove': {} };

  test('asks at a terminal', async () => {
    const no = await runFake({ isTTY: true, answers, typed: 'no' }, 'rm', 'home:photos/a.jpg');
    expect(no).toMatchObject({
      questions: ['Remove home:photos/a.jpg? [y/N] '],
      calls: [],
      stdout: 'Nothing was removed.\n',
    });
    const yes = await runFake({ isTTY: true, answers, typed: 'y' }, 'rm', 'home:photos/a.jpg');
    expect(yes.stdout).toBe('Removed home:photos/a.jpg.\n');
  });

  test.each([true, false])('does not ask with --yes, at a terminal or not (%s)', async (isTTY) => {
    const run = await runFake({ isTTY, answers }, 'rm', 'home:photos/a.jpg', '--yes');
    expect(run.questions).toEqual([]);
    expect(run.calls).toEqual([['object.remove', { account: 'home', bucket: 'photos', key: 'a.jpg' }]]);
  });

  test('in a script has to be told --yes, since a bucket may keep no versions', async () => {
    const run = await runFake({ answers }, 'rm', 'home:photos/a.jpg');
    expect(run).toMatchObject({ exitCode: 1, opened: 0, questions: [], stdout: '' });
    expect(run.stderr).toContain('This removes home:photos/a.jpg, for good where');
    expect(run.stderr).toContain('say --yes');
  });

  test('--json tells whether it was removed', async () => {
    const run = await runFake({ answers }, 'rm', 'home:photos/a.jpg', '--yes', '--json');
    expect(run.documents).toEqual([{ account: 'home', bucket: 'photos', key: 'a.jpg', removed: true }]);
  });
});

describe('mv', () => {
  test('renames an object', async () => {
    const run = await runFake({ answers: { 'object.move': {} } }, 'mv', 'home:photos/a', 'home:photos/b/c');
    expect(run).toMatchObject({ exitCode: 0, stdout: 'Moved home:photos/a to home:photos/b/c.\n' });
    expect(run.calls).toEqual([['object.move', { account: 'home', bucket: 'photos', key: 'a', newKey: 'b/c' }]]);
  });

  test('moves all below a prefix, and says what stayed', async () => {
    const moved = { objects: 2, bytes: 1_500, left: 0 };
    const all = [{ phase: 'copying', ...moved } as const, { phase: 'done', ...moved } as const];
    const run = await runFake({ streams: { 'object.movePrefix': all } }, 'mv', 'home:photos/a/', 'home:photos/b/');
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: 'Moved home:photos/a/ to home:photos/b/: 2 objects, 1.5 kB.\n',
      calls: [['object.movePrefix', { account: 'home', bucket: 'photos', prefix: 'a/', newPrefix: 'b/' }]],
    });
    const some = [{ phase: 'done', ...moved, left: 1 } as const];
    const left = await runFake({ streams: { 'object.movePrefix': some } }, 'mv', 'home:photos/a/', 'home:photos/b/');
    expect(left).toMatchObject({ exitCode: 3 });
    expect(left.stderr).toContain('1 changed meanwhile');
  });

  test('asks for one bucket, and for two of a kind', async () => {
    for (const to of ['home:other/b/', 'nas:photos/b/', 'home:photos/b']) {
      expect(await runFake({}, 'mv', 'home:photos/a/', to)).toMatchObject({ exitCode: 1, calls: [] });
    }
  });
});
