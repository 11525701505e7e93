import { utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { withQuickClock } from '../../support/two-way-team.ts';

/** A file that moves under whoever reads it, each time. */
function withMovingFile(real: Environment, path: string): Environment {
  const moved = new SyncError({ code: 'file-changed', message: 'It moved.', advice: '' });
  const fs: Environment['fs'] = {
    ...real.fs,
    readFile: (root, read, maxBytes) =>
      read === path ? Promise.reject(moved) : real.fs.readFile(root, read, maxBytes),
  };
  return { ...real, fs };
}

test('a file that moves under us each time is not said to be in sync while it waits for its next turn', async () => {
  // Two minutes, after which it is a problem, are some seconds.
  const wrap = (real: Environment) => withMovingFile(withQuickClock(real, 30), 'never still');
  const world = await createWorld(await useDouble(), { wrap });
  await world.root.write('never still', 'x');
  await utimes(world.root.at('never still'), 1_700_000_000, 1_700_000_000);
  await world.client.call('sync.start', {});
  const states = new Set<string>();
  while ((await world.problems()).length === 0) {
    states.add((await world.client.call('folder.status', { id: world.folderId })).state);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await world.problemCodes()).toEqual(['never still: keeps-changing']);
  expect(await world.bucket.keys()).toEqual([]);
  expect(states).not.toContain('in-sync');
  const settled = async () => (await world.client.call('folder.status', { id: world.folderId })).state;
  await expect.poll(settled).toBe('attention');
});

test('after a run without a watcher the folder is said to be in sync, also where a file had just been written', async () => {
  const world = await createWorld(await useDouble());
  await world.root.write('just written', 'x');
  expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  const { state } = await world.client.call('folder.status', { id: world.folderId });
  expect(state).toBe('in-sync');
});
