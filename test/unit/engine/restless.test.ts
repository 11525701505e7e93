import { expect, test } from 'vitest';
import { RestlessPaths } from '../../../src/engine/restless.ts';
import { createDirtyPaths } from '../../../src/local/dirty-paths.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A log whose every look ends in its moving under us, and the seconds at which it was looked at. */
function createLog() {
  const clock = new VirtualClock();
  const looksAtS: number[] = [];
  const look = () => {
    looksAtS.push(Math.round(clock.monotonic() / 1000));
    restless.noteMoving('log');
  };
  const dirty = createDirtyPaths({
    clock,
    onDue: () => {
      const due = dirty.take();
      if (!due.all && due.paths.includes('log')) look();
    },
  });
  const add = (path: string) => dirty.add({ kind: 'path', path });
  const restless: RestlessPaths = new RestlessPaths(clock, { next: () => 1, id: () => '' }, add);
  /** Something is appended every second, and seen as the engine sees it. */
  const appendFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      if (!restless.takesHint('log')) add('log');
      await clock.advance(1_000);
    }
  };
  return { clock, restless, looksAtS, appendFor };
}

test('a file that is written to every second is tried more and more rarely, but not given up', async () => {
  const { looksAtS, appendFor } = createLog();
  await appendFor(3_600);
  const lastHalfHour = looksAtS.filter((atS) => atS >= 1_800).length;
  expect(looksAtS.length).toBeLessThanOrEqual(25);
  expect(lastHalfHour).toBeGreaterThanOrEqual(4);
  expect(lastHalfHour).toBeLessThanOrEqual(7);
});

test('once it keeps still it is looked at within half a minute', async () => {
  const { clock, looksAtS, appendFor } = createLog();
  await appendFor(1_000);
  const before = looksAtS.length;
  await clock.advance(32_000);
  expect(looksAtS.length).toBeGreaterThan(before);
});

test('a change of another path is none of its business', async () => {
  const { restless, appendFor } = createLog();
  while (!restless.takesHint('log')) await appendFor(1);
  expect(restless.takesHint('log2')).toBe(false);
  restless.close();
  expect(restless.takesHint('log')).toBe(false);
});

/** A path that is never as planned, beside another one each minute, and the minutes at which it was looked at. */
async function beside(minutes: number) {
  const clock = new VirtualClock();
  const looksAtMin: number[] = [];
  const restless: RestlessPaths = new RestlessPaths(clock, { next: () => 1, id: () => '' }, (path) => {
    if (path !== 'slow') return;
    looksAtMin.push(Math.round(clock.monotonic() / 60_000));
    restless.note('slow');
  });
  restless.note('slow');
  for (let minute = 0; minute < minutes; minute++) {
    await clock.advance(60_000);
    restless.note(`another ${minute}`);
  }
  return { clock, restless, looksAtMin };
}

test('a path is not begun with anew because it waits for longer than others are remembered', async () => {
  const { looksAtMin } = await beside(12 * 60);
  // Once an hour in the end.
  expect(looksAtMin.filter((atMin) => atMin > 6 * 60)).toHaveLength(6);
});

test('nothing is looked at once it is closed, however long it waited', async () => {
  const { clock, restless, looksAtMin } = await beside(90);
  restless.close();
  const before = looksAtMin.length;
  await clock.advance(2 * 3_600_000);
  expect(looksAtMin).toHaveLength(before);
});
