import { expect, test } from 'vitest';
import { SyncError, type ErrorCode } from '../../../src/core/errors.ts';
import type { BucketEvent } from '../../../src/core/object-store.ts';
import { LiveEvents } from '../../../src/engine/live-events.ts';
import { CollectedLog, SeededRandom } from '../../support/test-environment.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;

/** How one stream goes: whether it begins to tell, how long it holds, and what ends it. */
interface Fate {
  readonly live: boolean;
  /** How long the server's first word takes. */
  readonly afterMs?: number;
  readonly holdsMs: number;
  readonly code?: ErrorCode;
}

/** Listens to a server whose streams all go like this. */
function createListener(fate: Fate) {
  const clock = new VirtualClock();
  const seen = { openedAtMs: [] as number[], events: [] as BucketEvent[], live: [] as boolean[] };
  const events = new LiveEvents({
    clock,
    random: new SeededRandom(1),
    log: new CollectedLog(),
    async *open(signal) {
      seen.openedAtMs.push(clock.monotonic());
      await clock.sleep(fate.afterMs ?? 0, signal);
      if (fate.live) yield { kind: 'listening' };
      if (fate.live) yield { kind: 'removed', key: 'a' };
      await clock.sleep(fate.holdsMs, signal);
      if (fate.code !== undefined) throw new SyncError({ code: fate.code, message: 'It broke.', advice: '' });
    },
    onEvent: (event) => seen.events.push(event),
    onLive: (isLive) => seen.live.push(isLive),
  });
  return { clock, events, seen };
}

test('events are handed on, and that they come is told', async () => {
  const { clock, events, seen } = createListener({ live: true, holdsMs: HOUR_MS });
  events.keep(true);
  events.keep(true);
  await clock.advance(0);
  expect(events.isLive).toBe(true);
  expect(seen).toEqual({ openedAtMs: [0], events: [{ kind: 'removed', key: 'a' }], live: [true] });
  await events.close();
  expect(events.isLive).toBe(false);
  expect(seen.live).toEqual([true, false]);
  expect(clock.pendingTimers).toBe(0);
});

test('a stream that held is opened again within a second, whenever it ends', async () => {
  const { clock, events, seen } = createListener({ live: true, holdsMs: HOUR_MS });
  events.keep(true);
  await clock.advance(5.1 * HOUR_MS);
  const gapsMs = seen.openedAtMs.slice(1).map((atMs, index) => atMs - (seen.openedAtMs[index] ?? 0) - HOUR_MS);
  expect(gapsMs).toHaveLength(5);
  expect(Math.max(...gapsMs)).toBeLessThanOrEqual(1_000);
  await events.close();
});

test('a stream that keeps breaking is opened once a minute at most', async () => {
  const { clock, events, seen } = createListener({ live: true, holdsMs: 10, code: 'unreachable' });
  events.keep(true);
  await clock.advance(HOUR_MS);
  expect(seen.openedAtMs.length).toBeGreaterThan(60);
  expect(seen.openedAtMs.length).toBeLessThan(130);
  await events.close();
});

test.each<ErrorCode>(['not-supported', 'access-denied', 'no-such-bucket'])(
  'a server that answers %s is asked again once an hour',
  async (code) => {
    const { clock, events, seen } = createListener({ live: false, holdsMs: 0, code });
    events.keep(true);
    await clock.advance(HOUR_MS / 2 - 1);
    expect(seen.openedAtMs).toEqual([0]);
    await clock.advance(10 * HOUR_MS);
    expect(seen.openedAtMs.length).toBeLessThan(23);
    expect(seen.live).toEqual([]);
    await events.close();
  },
);

test('a server that never says a word is given up for an hour after three tries', async () => {
  const { clock, events, seen } = createListener({ live: false, holdsMs: 35_000, code: 'timeout' });
  events.keep(true);
  await clock.advance(HOUR_MS / 2);
  expect(seen.openedAtMs).toHaveLength(3);
  await events.close();
});

test('a server that gathers events before it sends them is heard, but not relied on', async () => {
  const { clock, events, seen } = createListener({ live: true, afterMs: 20_000, holdsMs: 35_000, code: 'timeout' });
  events.keep(true);
  await clock.advance(HOUR_MS / 2);
  expect(seen.live).toEqual([]);
  expect(seen.events.length).toBeGreaterThan(10);
  await events.close();
});

test('what is not wanted any more ends, and begins anew when it is wanted again', async () => {
  const { clock, events, seen } = createListener({ live: true, holdsMs: HOUR_MS });
  events.keep(true);
  await clock.advance(0);
  events.keep(false);
  events.keep(true);
  await clock.advance(0);
  expect(seen.live).toEqual([true, false, true]);
  expect(events.isLive).toBe(true);
  await events.close();
});
