import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/core/environment.ts';
import { watchNetwork } from '../../../src/engine/network-watch.ts';
import { ResumeWatch } from '../../../src/engine/resume-watch.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;

function watching(clock: Clock) {
  const resumed: number[] = [];
  const watch = new ResumeWatch(clock, () => resumed.push(clock.monotonic()));
  watch.start();
  watch.start();
  return { resumed, watch };
}

describe('ResumeWatch', () => {
  test('says nothing of time that just passes, nor of a clock that is set right by seconds', async () => {
    const clock = new VirtualClock();
    const { resumed } = watching(clock);
    await clock.advance(HOUR_MS);
    clock.jumpWall(5_000);
    await clock.advance(HOUR_MS);
    clock.jumpWall(-5_000);
    await clock.advance(HOUR_MS);
    expect(resumed).toEqual([]);
  });

  test.each([
    ['forward, as after sleep', 8 * HOUR_MS],
    ['backward', -8 * HOUR_MS],
  ])('notices once, within ten seconds, a wall clock that jumped %s', async (_way, byMs) => {
    const clock = new VirtualClock();
    const { resumed } = watching(clock);
    await clock.advance(HOUR_MS);
    clock.jumpWall(byMs);
    await clock.advance(HOUR_MS);
    expect(resumed).toEqual([HOUR_MS + 10_000]);
  });

  test('notices a sleep on a system whose monotonic clock goes on in it', () => {
    let nowMs = 0;
    let fire: () => void = () => undefined;
    const clock: Clock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      sleep: () => Promise.reject(new Error('unused')),
      timer: (_delayMs, callback) => {
        fire = callback;
        return { cancel: () => undefined };
      },
    };
    const { resumed } = watching(clock);
    nowMs += 10_500;
    fire();
    expect(resumed).toEqual([]);
    nowMs += HOUR_MS;
    fire();
    expect(resumed).toHaveLength(1);
  });

  test('ends', async () => {
    const clock = new VirtualClock();
    watching(clock).watch.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('watchNetwork', () => {
  test('has servers tried when an address comes while one is out of reach, and then alone', async () => {
    const clock = new VirtualClock();
    const world = { offline: false, addresses: 'a', resumed: [] as string[] };
    const engine = {
      isOffline: () => world.offline,
      resumed: (from: string) => world.resumed.push(from),
    };
    const watch = watchNetwork(clock, engine, () => world.addresses);
    await clock.advance(60_000);
    world.addresses = 'b';
    await clock.advance(60_000);
    expect(world.resumed).toEqual([]);
    world.offline = true;
    await clock.advance(60_000);
    expect(world.resumed).toEqual([]);
    world.addresses = 'b c';
    await clock.advance(5_000);
    expect(world.resumed).toEqual(['network-change']);
    watch.cancel();
    expect(clock.pendingTimers).toBe(0);
  });

  test('goes on where the system does not tell them for a while, as when too many files are open', async () => {
    const clock = new VirtualClock();
    const world = { addresses: 'a', isBroken: true, resumed: 0 };
    const engine = { isOffline: () => true, resumed: () => (world.resumed += 1) };
    const watch = watchNetwork(clock, engine, () => {
      if (world.isBroken) throw new Error('uv_interface_addresses returned Unknown system error 24');
      return world.addresses;
    });
    await clock.advance(60_000);
    world.isBroken = false;
    await clock.advance(60_000);
    expect(world.resumed, 'what they were is not known').toBe(0);
    world.isBroken = true;
    await clock.advance(60_000);
    world.isBroken = false;
    world.addresses = 'b';
    await clock.advance(60_000);
    expect(world.resumed).toBe(1);
    watch.cancel();
  });
});
