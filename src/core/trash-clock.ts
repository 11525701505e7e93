import { TRASH_KEPT_MS } from './trash-path.ts';

/**
 * So much time at most is believed to have passed while nobody looked at the clock. A longer time without a look is a
 * computer that was switched off, or a clock that jumped; nothing tells which, so the rest of it ages nothing.
 */
const MAX_UNSEEN_MS = 7 * 24 * 3_600_000;

/** Looks that are closer together than this need not be remembered. */
const WORTH_NOTING_MS = 3_600_000;

/** What is remembered of the clock, so that a jump of it can not empty the trash. Milliseconds since 1970. */
export interface ClockMemory {
  /** When the clock was looked at last, by itself. */
  readonly lastMs: number;
  /** Where time was skipped: what went into the trash before `atMs` is younger by `skippedMs` than the clock says. */
  readonly skips: readonly { readonly atMs: number; readonly skippedMs: number }[];
}

/**
 * Looks at the clock. The first look makes everything in the trash young: how it came to its age is not known.
 *
 * @returns what to remember; `before` itself where that is as good.
 */
export function noteClock(before: ClockMemory | undefined, nowMs: number): ClockMemory {
  if (before === undefined) return { lastMs: nowMs, skips: [{ atMs: nowMs, skippedMs: nowMs }] };
  const passedMs = nowMs - before.lastMs;
  // A clock that was put back: skips that lie ahead of it are taken back with it.
  if (passedMs < 0) return { lastMs: nowMs, skips: before.skips.filter(({ atMs }) => atMs <= nowMs) };
  if (passedMs < WORTH_NOTING_MS) return before;
  const skippedMs = passedMs - MAX_UNSEEN_MS;
  const skips = skippedMs > 0 ? [...before.skips, { atMs: nowMs, skippedMs }] : before.skips;
  // Where a skip is older than the trash keeps anything, all that it made younger is gone.
  const cutoffMs = nowMs - expiryAgeMs({ lastMs: nowMs, skips }, nowMs);
  return { lastMs: nowMs, skips: skips.filter(({ atMs }) => atMs > cutoffMs) };
}

/** How old something in the trash has to be by the clock, in milliseconds, to have been kept for as long as is promised. */
export function expiryAgeMs({ skips }: ClockMemory, nowMs: number): number {
  let ageMs = TRASH_KEPT_MS;
  for (const { atMs, skippedMs } of [...skips].reverse()) if (nowMs - atMs < ageMs) ageMs += skippedMs;
  return ageMs;
}
