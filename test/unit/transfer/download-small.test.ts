import { describe, expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import { REQUEST_RETRIES } from '../../../src/core/retry.ts';
import { refusal } from '../../support/memory-store.ts';
import { failure } from '../../support/memory-fs.ts';
import {
  createDownloadWorld,
  download,
  expectNothingHeld,
  expectPlaced,
  FILE,
  isOp,
  onNext,
  PATH,
  ROOT,
  STAMP,
  temporaryFiles,
  textOf,
  trashedFiles,
  type DownloadWorld,
} from './download-world.ts';

function smallWorld(content = 'content', metadata: Record<string, string> = {}): DownloadWorld {
  const world = createDownloadWorld();
  world.store.seed('bucket', PATH, content, metadata);
  return world;
}

/** A file that is to be replaced by the object. */
function withOldFile(world: DownloadWorld): ReturnType<DownloadWorld['job']> {
  world.environment.fs.write(FILE, 'old');
  return world.job({ expectLocal: world.environment.fs.statNow(FILE) });
}

describe('a small object', () => {
  test('becomes a file with one request, and base says what both sides now hold', async () => {
    const world = smallWorld();
    const context = world.newContext();
    const result = await download(world, world.job(), context);
    expect(world.store.calls.map((call) => call.op)).toEqual(['get']);
    const { sizeBytes, mtimeNs, ctimeNs, fileId } = world.environment.fs.statNow(FILE);
    const { etag } = world.job().remote;
    expect(result).toEqual({
      kind: 'downloaded',
      base: { path: PATH, sizeBytes, mtimeNs, ctimeNs, fileId, etag, retained: false },
      verified: 'etag',
      trashedAs: undefined,
    });
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(7);
    await expectPlaced(world, 'content', context);
  });

  test('of no bytes becomes an empty file', async () => {
    const world = smallWorld('');
    const context = world.newContext();
    expect(await download(world, world.job(), context)).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    expect(world.environment.fs.statNow(FILE).sizeBytes).toBe(0);
    await expectPlaced(world, '', context);
  });

  test('gives its file the time and the executable bit of the one that it was made from', async () => {
    const world = smallWorld('#!/bin/sh', { mtime: '1600000000.250000000', mode: '100755' });
    await download(world);
    expect(world.environment.fs.statNow(FILE)).toMatchObject({ mtimeNs: 1_600_000_000_250_000_000n, executable: true });
  });

  test('goes through the download limit', async () => {
    const world = smallWorld('x'.repeat(1_000_000));
    const context = world.newContext();
    context.limiter.setLimit(100_000);
    const before = world.environment.clock.monotonic();
    await download(world, world.job(), context);
    expect(world.environment.clock.monotonic() - before).toBeGreaterThan(8_000);
  });
});

describe('the file that is replaced', () => {
  test('goes to the trash, under the path that it had', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    expect(await download(world, job)).toMatchObject({ trashedAs: `.rustfs-sync/trash/${STAMP}/${PATH}` });
    expect(textOf(world, `${ROOT}/.rustfs-sync/trash/${STAMP}/${PATH}`)).toBe('old');
    await expectPlaced(world, 'content');
  });

  test('finds a place in the trash where one of that path is there already, and where a file is in the way', async () => {
    const world = smallWorld();
    const { fs } = world.environment;
    fs.write(`${ROOT}/.rustfs-sync/trash/${STAMP}/docs`, 'a file of that name');
    const first = await download(world, withOldFile(world));
    const again = await download(world, withOldFile(world));
    for (const result of [first, again]) {
      const place = result.kind === 'downloaded' ? result.trashedAs : undefined;
      expect(place).toMatch(/^\.rustfs-sync\/trash\/2026-01-01T000000Z-[a-z2-7]{4}\/docs\/report\.txt$/);
    }
    expect(trashedFiles(world)).toHaveLength(3);
  });

  test('is found under another Unicode spelling; the new one has the composed name', async () => {
    const path = 'Käse.txt'.normalize('NFC') as RelativePath;
    const diskPath = path.normalize('NFD');
    const world = createDownloadWorld();
    const etag = world.store.seed('bucket', path, 'new');
    world.environment.fs.write(`${ROOT}/${diskPath}`, 'old');
    const expectLocal = world.environment.fs.statNow(`${ROOT}/${diskPath}`);
    const job = { ...world.job({ path, diskPath, key: path, expectLocal }), remote: { etag, sizeBytes: 3 } };
    await download(world, job);
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([`.rustfs-sync/trash/${STAMP}/${diskPath}`, path]);
  });

  test('has its place again when the new one can not be put there', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.environment.fs.onCall = (call) => {
      if (call.op === 'link' && call.to === FILE && call.path.includes('/tmp/')) throw failure('disk-error', FILE);
    };
    await expect(download(world, job)).rejects.toMatchObject({ code: 'disk-error' });
    expect(textOf(world)).toBe('old');
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([PATH]);
    await expectNothingHeld(world);
  });

  test('stays in the trash when somebody writes a new one in that moment, which stays too', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.environment.fs.onCall = (call) => {
      if (call.op === 'link' && call.to === FILE) world.environment.fs.write(FILE, 'written just now');
    };
    await expect(download(world, job)).rejects.toMatchObject({ code: 'file-changed', retryable: true });
    expect(textOf(world)).toBe('written just now');
    expect(trashedFiles(world)).toEqual([`.rustfs-sync/trash/${STAMP}/${PATH}`]);
    expect(temporaryFiles(world)).toEqual([]);
  });
});

