import type { Clock } from '../core/environment.ts';

/** Bytes that may leave at once after a pause, in seconds of the limit: short, so that a limit is felt as one. */
const BURST_SECONDS = 0.25;

/**
 * Limits a direction to so many bytes a second, over all transfers. A token bucket that may go into debt: whoever takes
 * is let through once the debt of those before is paid, so that any piece size works.
 */
export class RateLimiter {
  readonly #clock: Clock;
  #bytesPerSecond = 0;
  /** Time on the monotonic clock at which everything taken so far is paid for. */
  #paidUntilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param bytesPerSecond 0 for no limit. */
  setLimit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#paidUntilMs = this.#clock.monotonic();
  }

  get limited(): boolean {
    return this.#bytesPerSecond > 0;
  }

  /** Waits until `bytes` may leave. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (!this.limited) return;
    const now = this.#clock.monotonic();
    const from = Math.max(this.#paidUntilMs, now - BURST_SECONDS * 1000);
    this.#paidUntilMs = from + (bytes / this.#bytesPerSecond) * 1000;
    if (from > now) await this.#clock.sleep(from - now, signal);
  }
}
