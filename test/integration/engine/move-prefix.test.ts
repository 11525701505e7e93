import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StreamItem } from '../../../src/api/index.ts';
import { asSyncError } from '../../../src/core/errors.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { withStore } from '../../support/with-methods.ts';

type MoveItem = StreamItem<'object.movePrefix'>;

async function move(
  { client, bucket }: World,
  prefix: string,
  newPrefix: string,
  between: (item: MoveItem) => Promise<void> = async () => {},
): Promise<MoveItem | undefined> {
  let last: MoveItem | undefined;
  const request = { account: 'test', bucket: bucket.name, prefix, newPrefix };
  for await (const item of client.stream('object.movePrefix', request)) await between((last = item));
  return last;
}

function moveTests(access: () => Promise<S3Access>): void {
  test('all of it is at the new place with its content, and nothing beside it moved', async () => {
    const world = await createWorld(await access());
    const { bucket } = world;
    for (let n = 10; n < 50; n++) await bucket.put(`old/${n}`, `content of ${n}`);
    await bucket.put('old/deep/x y', 'deep');
    await bucket.put('older', 'stays');
    expect(await move(world, 'old/', 'new/place/')).toEqual({ phase: 'done', objects: 41, bytes: 524, left: 0 });
    const keys = await bucket.keys();
    expect(keys).toHaveLength(42);
    expect(keys.filter((key) => !key.startsWith('new/place/'))).toEqual(['older']);
    expect(await bucket.text('new/place/42')).toBe('content of 42');
    expect(await bucket.text('new/place/deep/x y')).toBe('deep');
  });

  test('where something else is in the way, nothing is overwritten and nothing deleted', async () => {
    const world = await createWorld(await access());
    const { bucket } = world;
    for (const key of ['old/a', 'old/b', 'new/b', 'file']) await bucket.put(key, key);
    await expect(move(world, 'old/', 'new/')).rejects.toMatchObject({ code: 'name-taken' });
    await expect(move(world, 'old/', 'file/')).rejects.toMatchObject({ code: 'name-taken' });
    await expect(move(world, 'none/', 'x/')).rejects.toMatchObject({ code: 'no-such-key' });
    for (const wrong of ['old/in/', 'old', 'a//b/', '.rustfs-sync-trash/x/']) {
      await expect(move(world, 'old/', wrong)).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    expect(await bucket.keys()).toEqual(['file', 'new/b', 'old/a', 'old/b']);
    expect(await bucket.text('new/b')).toBe('new/b');
  });

  test('what somebody changes or adds between copy and deletion stays at the old place', async () => {
    const world = await createWorld(await access());
    const { bucket } = world;
    for (const key of ['old/a', 'old/b', 'old/c']) await bucket.put(key, 'first');
    const last = await move(world, 'old/', 'new/', async ({ phase }) => {
      if (phase !== 'copying') return;
      await bucket.put('old/b', 'theirs');
      await bucket.put('old/added', 'theirs');
      // Nor is the last copy of anything deleted.
      await bucket.remove('new/c');
    });
    expect(last).toEqual({ phase: 'done', objects: 1, bytes: 5, left: 3 });
    expect(await bucket.keys()).toEqual(['new/a', 'new/b', 'old/added', 'old/b', 'old/c']);
    expect(await bucket.text('old/b')).toBe('theirs');
  });

  test('an object that is renamed to a place which one below the prefix is just copied to keeps its name', async () => {
    let meanwhile: (() => Promise<unknown>) | undefined;
    let renamed: Promise<unknown> | undefined;
    const world = await createWorld(await access(), {
      wrap: withStore((store) => ({
        // A large one takes its time.
        copy: async (request, signal) => {
          if (request.sourceKey !== 'old/a') return store.copy(request, signal);
          renamed = meanwhile?.();
          meanwhile = undefined;
          await Promise.race([renamed, delay(1_000)]);
          return store.copy(request, signal);
        },
      })),
    });
    const { bucket, client } = world;
    await bucket.put('old/a', 'of the folder');
    await bucket.put('other', 'of another one');
    const request = { account: 'test', bucket: bucket.name, key: 'other', newKey: 'new/a' };
    meanwhile = () => client.call('object.move', request).catch(asSyncError);
    expect(await move(world, 'old/', 'new/')).toMatchObject({ phase: 'done', objects: 1, left: 0 });
    expect(await renamed).toMatchObject({ code: 'name-taken' });
    expect(await bucket.keys()).toEqual(['new/a', 'other']);
    expect(await bucket.text('new/a')).toBe('of the folder');
    expect(await bucket.text('other')).toBe('of another one');
  });

  test('what is changed to another content of its size stays, also where its copy got another ETag than it had', async () => {
    const world = await createWorld(await access(), {
      before: (root) => root.write('old/large', randomContent(17 * MIB)),
      // Not every server tells the size of parts; of an encrypted object no copy has its ETag.
      wrap: withStore(() => ({ partSize: async () => undefined })),
    });
    await world.sync();
    const { bucket } = world;
    const theirs = randomContent(17 * MIB);
    const last = await move(world, 'old/', 'new/', async ({ phase }) => {
      if (phase === 'copying') await bucket.put('old/large', theirs);
    });
    expect(last).toEqual({ phase: 'done', objects: 0, bytes: 0, left: 1 });
    expect((await bucket.get('old/large')).equals(theirs)).toBe(true);
  });

  test('stopped in the middle of deleting, it goes on when it is run again', async () => {
    const world = await createWorld(await access());
    const { bucket } = world;
    for (let n = 10; n < 60; n++) await bucket.put(`old/${n}`, `content of ${n}`);
    const stop = move(world, 'old/', 'new/', async ({ phase }) => {
      if (phase === 'deleting') throw new Error('The person stops it.');
    });
    await expect(stop).rejects.toThrow('The person stops it.');
    expect((await bucket.keys()).filter((key) => key.startsWith('old/'))).toHaveLength(18);
    expect(await move(world, 'old/', 'new/')).toMatchObject({ phase: 'done', objects: 18, left: 0 });
    expect(await bucket.keys()).toHaveLength(50);
  });

  test('what is beside the new names is no earlier run that was stopped, unless all that is to move was copied there', async () => {
    const world = await createWorld(await access());
    const { bucket } = world;
    for (const key of ['old/a', 'old/b', 'new/other']) await bucket.put(key, key);
    await bucket.put('old/.same', 'same');
    await bucket.put('new/.same', 'same');
    await expect(move(world, 'old/', 'new/')).rejects.toMatchObject({ code: 'name-taken' });
    expect(await bucket.keys()).toEqual(['new/.same', 'new/other', 'old/.same', 'old/a', 'old/b']);
  });

  test('stopped between copy and deletion, it goes on when it is run again, objects of parts as well', async () => {
    const world = await createWorld(await access(), {
      before: async (root) => {
        await root.write('old/large', randomContent(17 * MIB));
        await root.write('old/small', 'small');
      },
    });
    await world.sync();
    const { bucket } = world;
    const large = await bucket.get('old/large');
    const stop = move(world, 'old/', 'new/', async () => {
      throw new Error('The person stops it.');
    });
    await expect(stop).rejects.toThrow('The person stops it.');
    expect(await bucket.keys()).toEqual(['new/large', 'new/small', 'old/large', 'old/small']);
    expect(await bucket.etag('new/large')).toBe(await bucket.etag('old/large'));
    expect(await move(world, 'old/', 'new/')).toMatchObject({ phase: 'done', objects: 2, left: 0 });
    expect(await bucket.keys()).toEqual(['new/large', 'new/small']);
    expect((await bucket.get('new/large')).equals(large)).toBe(true);
  });
}

/** A server far away: a deletion takes its time, and so does a copy. */
const farAway = withStore((store) => ({
  copy: async (request, signal) => {
    await delay(100);
    return store.copy(request, signal);
  },
  delete: async (...request) => {
    await delay(100);
    return store.delete(...request);
  },
}));

function crossingTests(access: () => Promise<S3Access>): void {
  test('what is moved back while it is still being moved is there, and once', async () => {
    const world = await createWorld(await access(), { wrap: farAway });
    const { bucket } = world;
    for (let n = 10; n < 20; n++) await bucket.put(`old/${n}`, `content of ${n}`);
    let back: Promise<MoveItem | undefined> | undefined;
    await move(world, 'old/', 'new/', async ({ phase }) => {
      if (phase === 'copying') back ??= move(world, 'new/', 'old/');
    });
    expect(await back).toMatchObject({ phase: 'done', objects: 10, left: 0 });
    expect(await bucket.keys()).toEqual(Array.from({ length: 10 }, (_, n) => `old/${n + 10}`));
    expect(await bucket.text('old/12')).toBe('content of 12');
  });

  test('an object that is on its way by itself, and back with the folder that it goes to, is there', async () => {
    const world = await createWorld(await access(), { wrap: farAway });
    const { bucket, client } = world;
    await bucket.put('old/a', 'content');
    const request = { account: 'test', bucket: bucket.name, key: 'old/a', newKey: 'new/a' };
    const there = client.call('object.move', request);
    await pollUntil('the copy', async () => ((await bucket.etag('new/a')) === undefined ? undefined : true));
    expect(await move(world, 'new/', 'old/')).toMatchObject({ phase: 'done', objects: 1, left: 0 });
    await there;
    expect(await bucket.keys()).toEqual(['old/a']);
  });

  test('of two that are moved to one place at once, nothing is written over', async () => {
    const world = await createWorld(await access(), { wrap: farAway });
    const { bucket } = world;
    await bucket.put('a/name', 'one');
    await bucket.put('b/name', 'two');
    const both = await Promise.allSettled([move(world, 'a/', 'c/'), move(world, 'b/', 'c/')]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'name-taken' } }]);
    expect([await bucket.text('c/name'), await bucket.text('b/name')]).toEqual(['one', 'two']);
  });
}

describe.skipIf(isWithoutRealServer)('moving a prefix and back at once, on the real server', () =>
  crossingTests(async () => sharedServer()),
);
describe('moving a prefix and back at once, on the double', () => crossingTests(() => useDouble()));

describe.skipIf(isWithoutRealServer)('moving a prefix, on the real server', () =>
  moveTests(async () => sharedServer()),
);
describe('moving a prefix, on the double', () => moveTests(() => useDouble()));
