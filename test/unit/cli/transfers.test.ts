import { describe, expect, test } from 'vitest';
import type { TransferInfo, WaitingTransfer } from '../../../src/api/index.ts';
import { FOLDER, runFake } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();
const HOUR_MS = 3_600_000;

const PARTS = { done: 12, total: 40, sinceMs: AT - HOUR_MS, untilMs: AT + 23 * HOUR_MS };
const RUNNING: TransferInfo = {
  folderId: FOLDER.id,
  path: 'big.iso',
  direction: 'up',
  sizeBytes: 4_000_000_000,
  doneBytes: 1_000_000_000,
  startedMs: AT - 65_000,
  bytesPerSecond: 100_000_000,
  parts: PARTS,
  attempt: 2,
  lastError: { code: 'timeout', message: 'The server did not answer.', advice: 'Is it on?', detail: '' },
};
const PAUSED: WaitingTransfer = {
  folderId: FOLDER.id,
  path: 'film.mov',
  action: 'upload',
  sizeBytes: 2_000_000_000,
  wish: 'paused',
  parts: PARTS,
};
const NOTHING = { files: 0, bytes: 0, items: [] };

const LOCATED = {
  account: 'home',
  bucket: 'photos',
  key: 'x/film.mov',
  folderId: FOLDER.id,
  path: 'film.mov',
  mode: 'upload',
} as const;

describe('transfers', () => {
  test('lists what is on its way, with its parts and what failed before, and what was set aside', async () => {
    const answers = {
      'transfer.list': [RUNNING],
      'transfer.waiting': { files: 3, bytes: 3_000, items: [PAUSED] },
    };
    const run = await runFake({ answers }, 'transfers');
    expect(run.stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      '  DONE  SIZE  %  PARTS  SPEED  FOR  LEFT  PATH',
      'up  1.0 GB  4.0 GB  25  12/40  100.0 MB/s  1 min 5 s  30 s  big.iso',
      'big.iso: attempt 2. The server did not answer. Is it on?',
      'big.iso: an interruption can be gone on from until 2026-11-23 09:15.',
      'paused  2.0 GB  film.mov, 12 of 40 parts, can be gone on from until 2026-11-23 09:15',
      '3 files to go, 3.0 kB.',
      '',
    ]);
    expect((await runFake({ answers }, 'transfers', '--json')).documents).toEqual([
      { running: [RUNNING], asked: [PAUSED], waiting: { files: 3, bytes: 3_000 } },
    ]);
    const none = { 'transfer.list': [], 'transfer.waiting': NOTHING };
    expect((await runFake({ answers: none }, 'transfers')).stderr).toBe('Nothing is on its way.\n');
  });

  test.each(['pause', 'resume', 'cancel'] as const)('%s names the file by its folder', async (name) => {
    const answers = {
      'object.locate': LOCATED,
      'transfer.pause': { files: 1 },
      'transfer.resume': { files: 1 },
      'transfer.cancel': { files: 1 },
    };
    const run = await runFake({ answers }, 'transfers', name, 'Pictures/film.mov');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toContain('film.mov');
    expect(run.calls).toEqual([
      ['object.locate', { path: '/home/me/Pictures/film.mov' }],
      [`transfer.${name}`, { folderId: FOLDER.id, path: 'film.mov' }],
    ]);
  });

  test.each([
    ['waiting', 'film.mov goes before all others that wait.\n'],
    ['in-sync', 'film.mov is in sync; if it was just changed, it goes before all others that wait.\n'],
  ] as const)('first says of a file that is %s what is true of it', async (state, said) => {
    const item = { key: LOCATED.key, state, doneBytes: 0, sizeBytes: 0, reason: '', code: '' };
    const answers = { 'object.locate': LOCATED, 'transfer.first': {}, 'object.states': [item] };
    const run = await runFake({ answers }, 'transfers', 'first', 'Pictures/film.mov');
    expect(run).toMatchObject({ exitCode: 0, stdout: said });
    expect(run.calls[1]).toEqual(['transfer.first', { folderId: FOLDER.id, path: 'film.mov' }]);
  });

  test.each([
    ['pause', 'in-sync', 'film.mov is in sync: there is nothing to pause; `rustfs-sync folder pause` holds back all'],
    ['cancel', 'skipped', 'film.mov does not wait to be sent or fetched: there is nothing to cancel.'],
    ['resume', 'waiting', 'film.mov was neither paused nor cancelled.'],
  ] as const)('%s says why there was nothing to do it to', async (name, state, said) => {
    const item = { key: LOCATED.key, state, doneBytes: 0, sizeBytes: 0, reason: '', code: '' };
    const answers = { 'object.locate': LOCATED, [`transfer.${name}`]: { files: 0 }, 'object.states': [item] };
    const run = await runFake({ answers }, 'transfers', name, 'film.mov');
    expect(run.stdout + run.stderr).toContain(said);
    const json = await runFake({ answers }, 'transfers', name, 'film.mov', '--json');
    expect(json.documents).toEqual([{ folderId: FOLDER.id, path: 'film.mov', done: false }]);
  });

  test('a folder is refused', async () => {
    const folder = { 'object.locate': { ...LOCATED, key: 'x/', path: '' } };
    expect(await runFake({ answers: folder }, 'transfers', 'pause', '.')).toMatchObject({ exitCode: 1 });
  });
});
