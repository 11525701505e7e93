import { describe, expect, test } from 'vitest';
import { formatLimitHours, parseLimitHours } from '../../../src/cli/limit-hours.ts';

describe('limit-hours', () => {
  test.each([
    ['mon-fri 08:00-18:00', { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1080 }],
    ['sat,sun 22:00-06:00', { days: [6, 7], fromMinute: 1320, toMinute: 360 }],
    ['daily 00:00-23:59', { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1439 }],
    ['mon,wed-fri 09:30-12:00', { days: [1, 3, 4, 5], fromMinute: 570, toMinute: 720 }],
    ['always', null],
  ])('%s is read, and shown the same way', (text, hours) => {
    expect(parseLimitHours(text)).toEqual(hours);
    expect(formatLimitHours(hours)).toBe(text);
  });

  test('days over the end of the week and short times are read too', () => {
    expect(parseLimitHours('Sat-Mon 8:00-9:05')).toEqual({ days: [1, 6, 7], fromMinute: 480, toMinute: 545 });
  });

  test.each(['', 'mon-fri', '08:00-18:00', 'mon-foo 08:00-18:00', 'mon 24:00-01:00', 'mon 08:60-09:00', 'mon 8-18'])(
    '%j is refused with its name',
    (text) => {
      expect(() => parseLimitHours(text)).toThrow(JSON.stringify(text));
    },
  );
});