describe('nothing on the disk is changed', () => {
  async function expectRefused(world: DownloadWorld, job: ReturnType<DownloadWorld['job']>, code: string) {
    const before = world.environment.fs.filesBelow(ROOT);
    await expect(download(world, job)).rejects.toMatchObject({ code });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual(before);
    await expectNothingHeld(world);
  }

  test('where a file came that the plan did not see', async () => {
    const world = smallWorld();
    world.environment.fs.write(FILE, 'mine');
    await expectRefused(world, world.job(), 'file-changed');
    expect(textOf(world)).toBe('mine');
  });

  test('where the file was written to since the plan', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.environment.fs.write(FILE, 'mine');
    await expectRefused(world, job, 'file-changed');
    expect(textOf(world)).toBe('mine');
  });

  test('where the file was removed since the plan', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.environment.fs.remove(FILE);
    await expectRefused(world, job, 'file-changed');
  });

  test.each([undefined, 'old'])('where the name has become a directory (file before: %s)', async (before) => {
    const world = smallWorld();
    const job = before === undefined ? world.job() : withOldFile(world);
    if (before !== undefined) world.environment.fs.remove(FILE);
    world.environment.fs.write(`${FILE}/inside`, 'x');
    await expectRefused(world, job, 'type-clash');
  });

  test('where a file stands in for a directory above', async () => {
    const world = smallWorld();
    world.environment.fs.write(`${ROOT}/docs`, 'a file');
    await expectRefused(world, world.job(), 'type-clash');
  });

  test('where a link leads out of the root', async () => {
    const world = smallWorld();
    world.environment.fs.makeDirectory('/elsewhere');
    world.environment.fs.makeLink(`${ROOT}/docs`, '/elsewhere');
    await expectRefused(world, world.job(), 'link-in-path');
    expect(world.environment.fs.filesBelow('/elsewhere')).toEqual([]);
  });

  test.each(['.rustfs-sync', '.rustfs-sync/folder-id', '.RustFS-Sync/tmp/x'])(
    'for the key %j, which is ours',
    async (key) => {
      const world = smallWorld();
      const job = world.job({ path: key as RelativePath, key });
      await expectRefused(world, job, 'invalid-argument');
      expect(world.store.calls).toEqual([]);
    },
  );

  test.each(['removed', 'replaced'])('where the object was %s since the plan', async (how) => {
    const world = smallWorld();
    const job = withOldFile(world);
    if (how === 'removed') await world.store.delete('bucket', PATH);
    else world.store.seed('bucket', PATH, 'another');
    const result = await download(world, job);
    expect(result.kind).toBe('overtaken');
    expect(result.kind === 'overtaken' && result.remote?.sizeBytes).toBe(how === 'removed' ? undefined : 7);
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([PATH]);
    await expectNothingHeld(world);
  });

  test('where the server answers with another object although it was asked not to', async () => {
    const world = smallWorld();
    const job = world.job({ remote: { ...world.job().remote, sizeBytes: 6 } });
    expect(await download(world, job)).toMatchObject({ kind: 'overtaken', remote: { sizeBytes: 7 } });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
    await expectNothingHeld(world);
  });

  test('where the disk is full', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.environment.fs.capacityBytes = 5;
    await expectRefused(world, job, 'disk-full');
    expect(world.store.callsOf('get')).toHaveLength(1);
  });

  test('where the download is cancelled', async () => {
    const world = smallWorld();
    const controller = new AbortController();
    world.store.bodyFault = () => {
      controller.abort();
      return undefined;
    };
    const work = download(world, world.job(), world.newContext(), controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
    await expectNothingHeld(world);
  });
});

