/**
 * When the limits of bandwidth hold: on these days from one time to another. An end that is not after the start is on the
 * day after, and belongs to the day on which it began.
 */
export interface LimitHours {
  /** 1 is Monday, 7 Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight, 0 to 1439, as the clock on the wall shows them. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** What the clock on the wall shows. */
export interface WallTime {
  /** 1 is Monday, 7 Sunday. */
  readonly day: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

/**
 * Whether the limits hold at a time. Only what the clock shows counts, not how much time has passed: an hour that is left
 * out or comes twice with summer time needs no thought.
 */
export function areLimitsOn({ days, fromMinute, toMinute }: LimitHours, { day, minute }: WallTime): boolean {
  if (fromMinute < toMinute) return days.includes(day) && minute >= fromMinute && minute < toMinute;
  const dayBefore = day === 1 ? 7 : day - 1;
  return (days.includes(day) && minute >= fromMinute) || (days.includes(dayBefore) && minute < toMinute);
}
