import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

/** Binds a directory to a place. @returns what takes it away again, or undefined where this machine mounts nothing for us. */
function bind(elsewhere: string, point: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['--bind', elsewhere, point], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const isMounted = { now: true };
  const unmount = () => {
    if (isMounted.now) execFileSync('umount', [point]);
    isMounted.now = false;
  };
  onTestFinished(unmount);
  return unmount;
}

async function createElsewhere(): Promise<string> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'rustfs-sync-bound-'));
  onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
  return elsewhere;
}

test('a directory of the same disk that was mounted in the folder deletes nothing when it is not', async ({ skip }) => {
  const elsewhere = await createElsewhere();
  await writeFile(join(elsewhere, 'photo'), 'photo');
  const world = await createWorld(await useDouble(), { mode: 'two-way' });
  const point = world.root.at('my photos');
  await mkdir(point);
  for (let i = 0; i < 3; i++) await world.root.write(`doc ${i}`, 'x');
  const unmount = bind(elsewhere, point) ?? skip('This machine mounts nothing for us.');
  await world.sync();
  expect(await world.problemCodes()).toEqual(['my photos: other-filesystem']);
  unmount();
  await world.sync();
  expect(await world.bucket.trashed()).toEqual([]);
  expect(await world.bucket.keys()).toEqual(['doc 0', 'doc 1', 'doc 2']);
});

test('rule 13: what was synced before it was mounted in the folder is not deleted when that is not mounted', async ({
  skip,
}) => {
  const elsewhere = await createElsewhere();
  const world = await createWorld(await useDouble(), { mode: 'two-way' });
  for (const path of ['doc 0', 'doc 1', 'doc 2', 'photos/a', 'photos/b']) await world.root.write(path, path);
  await world.sync();
  const keys = await world.bucket.keys();
  const [photos, point] = [join(elsewhere, 'photos'), world.root.at('photos')];
  await rename(point, photos);
  await mkdir(point);
  const unmount = bind(photos, point) ?? skip('This machine mounts nothing for us.');
  // What is mounted is looked up once a second.
  await delay(1_100);
  await world.sync();
  expect(await world.problemCodes()).toEqual(['photos: other-filesystem']);
  unmount();
  await delay(1_100);
  await world.sync();
  expect(await world.bucket.keys()).toEqual(keys);
  expect(await world.bucket.trashed()).toEqual([]);
  expect(String(await world.root.read('photos/a'))).toBe('photos/a');
});

test('rule 13: what lies below a mounted directory replaces nothing that was synced from there when that is not mounted', async ({
  skip,
}) => {
  const elsewhere = await createElsewhere();
  const world = await createWorld(await useDouble(), { mode: 'two-way' });
  for (const path of ['doc 0', 'doc 1', 'photos/a']) await world.root.write(path, path);
  await world.sync();
  const [photos, point] = [join(elsewhere, 'photos'), world.root.at('photos')];
  await rename(point, photos);
  await world.root.write('photos/a', 'an old copy');
  const unmount = bind(photos, point) ?? skip('This machine mounts nothing for us.');
  await delay(1_100);
  await world.sync();
  unmount();
  await delay(1_100);
  await world.sync();
  expect(String(await world.bucket.get('photos/a'))).toBe('photos/a');
});

test('rule 13: a file that is mounted is left out, and what is below it replaces nothing', async ({ skip }) => {
  const elsewhere = await createElsewhere();
  await writeFile(join(elsewhere, 'settings'), 'the real ones');
  const world = await createWorld(await useDouble(), { mode: 'two-way' });
  await world.root.write('doc', 'x');
  await world.root.write('settings', 'synced before');
  await world.sync();
  await world.root.write('settings', '');
  const unmount = bind(join(elsewhere, 'settings'), world.root.at('settings'));
  if (unmount === undefined) skip('This machine mounts nothing for us.');
  await delay(1_100);
  await world.sync();
  expect(await world.problemCodes()).toEqual(['settings: other-filesystem']);
  unmount?.();
  await delay(1_100);
  await world.sync();
  expect(String(await world.bucket.get('settings'))).toBe('synced before');
});
