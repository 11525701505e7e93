import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WatchHint } from '../../../src/core/environment.ts';
import { createWatchService, type WatchParts } from '../../../src/local/watch.ts';
import { FloodGauge } from '../../../src/local/watch-flood.ts';
import { PlatformWatch } from '../../../src/local/watch-recursive.ts';
import type { DirectoryEvents, DirectoryWatches } from '../../../src/local/watch-chokidar.ts';
import { createFakeClock } from '../../unit/local/fake-clock.ts';
import { makeTemporaryRoot, SILENT_LOG, waitUntil } from './temporary.ts';

const NOTHING_IGNORED = { ignoresDirectory: () => false };

/** Watches that see only what the test tells them to. */
class FakeWatches implements DirectoryWatches {
  readonly watched = new Set<string>();
  limit = Number.POSITIVE_INFINITY;
  events: DirectoryEvents | undefined;

  readonly factory = (events: DirectoryEvents): DirectoryWatches => {
    this.events = events;
    return this;
  };

  async add(directories: readonly string[]): Promise<Error[]> {
    for (const directory of directories) {
      if (this.watched.size >= this.limit) return [Object.assign(new Error('no watches left'), { code: 'ENOSPC' })];
      this.watched.add(directory);
    }
    return [];
  }

  remove(directory: string): void {
    this.watched.delete(directory);
  }

  async close(): Promise<void> {
    this.watched.clear();
  }
}

async function setUp(parts: WatchParts = {}) {
  const root = await makeTemporaryRoot();
  const clock = createFakeClock();
  const fake = new FakeWatches();
  const hints: WatchHint[] = [];
  const overflows = () => hints.flatMap((hint) => (hint.kind === 'overflow' ? [hint.reason] : []));
  const service = createWatchService(clock, SILENT_LOG, { directories: fake.factory, ...parts });
  const start = () => service.watch(root, NOTHING_IGNORED, (hint) => hints.push(hint));
  return { root, clock, fake, hints, overflows, start };
}

describe('rule 14: a watch that lost something', () => {
  test('tries again to watch what it had no watches for, and asks for a scan then', async () => {
    const { root, clock, fake, overflows, start } = await setUp();
    await mkdir(join(root, 'a/b'), { recursive: true });
    fake.limit = 2;
    const watch = await start();
    expect(overflows()).toEqual(['the system has no file watches left']);
    fake.limit = 100;
    clock.advance(300_000);
    await waitUntil('all is watched', () => overflows().length === 2);
    expect([...fake.watched].sort()).toEqual([root, join(root, 'a'), join(root, 'a/b')]);
    await watch.close();
  });

  test('walks the tree anew after a watcher failed, and finds directories that nobody told of', async () => {
    const { root, clock, fake, overflows, start } = await setUp();
    const watch = await start();
    await mkdir(join(root, 'missed'));
    fake.events?.onError(new Error('broken'));
    expect(overflows()).toEqual(['a file watcher failed: broken']);
    clock.advance(1_000);
    await waitUntil('all is watched', () => overflows().length === 2);
    expect(fake.watched).toContain(join(root, 'missed'));
    await watch.close();
  });

  test('finds a root that was gone for a while, and asks for a scan', async () => {
    const { root, clock, fake, overflows, start } = await setUp();
    await mkdir(join(root, 'a'));
    const watch = await start();
    await rename(root, `${root}-away`);
    fake.events?.onEvent(root, 'self', 'rename');
    await waitUntil('the loss is told', () => overflows().length === 1);
    expect(fake.watched.size).toBe(0);
    await rename(`${root}-away`, root);
    clock.advance(5_000);
    await waitUntil('all is watched', () => overflows().length === 2);
    expect([...fake.watched].sort()).toEqual([root, join(root, 'a')]);
    await watch.close();
  });

  test('says overflow when an event names nothing', async () => {
    const { root, fake, overflows, start } = await setUp();
    const watch = await start();
    fake.events?.onEvent(root, undefined, 'change');
    expect(overflows()).toHaveLength(1);
    await watch.close();
  });

  test('says overflow for very many events in one turn, once', async () => {
    const { root, fake, overflows, start } = await setUp({ floodLimit: 10 });
    const watch = await start();
    for (let i = 0; i < 30; i++) fake.events?.onEvent(root, `f${i}`, 'change');
    expect(overflows()).toEqual(['too many changes at once']);
    await watch.close();
  });

  test('fails to start with an error when the root can not be read', async () => {
    const { clock } = await setUp();
    const service = createWatchService(clock, SILENT_LOG, { directories: new FakeWatches().factory });
    await expect(service.watch('/nowhere/at/all', NOTHING_IGNORED, () => {})).rejects.toMatchObject({
      code: 'file-vanished',
    });
  });
});

test('events spread over several turns are no flood', () => {
  const clock = createFakeClock();
  let floods = 0;
  const gauge = new FloodGauge(clock, 10, () => floods++);
  for (let i = 0; i < 100; i++) {
    gauge.count();
    if (i % 9 === 8) clock.advance(1);
  }
  expect(floods).toBe(0);
});

test('a recursive watch is opened again after it failed, and asks for a scan', async () => {
  const root = await makeTemporaryRoot();
  await writeFile(join(root, 'f'), 'x');
  const clock = createFakeClock();
  const hints: WatchHint[] = [];
  const opened: FakeWatches[] = [];
  const watch = new PlatformWatch(root, NOTHING_IGNORED, (hint) => hints.push(hint), {
    clock,
    log: SILENT_LOG,
    open: async (_root, events) => {
      const fake = new FakeWatches();
      opened.push(fake);
      return fake.factory(events);
    },
  });
  await watch.start();
  opened[0]?.events?.onEvent(root, undefined, 'change');
  opened[0]?.events?.onError(new Error('broken'));
  clock.advance(60_000);
  await waitUntil('it is open again', () => hints.length === 3);
  opened[1]?.events?.onEvent(root, 'f', 'change');
  await waitUntil('the new one hints', () => hints.length === 4);
  expect(hints.map((hint) => (hint.kind === 'path' ? hint.path : hint.reason))).toEqual([
    'the system lost track of changes',
    'a file watcher failed: broken',
    'the folder was not watched for a while',
    'f',
  ]);
  await watch.close();
});
