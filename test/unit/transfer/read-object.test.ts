import { describe, expect, test } from 'vitest';
import { readObjects } from '../../../src/transfer/index.ts';
import { refusal, type StoreCall } from '../../support/memory-store.ts';
import type { BodyFault } from '../../support/memory-body.ts';
import { createUploadWorld, LARGE, never, type UploadWorld } from './upload-world.ts';

const RANGE = 4 * 2 ** 20;

function worldWith(contents: Readonly<Record<string, Uint8Array | string>>) {
  const world = createUploadWorld('');
  const objects = Object.entries(contents).map(([key, content]) => ({
    key,
    etag: world.store.seed('bucket', key, content),
    sizeBytes: content.length,
  }));
  return { world, objects };
}

type Objects = ReturnType<typeof worldWith>['objects'];

/** Reads all of them, one after the other. */
function readAll(world: UploadWorld, objects: Objects): Promise<Buffer[]> {
  const read = readObjects(world.newContext(), objects, never);
  const work = async () => {
    const contents: Buffer[] = [];
    for (const object of objects) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of read(object)) chunks.push(chunk);
      contents.push(Buffer.concat(chunks));
    }
    return contents;
  };
  return world.environment.clock.run(work());
}

/** The next body of the range that begins at `offset` goes wrong. */
function once(world: UploadWorld, offset: number, fault: BodyFault) {
  let isOver = false;
  world.store.bodyFault = (call: StoreCall) => {
    if (isOver || call.offset !== offset) return undefined;
    isOver = true;
    return fault;
  };
}

describe('objects that are read one after the other', () => {
  test('come whole and in order, whatever their size', async () => {
    const { world, objects } = worldWith({ a: LARGE, b: '', c: 'little', d: LARGE.subarray(0, RANGE) });
    const [a, b, c, d] = await readAll(world, objects);
    expect([a?.equals(LARGE), b?.length, c?.toString(), d?.equals(LARGE.subarray(0, RANGE))]).toEqual([
      true,
      0,
      'little',
      true,
    ]);
    expect(world.store.openBodies).toBe(0);
  });

  test('go on where an answer broke off, of the same object still', async () => {
    const { world, objects } = worldWith({ a: LARGE });
    once(world, RANGE, { kind: 'cut', afterBytes: 2 ** 20, error: refusal('unreachable') });
    const [a] = await readAll(world, objects);
    expect(a?.equals(LARGE)).toBe(true);
    expect(world.store.callsOf('get').map(({ offset }) => offset)).toContain(RANGE + 2 ** 20);
  });

  test('are an error where the answers break off each time, though the server is there', async () => {
    const { world, objects } = worldWith({ a: 'x'.repeat(RANGE) });
    world.store.bodyFault = () => ({ kind: 'cut', afterBytes: 0, error: refusal('unreachable') });
    await expect(readAll(world, objects)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('are asked for again where the server ends an answer early', async () => {
    const { world, objects } = worldWith({ a: 'a little text' });
    once(world, 0, { kind: 'short', afterBytes: 4 });
    const [a] = await readAll(world, objects);
    expect(a?.toString()).toBe('a little text');
  });

  test('are no others than those that were listed', async () => {
    const { world, objects } = worldWith({ a: LARGE });
    once(world, 2 * RANGE, { kind: 'cut', afterBytes: 65_536, error: refusal('unreachable') });
    world.store.onCall = (call) => {
      if (call.offset === 2 * RANGE + 65_536) world.store.seed('bucket', 'a', 'theirs');
      return undefined;
    };
    await expect(readAll(world, objects)).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  test('are an error where their content is not what its ETag says', async () => {
    const { world, objects } = worldWith({ a: 'content' });
    world.store.bodyFault = () => ({ kind: 'damage', atByte: 3 });
    await expect(readAll(world, objects)).rejects.toMatchObject({ code: 'bad-digest' });
  });
});
