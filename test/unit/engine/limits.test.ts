import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { areLimitsOn, type LimitHours } from '../../../src/core/limit-hours.ts';
import { Limits } from '../../../src/engine/limits.ts';
import { StateStore } from '../../../src/state/index.ts';
import { RateLimiter } from '../../../src/transfer/index.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const WORKING: LimitHours = { days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 18 * 60 };
const FRIDAY_NIGHT: LimitHours = { days: [5], fromMinute: 22 * 60, toMinute: 6 * 60 };

describe('the hours of the limits', () => {
  test.each([
    ['the first minute', WORKING, 1, '08:00', true],
    ['the minute before', WORKING, 1, '07:59', false],
    ['the last minute', WORKING, 5, '17:59', true],
    ['their end', WORKING, 5, '18:00', false],
    ['the weekend', WORKING, 6, '12:00', false],
    ['the evening of a night', FRIDAY_NIGHT, 5, '22:00', true],
    ['its morning, on the day after', FRIDAY_NIGHT, 6, '05:59', true],
    ['its end', FRIDAY_NIGHT, 6, '06:00', false],
    ['the morning before', FRIDAY_NIGHT, 5, '05:59', false],
    ['the evening after', FRIDAY_NIGHT, 6, '22:00', false],
    ['a night over the end of the week', { ...FRIDAY_NIGHT, days: [7] }, 1, '03:00', true],
    ['a whole day, whose end is its start', { days: [3], fromMinute: 0, toMinute: 0 }, 3, '23:59', true],
    ['the day after a whole day', { days: [3], fromMinute: 0, toMinute: 0 }, 4, '00:00', false],
    ['a whole day from noon', { days: [3], fromMinute: 720, toMinute: 720 }, 4, '11:59', true],
  ])('%s', (_name, hours, day, time, expected) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    expect(areLimitsOn(hours, { day, minute: hour * 60 + minute })).toBe(expected);
  });
});

describe('limits', () => {
  const zone = process.env['TZ'];
  beforeEach(() => (process.env['TZ'] = 'Europe/Berlin'));
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  /** Limits under a clock that starts at a time of Berlin. */
  function underClock(startUtc: string, hours: LimitHours | null) {
    const clock = new VirtualClock(Date.parse(startUtc));
    const state = StateStore.open(':memory:', 'stamp');
    state.settings.write({ uploadLimitBytesPerSecond: 1_000, limitHours: hours });
    const [up, down] = [new RateLimiter(clock), new RateLimiter(clock)];
    const errors: unknown[] = [];
    const limits = new Limits(
      clock,
      () => state.settings.read(),
      { up, down },
      (error) => errors.push(error),
    );
    limits.apply();
    return { clock, state, limits, up, down, errors };
  }

  test('begin and end at their minute, each day anew', async () => {
    // Monday 2026-06-01, 07:59:30 in Berlin.
    const { clock, up, down } = underClock('2026-06-01T05:59:30Z', WORKING);
    expect(up.limited).toBe(false);
    await clock.advance(29_999);
    expect(up.limited).toBe(false);
    await clock.advance(1);
    expect(up.limited).toBe(true);
    expect(down.limited, 'no limit is set').toBe(false);
    await clock.advance(10 * HOUR_MS - 1);
    expect(up.limited).toBe(true);
    await clock.advance(1);
    expect(up.limited).toBe(false);
    await clock.advance(14 * HOUR_MS);
    expect(up.limited, 'Tuesday, 08:00').toBe(true);
  });

  test('follow the clock on the wall when summer time begins and ends', async () => {
    // In the night to Sunday 2026-03-29 the clocks go from 02:00 to 03:00.
    const night: LimitHours = { days: [7], fromMinute: 60, toMinute: 4 * 60 };
    const spring = underClock('2026-03-29T00:00:00Z', night);
    expect(spring.up.limited, '01:00').toBe(true);
    await spring.clock.advance(2 * HOUR_MS - 1);
    expect(spring.up.limited, '03:59, two hours later').toBe(true);
    await spring.clock.advance(1);
    expect(spring.up.limited, '04:00').toBe(false);
    // On 2026-10-25 the hour from 02:00 to 03:00 comes twice.
    const autumn = underClock('2026-10-24T23:00:00Z', night);
    expect(autumn.up.limited, '01:00').toBe(true);
    await autumn.clock.advance(4 * HOUR_MS - 1);
    expect(autumn.up.limited, '03:59, four hours later').toBe(true);
    await autumn.clock.advance(1);
    expect(autumn.up.limited, '04:00').toBe(false);
  });

  test('are right within a minute after the clock was set', async () => {
    const { clock, up } = underClock('2026-06-01T05:00:00Z', WORKING);
    clock.jumpWall(3 * HOUR_MS);
    await clock.advance(60_000);
    expect(up.limited).toBe(true);
  });

  test('stay as they are while the settings can not be read, and follow the hours again after that', async () => {
    const { clock, state, up, errors } = underClock('2026-06-01T15:59:30Z', WORKING);
    const read = state.settings.read.bind(state.settings);
    state.settings.read = () => {
      throw new Error('disk I/O error');
    };
    await clock.advance(90_000);
    expect(up.limited).toBe(true);
    expect(errors).not.toEqual([]);
    state.settings.read = read;
    await clock.advance(60_000);
    expect(up.limited, '18:02').toBe(false);
  });

  test('hold always without hours, and are not looked at again', async () => {
    const { clock, state, limits, up } = underClock('2026-06-06T12:00:00Z', null);
    expect(up.limited).toBe(true);
    state.settings.write({ uploadLimitBytesPerSecond: 0 });
    await clock.advance(HOUR_MS);
    expect(up.limited).toBe(true);
    limits.apply();
    expect(up.limited).toBe(false);
  });

  test('do not wake those who wait when nothing changes', async () => {
    const { clock, up } = underClock('2026-06-01T08:00:00Z', WORKING);
    await up.take(600_000);
    let isThrough = false;
    const waiting = up.take(1).then(() => (isThrough = true));
    await clock.advance(599_000);
    expect(isThrough).toBe(false);
    await clock.advance(1_000);
    await waiting;
    expect(isThrough).toBe(true);
  });
});
