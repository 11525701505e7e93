import type { Clock } from '../../../src/core/environment.ts';

/** A clock that goes on only when told to; timers fire in the order of their times. */
export function createFakeClock(): Clock & { advance(byMs: number): void } {
  let nowMs = 0;
  const timers = new Map<symbol, { readonly atMs: number; readonly callback: () => void }>();
  const start = (delayMs: number, callback: () => void) => {
    const id = Symbol('timer');
    timers.set(id, { atMs: nowMs + delayMs, callback });
    return { cancel: () => void timers.delete(id) };
  };
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    timer: start,
    sleep: (delayMs) => new Promise((resolve) => start(delayMs, resolve)),
    advance(byMs) {
      const endMs = nowMs + byMs;
      for (;;) {
        const next = [...timers].filter(([, { atMs }]) => atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
        if (next === undefined) break;
        timers.delete(next[0]);
        nowMs = Math.max(nowMs, next[1].atMs);
        next[1].callback();
      }
      nowMs = endMs;
    },
  };
}
