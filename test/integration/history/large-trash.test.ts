import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { trashPath, trashStamp } from '../../../src/local/trash.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { createTeam } from '../../support/two-way-team.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const FILES = 2_500;

test('rule 12: a tree of thousands of files goes from the trash after 30 days at once, and not in small parts', async () => {
  let aheadMs = 0;
  const adapt = (environment: Environment): Environment => {
    const { clock } = environment;
    const now = () => clock.now() + aheadMs;
    return {
      ...environment,
      clock: {
        now,
        monotonic: () => clock.monotonic(),
        sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
      },
    };
  };
  const team = await createTeam(await useDouble(), { adapt, haste: 1 });
  const [a] = team.computers;
  if (a === undefined) throw new Error('There is one computer.');
  await a.root.write('stays', 'stays');
  await a.sync();
  const stamp = trashStamp(Date.now() + 2_000, 'abcd');
  await mkdir(a.root.at(trashPath(stamp, 'tree')), { recursive: true });
  for (let i = 0; i < FILES; i++) await writeFile(a.root.at(trashPath(stamp, `tree/${i}`)), 'x');
  const left = async () => (await readdir(a.root.at('.rustfs-sync/trash'), { recursive: true })).length;
  for (let week = 0; week < 4; week++) {
    aheadMs += WEEK_MS;
    await a.sync();
  }
  expect(await left()).toBeGreaterThan(FILES);
  aheadMs += WEEK_MS;
  await a.sync();
  expect(await left()).toBe(0);
});
