import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/api/index.ts';
import { filesOfDrop } from '../../../renderer/views/files/picked-files.ts';
import type { HandUpload } from '../../../renderer/store/types.ts';
import { UploadQueue, type PickedFile } from '../../../renderer/store/upload-queue.ts';
import { pollUntil } from '../../support/loopback.ts';

const place = { account: 'home', bucket: 'photos', prefix: 'in/' };

/** Files of these names, a few bytes each. */
function picked(...names: readonly string[]): readonly PickedFile[] {
  return names.map((path) => ({ path, file: new File(['text'], path) }));
}

/** A queue in front of a bucket that remembers what is sent to it. */
function queueOn(objects = new Set<string>()) {
  const world = {
    objects,
    sent: [] as { key: string; overwrite: boolean }[],
    shown: [] as readonly HandUpload[],
    timesShown: 0,
    done: 0,
    rests: [] as string[][],
    hasFreeKey: true,
    /** What a file waits for while it is sent. */
    gate: Promise.resolve(),
  };
  const queue = new UploadQueue({
    send: async (_file, { key, overwrite }, onSent, signal) => {
      for (let bytes = 1; bytes <= 4; bytes++) onSent(bytes);
      await world.gate;
      signal.throwIfAborted();
      if (objects.has(key) && !overwrite) throw new SyncError({ code: 'name-taken', message: '', advice: '' });
      world.sent.push({ key, overwrite });
      objects.add(key);
    },
    freeKey: async ({ key }) => {
      if (!world.hasFreeKey) throw new SyncError({ code: 'name-taken', message: '', advice: '' });
      for (let number = 2, free = key; ; number++) {
        if (!objects.has(free)) return free;
        free = `${key} (${number})`;
      }
    },
    show: (uploads, done) => {
      world.shown = uploads;
      world.done = done;
      world.timesShown += 1;
    },
    rested: (taken) => world.rests.push(taken.map(({ key }) => key)),
    wordsOf: String,
  });
  const rest = (times: number) => pollUntil('the queue to rest', () => world.rests.length === times || undefined);
  const idsOf = (state: HandUpload['state']) =>
    world.shown.filter((upload) => upload.state === state).map(({ id }) => id);
  return { world, queue, rest, idsOf };
}

