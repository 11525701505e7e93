import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

test('a directory of the same disk that was mounted in the folder deletes nothing when it is not', async ({ skip }) => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'rustfs-sync-bound-'));
  onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
  await writeFile(join(elsewhere, 'photo'), 'photo');
  const world = await createWorld(await useDouble(), { mode: 'two-way' });
  const point = world.root.at('my photos');
  await mkdir(point);
  for (let i = 0; i < 3; i++) await world.root.write(`doc ${i}`, 'x');
  try {
    execFileSync('mount', ['--bind', elsewhere, point], { stdio: 'ignore' });
  } catch {
    skip('This machine mounts nothing for us.');
  }
  const isMounted = { now: true };
  const unmount = () => {
    if (isMounted.now) execFileSync('umount', [point]);
    isMounted.now = false;
  };
  onTestFinished(unmount);
  await world.sync();
  expect(await world.problemCodes()).toEqual(['my photos: other-filesystem']);
  unmount();
  await world.sync();
  expect(await world.bucket.trashed()).toEqual([]);
  expect(await world.bucket.keys()).toEqual(['doc 0', 'doc 1', 'doc 2']);
});
