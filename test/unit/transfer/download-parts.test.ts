import { describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../../src/core/parts.ts';
import { failure } from '../../support/memory-fs.ts';
import { refusal } from '../../support/memory-store.ts';
import {
  createDownloadWorld,
  download,
  expectNothingHeld,
  expectPlaced,
  FILE,
  isOp,
  isPart,
  LARGE,
  largeWorld,
  MIB,
  onNext,
  OTHER_LARGE,
  OWN_PARTS,
  PATH,
  rangesFetched,
  ROOT,
  temporaryFiles,
  textOf,
  trashedFiles,
  type DownloadWorld,
} from './download-world.ts';

const PLACES = [0, MIN_PART_BYTES, 2 * MIN_PART_BYTES];

/** An attempt that ends with part 3 refused: parts 1 and 2 are on the disk and journalled. */
async function firstAttempt(world: DownloadWorld): Promise<void> {
  onNext(world, isPart(3), () => ({ when: 'before', error: refusal('access-denied') }));
  await expect(download(world)).rejects.toMatchObject({ code: 'access-denied' });
  await expectNothingHeld(world);
  world.store.onCall = undefined;
  world.store.calls.length = 0;
  world.progress.length = 0;
}

function progressOf(world: DownloadWorld): number {
  return world.progress.reduce((sum, bytes) => sum + bytes, 0);
}

describe('a large object', () => {
  test('is fetched part by part, each on condition of its ETag, and its file appears when it is whole', async () => {
    const world = largeWorld({}, { mtime: '1600000000.5', mode: '100755' });
    const context = world.newContext();
    world.environment.fs.onCall = (call) => {
      if (call.op === 'write') expect(world.environment.fs.contentOf(FILE)).toBeUndefined();
    };
    const result = await download(world, world.job(), context);
    expect(result).toMatchObject({ kind: 'downloaded', verified: 'etag', base: { partSizeBytes: MIN_PART_BYTES } });
    expect(rangesFetched(world)).toEqual(PLACES);
    expect(progressOf(world)).toBe(LARGE.length);
    expect(world.environment.fs.statNow(FILE)).toMatchObject({ mtimeNs: 1_600_000_000_500_000_000n, executable: true });
    await expectPlaced(world, LARGE, context);
  });

  test('whose parts were hashed on their way is not read back', async () => {
    const world = largeWorld();
    await download(world);
    expect(world.environment.fs.calls.filter((call) => call.op === 'read')).toEqual([]);
  });

  test('replaces a file only once it is whole', async () => {
    const world = largeWorld();
    world.environment.fs.write(FILE, 'old');
    const job = world.job({ expectLocal: world.environment.fs.statNow(FILE) });
    expect(await download(world, job)).toMatchObject({ kind: 'downloaded' });
    expect(trashedFiles(world)).toHaveLength(1);
    await expectPlaced(world, LARGE);
  });

  test('is not fetched at all where its file can not be put there', async () => {
    const world = largeWorld();
    world.environment.fs.write(FILE, 'mine');
    await expect(download(world)).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.store.callsOf('get')).toEqual([]);
    world.environment.fs.remove(FILE);
    world.environment.fs.remove(`${ROOT}/docs`);
    world.environment.fs.write(`${ROOT}/docs`, 'a file');
    await expect(download(world)).rejects.toMatchObject({ code: 'type-clash' });
    expect(world.store.callsOf('get')).toEqual([]);
  });

  test('keeps its blocks within the memory that all transfers share', async () => {
    const world = createDownloadWorld();
    world.store.seed('bucket', PATH, LARGE);
    const context = world.newContext();
    let most = 0;
    let asked = 0;
    const { budget } = context;
    const counting = {
      ...context,
      budget: Object.assign(Object.create(budget) as typeof budget, {
        acquire: async (bytes: number, units: number, signal: AbortSignal) => {
          const release = await budget.acquire(bytes, units, signal);
          asked += bytes;
          most = Math.max(most, asked);
          return () => {
            asked -= bytes;
            release();
          };
        },
      }),
    };
    await download(world, world.job(), counting);
    // Three parts at most, each with a block that fills and one that is being stored.
    expect(most).toBeLessThanOrEqual(6 * MIB);
    expect(asked).toBe(0);
  });
});

