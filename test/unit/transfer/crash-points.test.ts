import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UploadJournal } from '../../../src/core/journal.ts';
import type { UploadContext, UploadResult } from '../../../src/transfer/index.ts';
import { uploadInParts } from '../../../src/transfer/upload-multipart.ts';
import {
  createUploadWorld,
  expectNothingLeft,
  KEY,
  LARGE,
  never,
  storedContent,
  type UploadWorld,
} from './upload-world.ts';

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

function mortalJournal(journal: UploadJournal, mortality: Mortality): UploadJournal {
  const effect = <T>(work: () => T): T => {
    const dies = mortality.before();
    const result = work();
    if (dies) throw new Killed();
    return result;
  };
  return {
    find: (target) => journal.find(target),
    parts: (id) => journal.parts(id),
    begin: (...args) => effect(() => journal.begin(...args)),
    setUploadId: (...args) => effect(() => journal.setUploadId(...args)),
    putPart: (...args) => effect(() => journal.putPart(...args)),
    delete: (id) => effect(() => journal.delete(id)),
  };
}

/** One life of the program. @returns the result, or undefined when it died. */
async function live(world: UploadWorld, point: CrashPoint, isPolite: boolean): Promise<UploadResult | undefined> {
  const mortality = new Mortality(point);
  const controller = new AbortController();
  const plain = world.newContext();
  world.store.onCall = () => {
    try {
      return mortality.before() ? { when: 'after', error: new Killed() } : undefined;
    } catch (error) {
      return { when: 'before', error: error as Error };
    } finally {
      if (isPolite && mortality.isDead) controller.abort();
    }
  };
  const context: UploadContext = isPolite ? plain : { ...plain, journal: mortalJournal(plain.journal, mortality) };
  try {
    return await world.environment.clock.run(uploadInParts(context, world.job(), controller.signal));
  } catch (error) {
    if (!mortality.isDead) throw error;
    return undefined;
  } finally {
    world.store.onCall = undefined;
  }
}

/** Numbers of the parts that the server holds in the upload that the journal knows. */
function partsHeld(world: UploadWorld): number[] {
  const [journalled] = world.state.uploads.listAll();
  if (journalled?.uploadId === undefined) return [];
  return [...(world.store.model.bucket('bucket').uploads.get(journalled.uploadId)?.parts.keys() ?? [])];
}

const crashPoint = fc.record({ effect: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom('before', 'after') });
const traits = fc.record({ conditionalPut: fc.boolean(), conditionalComplete: fc.boolean() });

test('dying at any point, again and again, sends nothing twice that was acknowledged and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(crashPoint, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      traits,
      async (points, isPolite, given) => {
        const world = createUploadWorld(LARGE, given);
        const acknowledged = new Set<number>();
        let isDone = false;
        for (const point of [...points, undefined]) {
          for (const part of partsHeld(world)) acknowledged.add(part);
          world.store.calls.length = 0;
          const hadObject = storedContent(world) !== undefined;
          const hadJournal = world.state.uploads.listAll().length > 0;
          // Died after its last effect: the comparison adopts what is there.
          if (hadObject && !hadJournal) {
            isDone = true;
            break;
          }
          const result =
            point === undefined
              ? await world.environment.clock.run(uploadInParts(world.newContext(), world.job(), never))
              : await live(world, point, isPolite);
          const sent = world.store.callsOf('uploadPart').map((call) => call.partNumber ?? 0);
          expect(sent.filter((part) => acknowledged.has(part))).toEqual([]);
          if (hadObject) expect(sent).toEqual([]);
          if (result !== undefined) {
            expect(result.kind).toBe('uploaded');
            isDone = true;
            break;
          }
        }
        expect(isDone).toBe(true);
        expect(Buffer.compare(storedContent(world) ?? Buffer.alloc(0), LARGE)).toBe(0);
        expect(world.store.contents('bucket').has(KEY)).toBe(true);
        await expectNothingLeft(world);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