describe('what does not arrive whole', () => {
  test.each(['cut', 'short'] as const)('because its body is %s is fetched again', async (kind) => {
    const world = smallWorld('x'.repeat(200_000));
    const faults = [{ kind, afterBytes: 100_000, error: refusal('unreachable') } as const];
    world.store.bodyFault = () => faults.pop();
    const context = world.newContext();
    expect(await download(world, world.job(), context)).toMatchObject({ kind: 'downloaded' });
    expect(world.store.callsOf('get')).toHaveLength(2);
    expect(world.progress.some((bytes) => bytes < 0)).toBe(true);
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(200_000);
    await expectPlaced(world, 'x'.repeat(200_000), context);
  });

  test('because its body is cut each time fails by itself: the server is there', async () => {
    const world = smallWorld('x'.repeat(200_000));
    world.store.bodyFault = () => ({ kind: 'cut', afterBytes: 100_000, error: refusal('unreachable') });
    await expect(download(world)).rejects.toMatchObject({ code: 'unreachable' });
    expect(world.store.callsOf('get')).toHaveLength(REQUEST_RETRIES.attempts);
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
  });

  test('because it was damaged gets no name, and is right at the next attempt', async () => {
    const world = smallWorld();
    const job = withOldFile(world);
    world.store.bodyFault = () => ({ kind: 'damage', atByte: 3 });
    await expect(download(world, job)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([PATH]);
    expect(textOf(world)).toBe('old');
    world.store.bodyFault = undefined;
    expect(await download(world, job)).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    await expectPlaced(world, 'content');
  });

  test('because the server says no is told with the server’s words, and leaves nothing', async () => {
    const world = smallWorld();
    onNext(world, isOp('get'), () => ({ when: 'before', error: refusal('access-denied') }));
    await expect(download(world)).rejects.toMatchObject({ code: 'access-denied' });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
  });

  test('leaves an older temporary file of the same object no chance to show', async () => {
    const world = smallWorld();
    const crashed = world.newContext();
    world.environment.fs.onCall = (call) => {
      // As a killed process: neither placed nor removed.
      if (call.op === 'link' || call.op === 'removeFile') throw failure('disk-error', call.path);
    };
    await expect(download(world, world.job(), crashed)).rejects.toMatchObject({ code: 'disk-error' });
    world.environment.fs.onCall = undefined;
    const [left = ''] = temporaryFiles(world);
    world.environment.fs.write(`${ROOT}/${left}`, 'something much longer than the content');
    await download(world);
    await expectPlaced(world, 'content');
  });
});
