import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openObject } from '../../../src/transfer/index.ts';
import type { BodyFault } from '../../support/memory-body.ts';
import { refusal, type StoreCall, type StoreTraits } from '../../support/memory-store.ts';
import { createUploadWorld, LARGE, never, type UploadWorld } from './upload-world.ts';

const CUT = 2 ** 20;

function worldWith(content: Uint8Array | string, traits: Partial<StoreTraits> = {}): UploadWorld {
  const world = createUploadWorld('', traits);
  world.store.seed('bucket', 'a', content);
  return world;
}

/** Reads the object to its end. */
function read(world: UploadWorld, source: { key: string; versionId?: string } = { key: 'a' }): Promise<Buffer> {
  const work = async () => {
    const opened = await openObject(world.newContext(), source, never);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of opened.content) chunks.push(chunk);
    } finally {
      await opened.close();
    }
    expect(Buffer.concat(chunks)).toHaveLength(opened.sizeBytes);
    return Buffer.concat(chunks);
  };
  return world.environment.clock.run(work());
}

/** Bodies that begin at these offsets go wrong, each once. */
function faults(world: UploadWorld, byOffset: ReadonlyMap<number, BodyFault>) {
  const left = new Map(byOffset);
  world.store.bodyFault = (call: StoreCall) => {
    const fault = left.get(call.offset ?? 0);
    left.delete(call.offset ?? 0);
    return fault;
  };
}

describe('an object that is read from its beginning to its end', () => {
  test.each([
    ['large', LARGE],
    ['little', Buffer.from('little')],
    ['empty', Buffer.alloc(0)],
  ])('comes whole: %s', async (_size, content) => {
    const world = worldWith(content);
    expect((await read(world)).equals(content)).toBe(true);
    expect(world.store.openBodies).toBe(0);
    expect(world.store.callsOf('get')).toHaveLength(1);
  });

  test('goes on where its answer broke off or ended early, as often as something came', async () => {
    const world = worldWith(LARGE);
    const cuts = [0, 1, 2, 3, 4, 5, 6, 7].map(
      (n) => [n * CUT, { kind: 'cut', afterBytes: CUT, error: refusal('unreachable') }] as const,
    );
    faults(world, new Map<number, BodyFault>([...cuts, [8 * CUT, { kind: 'short', afterBytes: CUT }]]));
    expect((await read(world)).equals(LARGE)).toBe(true);
    expect(world.store.callsOf('get').map(({ offset }) => offset ?? 0)).toEqual(
      Array.from({ length: 10 }, (_, n) => n * CUT),
    );
    expect(world.store.openBodies).toBe(0);
  });

  test('is an error where nothing comes again and again, though the server is there', async () => {
    const world = worldWith('content');
    world.store.bodyFault = () => ({ kind: 'cut', afterBytes: 0, error: refusal('unreachable') });
    await expect(read(world)).rejects.toMatchObject({ code: 'unreachable' });
    expect(world.store.callsOf('get')).toHaveLength(6);
  });

  test('is never put together of two', async () => {
    const world = worldWith(LARGE);
    faults(world, new Map([[0, { kind: 'cut', afterBytes: CUT, error: refusal('unreachable') }]]));
    world.store.onCall = (call) => {
      if (call.offset === CUT) world.store.seed('bucket', 'a', 'theirs');
      return undefined;
    };
    await expect(read(world)).rejects.toMatchObject({ code: 'precondition-failed' });
    expect(world.store.openBodies).toBe(0);
  });

  test('is an error where its content is not what its ETag says', async () => {
    const world = worldWith('content');
    faults(world, new Map([[0, { kind: 'damage', atByte: 3 }]]));
    await expect(read(world)).rejects.toMatchObject({ code: 'bad-digest' });
  });
});

const MIB = 2 ** 20;
const DAMAGE = new Map<number, BodyFault>([[0, { kind: 'damage', atByte: 100 }]]);
const md5chksum = createHash('md5').update(LARGE).digest('base64');

interface Case {
  readonly sizes?: readonly number[];
  readonly traits?: Partial<StoreTraits>;
  readonly metadata?: Record<string, string>;
}

function worldOfParts({ sizes, traits = {}, metadata = {} }: Case): UploadWorld {
  const world = createUploadWorld('', traits);
  if (sizes === undefined) world.store.seed('bucket', 'a', LARGE, metadata);
  else world.store.seedParts('bucket', 'a', LARGE, sizes, metadata);
  return world;
}

const even: Case = { sizes: [8 * MIB, 8 * MIB, 7] };
const uneven: Case = { sizes: [5 * MIB, 6 * MIB, 5 * MIB + 7] };
const evenCount: Case = { sizes: [6 * MIB, 5 * MIB, 5 * MIB + 7] };
const declared: Case = { traits: { encrypted: true }, metadata: { md5chksum } };

describe('what came of an object is proved', () => {
  test.each<[string, Case]>([
    ['by its parts', even],
    ['by what its metadata declares, where it is encrypted', declared],
    [
      'where nobody tells its parts, by what it declares',
      { ...even, traits: { tellsPartSizes: false }, metadata: { md5chksum } },
    ],
  ])('%s', async (_by, what) => {
    expect((await read(worldOfParts(what))).equals(LARGE)).toBe(true);
    const world = worldOfParts(what);
    faults(world, DAMAGE);
    await expect(read(world)).rejects.toMatchObject({ code: 'bad-digest' });
    expect(world.store.openBodies).toBe(0);
  });

  test.each<[string, Case]>([
    ['have several sizes', uneven],
    ['have several sizes, as many as if they had one', evenCount],
    ['are not told', { ...even, traits: { tellsPartSizes: false } }],
    ['are encrypted', { ...even, traits: { encrypted: true } }],
  ])('by its length alone where its parts %s', async (_why, what) => {
    expect((await read(worldOfParts(what))).equals(LARGE)).toBe(true);
  });
});
