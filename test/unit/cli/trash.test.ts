import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import type { TrashItem } from '../../../src/api/index.ts';
import { runFake, type Answers } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();
const here: TrashItem = {
  folderId: 'k3jq7x2m',
  place: 'computer',
  entry: '2026-11-22T091500Z-abcd/a.jpg',
  path: 'a.jpg',
  sizeBytes: 8_000_000,
  trashedMs: AT,
  reason: 'replaced-by-bucket',
  location: '/home/me/Pictures/.rustfs-sync/trash/2026-11-22T091500Z-abcd/a.jpg',
};
const there: TrashItem = {
  ...here,
  place: 'bucket',
  entry: '2026-11-22T091500Z/b\u001b.jpg',
  path: 'b\u001b.jpg',
  reason: 'unknown',
  location: '.rustfs-sync-trash/2026-11-22T091500Z/b\u001b.jpg',
};

describe('trash list', () => {
  const streams = { 'trash.list': [here, there] };

  test('shows both places, when, why, and the entry to restore', async () => {
    const run = await runFake({ streams }, 'trash', 'list');
    expect(run.stdout.split('\n')).toEqual([
      "2026-11-22 10:15    8.0 MB  here    replaced by the bucket's  k3jq7x2m  2026-11-22T091500Z-abcd/a.jpg",
      '2026-11-22 10:15    8.0 MB  bucket                            k3jq7x2m  2026-11-22T091500Z/b\\x1b.jpg',
      '',
    ]);
    expect(run.stderr).toBe('2 entries, 16.0 MB.\n');
    expect(run.calls).toEqual([['trash.list', {}]]);
  });

  test('of one folder, or of all; --json has a line each with where it lies', async () => {
    const one = await runFake({ streams }, 'trash', 'list', 'k3jq7x2m', '--json');
    expect(one.calls).toEqual([['trash.list', { id: 'k3jq7x2m' }]]);
    expect(one.documents).toEqual([here, there]);
    expect((await runFake({ streams }, 'trash', 'list', 'all')).calls).toEqual([['trash.list', {}]]);
    const none = await runFake({ streams: { 'trash.list': [] } }, 'trash', 'list');
    expect(none).toMatchObject({ exitCode: 0, stdout: '', stderr: 'There is nothing in the trash.\n' });
  });

  test('shows what is here although the server is away, and ends with 2', async () => {
    const away = new SyncError({ code: 'unreachable', message: 'Away.', advice: 'Wait.' });
    const run = await runFake({ streams: { 'trash.list': [here, away] } }, 'trash', 'list');
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain(here.entry);
  });
});

describe('trash restore', () => {
  test('restores each entry and says where it went', async () => {
    const answers: Answers = {
      'trash.restore': async (input) =>
        (input as { entry: string }).entry === here.entry
          ? { place: 'computer', path: 'a.jpg', isBeside: false }
          : { place: 'bucket', path: 'b (restored 2026-11-22 091500).jpg', isBeside: true },
    };
    const run = await runFake({ answers }, 'trash', 'restore', 'k3jq7x2m', here.entry, there.entry);
    expect(run.exitCode).toBe(0);
    expect(run.stdout.split('\n')).toEqual([
      'Restored a.jpg.',
      'Restored b (restored 2026-11-22 091500).jpg in the bucket, beside what has its name now.',
      '',
    ]);
    expect(run.calls).toEqual([
      ['trash.restore', { id: 'k3jq7x2m', entry: here.entry }],
      ['trash.restore', { id: 'k3jq7x2m', entry: there.entry }],
    ]);
  });

  test('an entry that is gone ends with 3, and one is needed', async () => {
    const gone = new SyncError({ code: 'file-vanished', message: 'Gone.', advice: '' });
    expect(await runFake({ answers: { 'trash.restore': gone } }, 'trash', 'restore', 'k', 'x')).toMatchObject({
      exitCode: 3,
    });
    expect(await runFake({}, 'trash', 'restore', 'k3jq7x2m')).toMatchObject({ exitCode: 1, opened: 0 });
  });
});

describe('trash empty', () => {
  const emptied = {
    computer: { removedFiles: 1, freedBytes: 8_000_000 },
    bucket: { removedFiles: 2, freedBytes: 1_000 },
    problems: [],
  };
  const answers: Answers = { 'trash.empty': emptied };

  test('removes everything, or what is old enough', async () => {
    const all = await runFake({ answers }, 'trash', 'empty', 'k3jq7x2m', '--yes');
    expect(all.stdout).toBe('Removed 1 entry here (8.0 MB) and 2 entries in the bucket (1.0 kB).\n');
    expect(all.calls).toEqual([['trash.empty', { id: 'k3jq7x2m' }]]);
    const old = await runFake({ answers }, 'trash', 'empty', 'k3jq7x2m', '--older-than', '7d', '--yes', '--json');
    expect(old.calls).toEqual([['trash.empty', { id: 'k3jq7x2m', olderThanMs: 7 * 86_400_000 }]]);
    expect(old.documents).toEqual([{ id: 'k3jq7x2m', removed: true, ...emptied }]);
    const wrong = await runFake({ answers }, 'trash', 'empty', 'k3jq7x2m', '--older-than', 'a week', '--yes');
    expect(wrong).toMatchObject({ exitCode: 1, opened: 0 });
    expect(wrong.stderr).toContain('"a week"');
  });

  test.each([[[]], [['--older-than', '7d']]])('in a script has to be told --yes (%s)', async (options) => {
    const run = await runFake({ answers }, 'trash', 'empty', 'k3jq7x2m', ...options);
    expect(run).toMatchObject({ exitCode: 1, opened: 0, questions: [], stdout: '' });
    expect(run.stderr).toContain('in the trash of k3jq7x2m for good, and nobody is at a terminal to be asked.');
    expect(run.stderr).toContain('say --yes');
  });

  test('asks at a terminal', async () => {
    const run = await runFake({ answers, isTTY: true, typed: 'n' }, 'trash', 'empty', 'k3jq7x2m');
    expect(run.questions).toEqual(['Remove everything in the trash of k3jq7x2m for good? [y/N] ']);
    expect(run.stdout).toBe('Nothing was removed.\n');
    expect(run.calls).toEqual([]);
  });

  test('ends with 3 when something could not be removed', async () => {
    const problems = [{ code: 'disk-error', message: 'Refused.', advice: 'Ask.' }];
    const run = await runFake({ answers: { 'trash.empty': { ...emptied, problems } } }, 'trash', 'empty', 'k', '-y');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('error: Refused.\n  Ask.');
  });
});
