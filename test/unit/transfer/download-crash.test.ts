import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DownloadJournal } from '../../../src/core/journal.ts';
import { cleanTemporary, downloadFile, type DownloadResult } from '../../../src/transfer/index.ts';
import {
  download,
  expectPlaced,
  FILE,
  LARGE,
  largeWorld,
  rangesFetched,
  ROOT,
  textOf,
  trashedFiles,
  type DownloadWorld,
} from './download-world.ts';

/** Where the process dies: at the n-th effect of the attempt, before it or right after it. */
interface CrashPoint {
  readonly effect: number;
  readonly when: 'before' | 'after';
}

class Killed extends Error {
  override readonly name = 'Killed';
}

/** Counts effects, and lets nothing happen any more once the crash point was passed: a dead process has no effects. */
class Mortality {
  #effects = 0;
  #isDead = false;
  readonly #point: CrashPoint;

  constructor(point: CrashPoint) {
    this.#point = point;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** @returns whether death follows right after this effect. */
  before(): boolean {
    if (this.#isDead) throw new Killed();
    this.#effects += 1;
    if (this.#effects !== this.#point.effect) return false;
    this.#isDead = true;
    if (this.#point.when === 'before') throw new Killed();
    return true;
  }
}

function mortalJournal(journal: DownloadJournal, mortality: Mortality): DownloadJournal {
  const effect = <T>(work: () => T): T => {
    const dies = mortality.before();
    const result = work();
    if (dies) throw new Killed();
    return result;
  };
  return {
    find: (source) => journal.find(source),
    parts: (id) => journal.parts(id),
    listRoot: (root) => journal.listRoot(root),
    begin: (...args) => effect(() => journal.begin(...args)),
    putPart: (...args) => effect(() => journal.putPart(...args)),
    delete: (id) => effect(() => journal.delete(id)),
  };
}

/** One life of the program. @returns the result, or undefined when it died. */
async function live(
  world: DownloadWorld,
  job: ReturnType<DownloadWorld['job']>,
  point: CrashPoint,
): Promise<DownloadResult | undefined> {
  const mortality = new Mortality(point);
  const { fs, clock } = world.environment;
  fs.onCall = (call) => {
    // The steps of a move are effects, the move as a whole is none; reading is none either.
    if (['write', 'finish', 'link', 'rename', 'unlink', 'openForWriting', 'removeFile'].includes(call.op))
      mortality.before();
    else if (mortality.isDead) throw new Killed();
  };
  world.store.onCall = () => (mortality.isDead ? { when: 'before', error: new Killed() } : undefined);
  const context = world.newContext(mortalJournal(world.state.downloads, mortality));
  try {
    return await clock.run(downloadFile(context, job, new AbortController().signal));
  } catch (error) {
    if (!mortality.isDead) throw error;
    return undefined;
  } finally {
    fs.onCall = undefined;
    world.store.onCall = undefined;
  }
}

/** Whether the file has its new content already: then a comparison adopts it, and nothing is downloaded. */
function isPlaced({ environment }: DownloadWorld): boolean {
  return environment.fs.contentOf(FILE)?.length === LARGE.length;
}

/** What the next comparison plans: over the old file, or, where that is in the trash already, over nothing. */
function planAgain(world: DownloadWorld): ReturnType<DownloadWorld['job']> {
  const isThere = world.environment.fs.contentOf(FILE) !== undefined;
  return world.job({ expectLocal: isThere ? world.environment.fs.statNow(FILE) : undefined });
}

const crashPoint = fc.record({ effect: fc.integer({ min: 1, max: 34 }), when: fc.constantFrom('before', 'after') });

test('dying at any point, again and again, fetches no part twice that was finished, and loses neither version', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(crashPoint, { minLength: 1, maxLength: 4 }), fc.boolean(), async (points, hasOld) => {
      const world = largeWorld();
      const { fs } = world.environment;
      if (hasOld) fs.write(FILE, 'old');
      const finished = new Set<number>();
      for (const point of points) {
        if (isPlaced(world)) break;
        world.store.calls.length = 0;
        await live(world, planAgain(world), point);
        expect(rangesFetched(world).filter((offset) => finished.has(offset))).toEqual([]);
        for (const row of world.state.downloads.listRoot(ROOT)) {
          for (const part of world.state.downloads.parts(row.id))
            finished.add((part.partNumber - 1) * row.partSizeBytes);
        }
        // Either version is whole, wherever it is.
        if (hasOld && textOf(world) !== 'old') expect(trashedFiles(world)).toHaveLength(1);
        if (textOf(world) !== undefined && !isPlaced(world)) expect(textOf(world)).toBe('old');
      }
      await cleanTemporary(world.environment, ROOT, world.state.downloads);
      world.store.calls.length = 0;
      if (!isPlaced(world)) {
        expect(await download(world, planAgain(world))).toMatchObject({ kind: 'downloaded', verified: 'etag' });
        expect(rangesFetched(world).filter((offset) => finished.has(offset))).toEqual([]);
      }
      await expectPlaced(world, LARGE);
      expect(trashedFiles(world)).toHaveLength(hasOld ? 1 : 0);
    }),
    { numRuns: 20 },
  );
}, 120_000);
