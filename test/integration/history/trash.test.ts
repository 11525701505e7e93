import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Client, TrashItem } from '../../../src/api/index.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { contentOf } from '../../support/s3-double/index.ts';
import { createPair, createTeam } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
const WEEKS = 5;

async function trashOf(client: Client, id: string): Promise<TrashItem[]> {
  const found: TrashItem[] = [];
  for await (const item of client.stream('trash.list', { id })) found.push(item);
  return found;
}

/** `computer path (reason)`. */
function shown(items: readonly TrashItem[]): string[] {
  return items.map(({ place, path, reason }) => `${place} ${path} (${reason})`).sort();
}

/** The environment with another time of day; what waits goes on waiting by the real clock. */
function withTime(now: (realMs: number) => number) {
  return (environment: Environment): Environment => ({
    ...environment,
    clock: {
      now: () => now(environment.clock.now()),
      monotonic: () => environment.clock.monotonic(),
      sleep: (delayMs, signal) => environment.clock.sleep(delayMs, signal),
      timer: (delayMs, callback) => environment.clock.timer(delayMs, callback),
    },
  });
}

/** A clock that can be put forward. */
function movableClock() {
  let aheadMs = 0;
  return { adapt: withTime((realMs) => realMs + aheadMs), forward: (byMs: number) => (aheadMs += byMs) };
}