describe('after an interruption', () => {
  test('only what was not fetched is fetched, and what is on the disk is read again before it is trusted', async () => {
    const world = largeWorld();
    await firstAttempt(world);
    const context = world.newContext();
    expect(await download(world, world.job(), context)).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    expect(rangesFetched(world)).toEqual([PLACES[2]]);
    expect(world.environment.fs.calls.filter((call) => call.op === 'read')).toHaveLength(16);
    expect(progressOf(world)).toBe(LARGE.length);
    await expectPlaced(world, LARGE, context);
  });

  test('a part that the disk has lost is fetched again, and no other', async () => {
    const world = largeWorld();
    await firstAttempt(world);
    const [temporary = ''] = temporaryFiles(world);
    const damaged = Uint8Array.from(world.environment.fs.contentOf(`${ROOT}/${temporary}`) ?? []);
    damaged.fill(0, 5, 4_096);
    world.environment.fs.write(`${ROOT}/${temporary}`, damaged);
    await download(world);
    expect(rangesFetched(world)).toEqual([PLACES[0], PLACES[2]]);
    await expectPlaced(world, LARGE);
  });

  test('parts beyond the end of the temporary file are fetched again', async () => {
    const world = largeWorld();
    await firstAttempt(world);
    const [temporary = ''] = temporaryFiles(world);
    world.environment.fs.write(`${ROOT}/${temporary}`, LARGE.slice(0, MIN_PART_BYTES + 5));
    await download(world);
    expect(rangesFetched(world)).toEqual([PLACES[1], PLACES[2]]);
    await expectPlaced(world, LARGE);
  });

  test('everything is fetched again where the temporary file is gone', async () => {
    const world = largeWorld();
    await firstAttempt(world);
    for (const path of temporaryFiles(world)) world.environment.fs.remove(`${ROOT}/${path}`);
    await download(world);
    expect(rangesFetched(world)).toEqual(PLACES);
    await expectPlaced(world, LARGE);
  });

  test('an object that has changed is fetched anew, and what there was of the old one is gone', async () => {
    const world = largeWorld();
    await firstAttempt(world);
    const [before] = temporaryFiles(world);
    world.store.seedParts('bucket', PATH, OTHER_LARGE, OWN_PARTS);
    onNext(world, isOp('get'), () => {
      expect(temporaryFiles(world)).not.toContain(before);
      return undefined;
    });
    await download(world);
    expect(rangesFetched(world)).toEqual(PLACES);
    await expectPlaced(world, OTHER_LARGE);
  });

  test('by the person, the journal stays and the next attempt goes on from it', async () => {
    const world = largeWorld();
    const controller = new AbortController();
    // No time passes before all that can be done is: the other parts are there when this one is asked for again.
    let asked = 0;
    world.store.onCall = (call) => {
      if (!isPart(3)(call)) return undefined;
      asked += 1;
      if (asked === 2) controller.abort();
      return { when: 'before', error: refusal('slow-down') };
    };
    const work = download(world, world.job(), world.newContext(), controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    await expectNothingHeld(world);
    world.store.onCall = undefined;
    world.store.calls.length = 0;
    await download(world);
    expect(rangesFetched(world)).toEqual([PLACES[2]]);
    await expectPlaced(world, LARGE);
  });

  test('a full disk keeps what was fetched, shows nothing under the name, and goes on when there is room', async () => {
    const world = largeWorld();
    world.environment.fs.capacityBytes = MIN_PART_BYTES + 3 * MIB;
    await expect(download(world)).rejects.toMatchObject({ code: 'disk-full' });
    await expectNothingHeld(world);
    expect(world.environment.fs.contentOf(FILE)).toBeUndefined();
    expect(temporaryFiles(world)).toHaveLength(1);
    expect(world.store.callsOf('get').length).toBeLessThanOrEqual(3);
    world.environment.fs.capacityBytes = Infinity;
    expect(await download(world)).toMatchObject({ kind: 'downloaded' });
    await expectPlaced(world, LARGE);
  });

  test('between verification and name, the next attempt fetches nothing', async () => {
    const world = largeWorld();
    world.environment.fs.write(FILE, 'old');
    const job = world.job({ expectLocal: world.environment.fs.statNow(FILE) });
    world.environment.fs.onCall = (call) => {
      if (call.op === 'link' && call.to === FILE) world.environment.fs.write(FILE, 'written just now');
    };
    await expect(download(world, job)).rejects.toMatchObject({ code: 'file-changed' });
    world.environment.fs.onCall = undefined;
    expect(textOf(world)).toBe('written just now');
    world.store.calls.length = 0;
    const again = world.job({ expectLocal: world.environment.fs.statNow(FILE) });
    expect(await download(world, again)).toMatchObject({ kind: 'downloaded' });
    expect(world.store.callsOf('get')).toEqual([]);
    expect(trashedFiles(world)).toHaveLength(2);
    await expectPlaced(world, LARGE);
  });
});

describe('what does not arrive as it should', () => {
  test.each(['cut', 'short'] as const)('a part whose body is %s is fetched again, and no other', async (kind) => {
    const world = largeWorld();
    const faults = [{ kind, afterBytes: 3 * MIB, error: refusal('unreachable') } as const];
    world.store.bodyFault = (call) => (call.offset === MIN_PART_BYTES ? faults.pop() : undefined);
    await download(world);
    expect(rangesFetched(world)).toEqual([PLACES[0], PLACES[1], PLACES[1], PLACES[2]]);
    expect(progressOf(world)).toBe(LARGE.length);
    await expectPlaced(world, LARGE);
  });

  test('damaged content gets no name, nothing of it is kept, and the next attempt is right', async () => {
    const world = largeWorld();
    world.store.bodyFault = (call) => (call.offset === 0 ? { kind: 'damage', atByte: 99 } : undefined);
    await expect(download(world)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
    expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
    await expectNothingHeld(world);
    world.store.bodyFault = undefined;
    expect(await download(world)).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    await expectPlaced(world, LARGE);
  });

  test.each(['replaced', 'removed'])(
    'an object that is %s in the middle is told, and what there was of it is gone',
    async (how) => {
      const world = largeWorld();
      onNext(world, isPart(2), () => {
        if (how === 'removed') world.store.model.deleteObject('bucket', PATH);
        else world.store.seed('bucket', PATH, 'another');
        return undefined;
      });
      const result = await download(world);
      expect(result.kind).toBe('overtaken');
      expect(result.kind === 'overtaken' && result.remote?.sizeBytes).toBe(how === 'removed' ? undefined : 7);
      expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
      expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
      await expectNothingHeld(world);
    },
  );

  test('an object that is only said to be gone keeps what was fetched', async () => {
    const world = largeWorld();
    onNext(world, isPart(3), () => ({ when: 'before', error: refusal('no-such-key') }));
    expect(await download(world)).toMatchObject({ kind: 'overtaken', remote: { sizeBytes: LARGE.length } });
    world.store.calls.length = 0;
    await download(world);
    expect(rangesFetched(world)).toEqual([PLACES[2]]);
    await expectPlaced(world, LARGE);
  });

  test('a disk that fails is not taken for a server that does', async () => {
    const world = largeWorld();
    world.environment.fs.onCall = (call) => {
      if (call.op === 'write') throw failure('disk-error', call.path);
    };
    await expect(download(world)).rejects.toMatchObject({ code: 'disk-error' });
    expect(world.store.callsOf('get').length).toBeLessThanOrEqual(3);
    await expectNothingHeld(world);
  });
});
