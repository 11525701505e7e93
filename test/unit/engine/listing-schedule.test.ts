import { expect, test } from 'vitest';
import { ListingSchedule } from '../../../src/engine/listing-schedule.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A schedule, and a listing that takes so long. */
function createSchedule() {
  const clock = new VirtualClock();
  const schedule = new ListingSchedule(clock);
  const list = async (costMs: number, foundNothing = true) => {
    const startMs = clock.monotonic();
    await clock.advance(costMs);
    schedule.listed(startMs, clock.monotonic(), foundNothing);
  };
  return { clock, schedule, list };
}

test('the first listing is due at once, the others half a minute apart', async () => {
  const { clock, schedule, list } = createSchedule();
  expect(schedule.untilNextMs()).toBeLessThanOrEqual(0);
  await list(100);
  expect(schedule.untilNextMs()).toBe(30_000);
  await clock.advance(29_000);
  expect(schedule.untilNextMs()).toBe(1_000);
  await list(100);
  expect(schedule.untilNextMs()).toBe(30_000);
});

test('a slow listing is followed by a long pause', async () => {
  const { schedule, list } = createSchedule();
  await list(10_000);
  expect(schedule.untilNextMs()).toBe(200_000);
});

test('what is done about a listing, however long it takes, puts off no other one', async () => {
  const { clock, schedule } = createSchedule();
  const startMs = clock.monotonic();
  await clock.advance(1_000);
  const endMs = clock.monotonic();
  await clock.advance(3_600_000);
  schedule.listed(startMs, endMs, false);
  expect(schedule.untilNextMs()).toBeLessThanOrEqual(0);
});

test('once live events begin one listing follows, and then fewer and fewer while they find nothing', async () => {
  const { clock, schedule, list } = createSchedule();
  await list(100);
  await clock.advance(5_000);
  schedule.setLive(true);
  expect(schedule.untilNextMs()).toBeLessThanOrEqual(0);
  const pausesMs: number[] = [];
  for (let i = 0; i < 8; i++) {
    await list(100);
    pausesMs.push(schedule.untilNextMs());
  }
  expect(pausesMs).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
});

test('a listing that finds what no event told is followed by others soon', async () => {
  const { schedule, list } = createSchedule();
  schedule.setLive(true);
  for (let i = 0; i < 8; i++) await list(100);
  await list(100, false);
  expect(schedule.untilNextMs()).toBe(30_000);
});

test('a flood of events is one listing, which leaves the server alone before it, and proves nothing against events', async () => {
  const { clock, schedule, list } = createSchedule();
  schedule.setLive(true);
  for (let i = 0; i < 8; i++) await list(4_000);
  schedule.askSoon();
  expect(schedule.untilNextMs()).toBe(8_000);
  await clock.advance(8_000);
  await list(100, false);
  expect(schedule.untilNextMs()).toBe(600_000);
});

test('when live events end the bucket is listed as often as without them', async () => {
  const { clock, schedule, list } = createSchedule();
  schedule.setLive(true);
  for (let i = 0; i < 8; i++) await list(100);
  await clock.advance(100_000);
  schedule.setLive(false);
  expect(schedule.untilNextMs()).toBeLessThanOrEqual(0);
});