describe('files that are sent by hand', () => {
  test('go in the order in which they were added, whatever batch they are of', async () => {
    const { world, queue, rest } = queueOn();
    queue.add(place, picked('a', 'b', 'c', 'd', 'e'));
    queue.add(place, picked('f', 'g'));
    await rest(1);
    expect(world.sent.map(({ key }) => key)).toEqual(['in/a', 'in/b', 'in/c', 'in/d', 'in/e', 'in/f', 'in/g']);
    expect(world.sent.some(({ overwrite }) => overwrite)).toBe(false);
  });

  test('replace nothing before the person says so', async () => {
    const { world, queue, rest, idsOf } = queueOn(new Set(['in/a', 'in/b', 'in/b (2)']));
    queue.add(place, picked('a', 'b', 'c'));
    await rest(1);
    expect(world.rests).toEqual([['in/a', 'in/b']]);
    expect(world.sent).toEqual([{ key: 'in/c', overwrite: false }]);
    const [a = 0, b = 0] = idsOf('taken');
    queue.retry([a], 'replace');
    queue.retry([b], 'keep-both');
    await rest(2);
    expect(world.sent.slice(1)).toEqual([
      { key: 'in/a', overwrite: true },
      { key: 'in/b (3)', overwrite: false },
    ]);
    expect(world.rests[1]).toEqual([]);
    expect(world.shown.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  test('replace nothing of what the person called off meanwhile', async () => {
    const { world, queue, rest, idsOf } = queueOn(new Set(['in/a', 'in/b']));
    queue.add(place, picked('a', 'b'));
    await rest(1);
    const told = idsOf('taken');
    queue.cancel(told.slice(0, 1));
    // What was told of both is answered late.
    queue.retry(told, 'replace');
    await rest(2);
    expect(world.sent).toEqual([{ key: 'in/b', overwrite: true }]);
    expect(world.shown.map(({ state }) => state)).toEqual(['cancelled', 'done']);
  });

  test('of one name, kept both, get names of their own', async () => {
    const { world, queue, rest, idsOf } = queueOn(new Set(['in/a']));
    queue.add(place, picked('a', 'a', 'a'));
    await rest(1);
    queue.retry(idsOf('taken'), 'keep-both');
    await rest(2);
    expect([...world.objects].sort()).toEqual(['in/a', 'in/a (2)', 'in/a (3)', 'in/a (4)']);
  });

  test('are not sent in vain where they are large and their name is taken', async () => {
    const { world, queue, rest, idsOf } = queueOn(new Set(['in/film']));
    queue.add(place, [{ path: 'film', file: new File([new Uint8Array(2_000_000)], 'film') }]);
    await rest(1);
    expect(idsOf('taken')).toHaveLength(1);
    expect(world.shown[0]?.sentBytes).toBe(0);
    expect(world.timesShown).toBeLessThan(5);
  });

  test('ask where a large one finds no free name beside its own, and can replace', async () => {
    const { world, queue, rest, idsOf } = queueOn(new Set(['in/film']));
    world.hasFreeKey = false;
    queue.add(place, [{ path: 'film', file: new File([new Uint8Array(2_000_000)], 'film') }]);
    await rest(1);
    expect(idsOf('taken')).toHaveLength(1);
    queue.retry(idsOf('taken'), 'replace');
    await rest(2);
    expect(world.sent).toEqual([{ key: 'in/film', overwrite: true }]);
  });

  test('by the ten thousand are shown a few times a second, and their bytes are let go', async () => {
    const { world, queue, rest } = queueOn();
    queue.add(place, picked(...Array.from({ length: 10_000 }, (_, n) => `f${n}`)));
    await rest(1);
    expect(world.done).toBe(10_000);
    expect(world.timesShown).toBeLessThan(200);
    // The last of what was sent stays to be seen.
    expect(world.shown).toHaveLength(200);
    expect(world.shown.at(-1)?.key).toBe('in/f9999');
    queue.clear();
    expect(world.shown).toEqual([]);
  });

  test('are replaced and cancelled by the ten thousand without the window standing still', async () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `f${n}`);
    const { world, queue, rest, idsOf } = queueOn(new Set(names.map((name) => `in/${name}`)));
    queue.add(place, picked(...names));
    await rest(1);
    const taken = idsOf('taken');
    expect(taken).toHaveLength(10_000);
    world.timesShown = 0;
    queue.retry(taken, 'replace');
    expect(world.timesShown).toBe(1);
    world.timesShown = 0;
    queue.cancel(taken);
    expect(world.timesShown).toBe(1);
    await rest(2);
    expect(world.sent.length).toBeLessThan(10);
  });

  test('are cancelled while they wait and while they run, and sent again when that is wanted', async () => {
    const { world, queue, rest, idsOf } = queueOn();
    const gate = Promise.withResolvers<undefined>();
    world.gate = gate.promise.then(() => undefined);
    queue.add(place, picked('a', 'b', 'c', 'd'));
    queue.cancel([...idsOf('running').slice(0, 1), ...idsOf('waiting')]);
    gate.resolve(undefined);
    await rest(1);
    expect(world.sent.map(({ key }) => key)).toEqual(['in/b', 'in/c']);
    queue.retry(idsOf('cancelled'));
    await rest(2);
    expect(world.sent.map(({ key }) => key)).toEqual(['in/b', 'in/c', 'in/a', 'in/d']);
  });
});

describe('what is dropped', () => {
  /** As a browser hands it out. */
  const file = (name: string, isReadable = true) => ({
    name,
    isFile: true,
    file: (done: (file: File) => void, failed: (error: Error) => void) =>
      isReadable ? done(new File(['x'], name)) : failed(new Error('NotReadableError')),
  });
  const directory = (name: string, children: readonly unknown[], isReadable = true) => ({
    name,
    isFile: false,
    createReader: () => {
      const batches = [children, []];
      return {
        readEntries: (done: (entries: readonly unknown[]) => void, failed: (error: Error) => void) =>
          isReadable ? done(batches.shift() ?? []) : failed(new Error('NotReadableError')),
      };
    },
  });

  test('is taken but for what can not be read, which is named', async () => {
    const entries = [
      directory('trip', [file('1'), file('locked', false), directory('private', [], false), file('2')]),
      file('3'),
    ];
    const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
    const { picked: taken, unreadable } = await filesOfDrop({ items: items });
    expect(taken.map(({ path }) => path)).toEqual(['trip/1', 'trip/2', '3']);
    expect(unreadable).toEqual(['trip/locked', 'trip/private']);
  });
});
