import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

/** A folder that waits for its keychain, which asks its person for leave and gets no answer. */
async function worldThatAsks(): Promise<World> {
  let asks = false;
  const wrap = (real: Environment): Environment => ({
    ...real,
    secrets: { ...real.secrets, get: (...asked) => (asks ? new Promise(() => undefined) : real.secrets.get(...asked)) },
  });
  const world = await createWorld(await useDouble(), { wrap, mode: 'two-way' });
  asks = true;
  await world.restart();
  await world.client.call('sync.start', {});
  // The cycle and the stream of events both have asked by then.
  await delay(300);
  return world;
}

const within = (work: Promise<unknown>) => Promise.race([work.then(() => 'done'), delay(3_000, 'hangs')]);

describe('while a keychain asks its person, who does not answer', () => {
  test('the engine ends', async () => {
    const world = await worldThatAsks();
    expect(await within(world.stop())).toBe('done');
  });

  test('a folder is removed', async () => {
    const world = await worldThatAsks();
    expect(await within(world.client.call('folder.remove', { id: world.folderId }))).toBe('done');
  });
});