function trashTests(access: () => Promise<S3Access>): void {
  test('what was deleted and replaced is listed with where it lies and why, on each computer and in the bucket', async () => {
    const team = await createPair(await access());
    const { a, b } = team;
    for (const name of ['d/deleted', 'd/edited', 'stays']) await a.root.write(name, name);
    await team.settle();
    await a.root.remove('d/deleted');
    await a.root.write('d/edited', 'another content');
    await team.settle();
    expect(shown(await trashOf(a.client, a.folderId))).toEqual(['bucket d/deleted (deleted-here)']);
    const here = await trashOf(b.client, b.folderId);
    expect(shown(here)).toEqual([
      'bucket d/deleted (unknown)',
      'computer d/deleted (deleted-in-bucket)',
      'computer d/edited (replaced-by-bucket)',
    ]);
    for (const { place, entry, path, location } of here) {
      expect(entry.endsWith(`/${path}`)).toBe(true);
      const at = place === 'computer' ? `${b.root.path}/.rustfs-sync/trash/` : '.rustfs-sync-trash/';
      expect(location).toBe(at + entry);
    }
    const all: TrashItem[] = [];
    for await (const item of b.client.stream('trash.list', {})) all.push(item);
    expect(all).toEqual(here);
  });

  test('an entry of this computer is put back, and the sync takes it on', async () => {
    const team = await createPair(await access());
    const { a, b } = team;
    for (const name of ['doc.txt', 'stays']) await a.root.write(name, name);
    await team.settle();
    await a.root.remove('doc.txt');
    await team.settle();
    const [entry] = (await trashOf(b.client, b.folderId)).filter(({ place }) => place === 'computer');
    const request = { id: b.folderId, entry: entry?.entry ?? '' };
    expect(await b.client.call('trash.restore', request)).toEqual({
      place: 'computer',
      path: 'doc.txt',
      isBeside: false,
    });
    expect(Object.keys(await team.settle())).toEqual(['doc.txt', 'stays']);
    expect((await a.root.read('doc.txt')).toString()).toBe('doc.txt');
    await expect(b.client.call('trash.restore', request)).rejects.toMatchObject({ code: 'file-vanished' });
  });

  test('an entry of this computer comes back into the directory that it was in, in whatever Unicode form the disk has it', async () => {
    const team = await createPair(await access());
    const { a, b } = team;
    const directory = 'Gr\u00fc\u00dfe';
    for (const name of ['doc', 'stays']) await a.root.write(`${directory.normalize('NFD')}/${name}`, name);
    await team.settle();
    await b.root.remove(`${directory}/doc`);
    await team.settle();
    const [entry] = (await trashOf(a.client, a.folderId)).filter(({ place }) => place === 'computer');
    await a.client.call('trash.restore', { id: a.folderId, entry: entry?.entry ?? '' });
    expect((await readdir(a.root.path)).filter((name) => !name.startsWith('.'))).toEqual([directory.normalize('NFD')]);
    expect(Object.keys(await team.settle())).toEqual([`${directory}/doc`, `${directory}/stays`]);
    expect([...(await a.problemCodes())]).toEqual([]);
  });

  test('an entry of the bucket is put back by the server, and comes down to both computers', async () => {
    const team = await createPair(await access());
    const { a, b } = team;
    for (const name of ['d/doc.txt', 'stays']) await a.root.write(name, name);
    await team.settle();
    await a.root.remove('d/doc.txt');
    await team.settle();
    const [entry] = await trashOf(a.client, a.folderId);
    const request = { id: a.folderId, entry: entry?.entry ?? '' };
    expect(await a.client.call('trash.restore', request)).toEqual({
      place: 'bucket',
      path: 'd/doc.txt',
      isBeside: false,
    });
    expect(await team.bucket.trashed()).toEqual([]);
    await team.settle();
    expect((await b.root.read('d/doc.txt')).toString()).toBe('d/doc.txt');
    await expect(a.client.call('trash.restore', request)).rejects.toMatchObject({ code: 'no-such-key' });
  });

  test('nothing is ever replaced: what has its name now stays, and the entry comes beside it', async () => {
    const team = await createPair(await access());
    const { a, b } = team;
    for (const name of ['doc.txt', 'stays']) await a.root.write(name, 'before');
    await team.settle();
    await a.root.remove('doc.txt');
    await team.settle();
    await a.root.write('doc.txt', 'a new one under the same name');
    await team.settle();
    const [inBucket] = await trashOf(a.client, a.folderId);
    const [onB] = await trashOf(b.client, b.folderId);
    const restored = [
      await a.client.call('trash.restore', { id: a.folderId, entry: inBucket?.entry ?? '' }),
      await b.client.call('trash.restore', { id: b.folderId, entry: onB?.entry ?? '' }),
    ];
    for (const { path, isBeside } of restored) {
      expect(path).toMatch(/^doc \(restored \d{4}-\d\d-\d\d \d{6}\)\.txt$/);
      expect(isBeside).toBe(true);
    }
    expect(await team.bucket.text('doc.txt')).toBe('a new one under the same name');
    expect((await b.root.read('doc.txt')).toString()).toBe('a new one under the same name');
    expect(await team.bucket.text(restored[0]?.path ?? '')).toBe('before');
    expect((await b.root.read(restored[1]?.path ?? '')).toString()).toBe('before');
  });

  test('an entry of the bucket whose name is a folder’s by now comes beside it, so that all servers still list what is in that', async () => {
    const team = await createTeam(await access(), {});
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const name of ['docs', 'stays']) await a.root.write(name, 'a file');
    await a.sync();
    await a.root.remove('docs');
    await a.sync();
    await a.root.write('docs/inside', 'x');
    await a.sync();
    const [entry] = await trashOf(a.client, a.folderId);
    const { path } = await a.client.call('trash.restore', { id: a.folderId, entry: entry?.entry ?? '' });
    expect(path).toMatch(/^docs \(restored /);
    expect(await team.bucket.keys()).toEqual([path, 'docs/inside', 'stays']);
    expect(await team.bucket.text(path)).toBe('a file');
    expect(await team.bucket.trashed()).toEqual([]);
  });

  test('rule 12: a key that is deleted twice in one second leaves both of its contents in the bucket’s trash', async () => {
    // Ahead of what is written meanwhile, which would wait for quiet otherwise.
    const nowMs = Date.now() + 60_000;
    const team = await createTeam(await access(), { adapt: withTime(() => nowMs) });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await a.root.write('stays', 'x');
    for (const content of ['the first', 'the second', 'the second']) {
      await a.root.write('doc', content);
      await a.sync();
      await a.root.remove('doc');
      await a.sync();
    }
    expect(await team.bucket.trashed()).toEqual(['doc', 'doc']);
    const entries = await trashOf(a.client, a.folderId);
    const restored: string[] = [];
    for (const { entry } of entries) {
      const { path } = await a.client.call('trash.restore', { id: a.folderId, entry });
      restored.push(await team.bucket.text(path));
    }
    expect(restored.sort()).toEqual(['the first', 'the second']);
    expect(await team.bucket.trashed()).toEqual([]);
  });

  test('two entries of one name that are put back at once are both there, also where copies know no conditions', async () => {
    const slowly = withStore((store) => ({
      copy: async (request, signal) => {
        await delay(100);
        return store.copy(request, signal);
      },
    }));
    const ahead = withTime((realMs) => realMs + 60_000);
    const team = await createTeam(await access(), { adapt: (environment) => ahead(slowly(environment)) });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await a.root.write('stays', 'x');
    for (const content of ['the first', 'the second']) {
      await a.root.write('doc', content);
      await a.sync();
      await a.root.remove('doc');
      await a.sync();
    }
    const entries = await trashOf(a.client, a.folderId);
    await Promise.all(entries.map(({ entry }) => a.client.call('trash.restore', { id: a.folderId, entry })));
    const keys = [...(await team.bucket.keys()), ...(await team.bucket.trashKeys())].filter((key) => key !== 'stays');
    const contents = await Promise.all(keys.map((key) => team.bucket.text(key)));
    expect([...new Set(contents)].sort()).toEqual(['the first', 'the second']);
  });

  test('what is no entry is refused, also what would lead out of the folder', async () => {
    const team = await createTeam(await access(), {});
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    const stamps = ['2026-11-22T101500Z-abcd', '2026-11-22T101500Z-0cc175b9', '2026-11-22T101500Z', 'folder-id', ''];
    for (const entry of [...stamps.map((stamp) => `${stamp}/../../../outside`), 'nothing', '2026-11-22T101500Z/']) {
      const restoring = a.client.call('trash.restore', { id: a.folderId, entry });
      await expect(restoring, entry).rejects.toThrow(/is no entry of the trash|is not in the bucket's trash/);
    }
  });

  test('emptying removes what is old enough, in both places, and no other folder’s', async () => {
    const server = await access();
    const clock = movableClock();
    const team = await createTeam(server, { folder: { prefix: 'mine' }, adapt: clock.adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await team.bucket.put('.rustfs-sync-trash/2026-01-01T000000Z/theirs/doc', 'of another folder');
    for (const name of ['one', 'two', 'three', 'stays']) await a.root.write(name, name);
    await a.sync();
    await a.root.remove('one');
    await team.bucket.remove('mine/two');
    await a.sync();
    expect(shown(await trashOf(a.client, a.folderId))).toEqual([
      'bucket one (deleted-here)',
      'computer two (deleted-in-bucket)',
    ]);
    const empty = (olderThanMs?: number) =>
      a.client.call('trash.empty', { id: a.folderId, ...(olderThanMs !== undefined && { olderThanMs }) });
    const nothing = { removedFiles: 0, freedBytes: 0 };
    expect(await empty(DAY_MS)).toEqual({ computer: nothing, bucket: nothing, problems: [] });
    expect(await empty()).toEqual({
      computer: { removedFiles: 1, freedBytes: 3 },
      bucket: { removedFiles: 1, freedBytes: 3 },
      problems: [],
    });
    expect(await trashOf(a.client, a.folderId)).toEqual([]);
    expect(await team.bucket.trashed()).toEqual(['theirs/doc']);
  });
}

describe.skipIf(isWithoutRealServer)('the trash, against the real server', () =>
  trashTests(async () => sharedServer()),
);
describe('the trash, against the double', () => {
  trashTests(() => useDouble());

  test('clock-jump: a clock that jumps months ahead empties no trash', async () => {
    const clock = movableClock();
    const team = await createTeam(await useDouble(), { adapt: clock.adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const name of ['doc', 'stays']) await a.root.write(name, name);
    await a.sync();
    await team.bucket.remove('doc');
    await a.sync();
    clock.forward(60 * DAY_MS);
    await a.sync();
    expect(shown(await trashOf(a.client, a.folderId))).toEqual(['computer doc (deleted-in-bucket)']);
    // Once it has been seen to run for so long, it is believed.
    for (let week = 0; week < WEEKS; week++) {
      clock.forward(WEEK_MS);
      await a.sync();
    }
    expect(shown(await trashOf(a.client, a.folderId))).toEqual([]);
  });

  test('clock-jump: what goes into the trash after a clock was set right in the middle of a comparison is kept', async () => {
    const clock = movableClock();
    let answered = (): void => undefined;
    const telling = withStore((store) => ({
      listPage: (request, signal) => store.listPage(request, signal).finally(() => answered()),
    }));
    const team = await createTeam(await useDouble(), { adapt: (environment) => clock.adapt(telling(environment)) });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const name of ['gone', 'edited', 'stays']) await a.root.write(name, name);
    await a.sync();
    // Only a clock that was seen to run for so long is believed.
    for (let week = 0; week < WEEKS; week++) {
      clock.forward(WEEK_MS);
      await a.sync();
    }
    await team.bucket.remove('gone');
    await team.bucket.put('edited', 'by another');
    // A computer that forgets the time while it is off, and that begins before its network is there, which brings the time.
    clock.forward(-6 * 365 * DAY_MS);
    answered = () => {
      answered = () => undefined;
      clock.forward(6 * 365 * DAY_MS);
    };
    await a.sync();
    await a.sync();
    expect(Object.keys(await a.trash()).sort()).toEqual(['edited', 'gone']);
  });

  test('rule 12: it goes after 30 days too where the folder only uploads by now', async () => {
    const clock = movableClock();
    const team = await createTeam(await useDouble(), { adapt: clock.adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const name of ['doc', 'stays']) await a.root.write(name, name);
    await a.sync();
    await team.bucket.remove('doc');
    await a.sync();
    await a.root.write('.rustfs-sync/tmp/left-by-a-crash', 'x');
    await a.addAgain(team.bucket, { mode: 'upload' });
    await a.sync();
    expect(Object.keys(await a.trash())).toEqual(['doc']);
    for (let week = 0; week < WEEKS; week++) {
      clock.forward(WEEK_MS);
      await a.sync();
    }
    expect(await a.trash()).toEqual({});
    await expect(a.root.read('.rustfs-sync/tmp/left-by-a-crash')).rejects.toThrow('ENOENT');
  });

  test('rule 12: what has been in the bucket’s trash for 30 days goes, by the clock of the server too', async () => {
    const clock = movableClock();
    clock.forward(-WEEKS * WEEK_MS);
    const double = await useDouble();
    const team = await createTeam(double, { adapt: clock.adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    // The clock is only believed once it was seen to run for so long.
    for (let week = 0; week < WEEKS; week++) {
      await a.sync();
      clock.forward(WEEK_MS);
    }
    await a.sync();
    const bucket = double.model.bucket(team.bucket.name);
    /** A copy in the trash, as old as its stamp says and as the server says. */
    const trash = (name: string, stampDays: number, serverDays: number) => {
      const stamp = new Date(Date.now() - stampDays * DAY_MS).toISOString().replace(/:|\.\d+/g, '');
      const key = `.rustfs-sync-trash/${stamp}/${name}`;
      const lastModifiedMs = Date.now() - serverDays * DAY_MS;
      bucket.setVersions(key, [{ ...double.model.putObject(bucket.name, key, contentOf(name)), lastModifiedMs }]);
    };
    trash('expired', 31, 31);
    trash('d/expired', 300, 40);
    trash('fresh', 20, 20);
    // Trashed today by a computer whose clock is years behind, and years ago by one whose clock was ahead.
    trash('behind', 3_000, 0);
    trash('ahead', -10, 400);
    await a.root.write('stays', 'x');
    await a.sync();
    expect(await team.bucket.trashed()).toHaveLength(5);
    clock.forward(DAY_MS);
    await a.sync();
    expect(await team.bucket.trashed()).toEqual(['ahead', 'behind', 'fresh']);
    trash('another', 31, 31);
    double.requests.clear();
    await a.sync();
    const usual = double.requests.count('ListObjectsV2');
    expect(await team.bucket.trashed()).toContain('another');
    double.requests.clear();
    clock.forward(DAY_MS);
    await a.sync();
    // Once a day it costs one page more.
    expect(double.requests.count('ListObjectsV2')).toBe(usual + 1);
    expect(await team.bucket.trashed()).toEqual(['ahead', 'behind', 'fresh']);
  });

  test('rule 12: who never deletes in a bucket leaves its trash alone', async () => {
    const clock = movableClock();
    const double = await useDouble();
    const team = await createTeam(double, { folder: { mode: 'upload' }, adapt: clock.adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    const key = '.rustfs-sync-trash/2001-01-01T000000Z/old';
    const old = { ...double.model.putObject(team.bucket.name, key, contentOf('x')), lastModifiedMs: 0 };
    double.model.bucket(team.bucket.name).setVersions(key, [old]);
    clock.forward(2 * DAY_MS);
    await a.sync();
    expect(await team.bucket.trashed()).toEqual(['old']);
  });
});
