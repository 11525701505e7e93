import type { Clock } from '../core/environment.ts';
import type { Pace } from '../core/object-store.ts';

/** Bytes that may leave at once after a pause, in seconds of the limit: short, so that a limit is felt as one. */
const BURST_SECONDS = 0.25;

/** Content leaves in pieces of at most this size, so that progress is seen. */
const LARGEST_PIECE_BYTES = 512 * 1024;
const SMALLEST_PIECE_BYTES = 1024;

/** Timers hold no more than this; a longer wait is made of several. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/**
 * Limits a direction to so many bytes a second, over all transfers. A token bucket that may go into debt: whoever takes
 * is let through once the debt of those before is paid, so that any piece size works.
 */
export class RateLimiter {
  readonly #clock: Clock;
  #bytesPerSecond = 0;
  /** Time on the monotonic clock at which everything taken so far is paid for. */
  #paidUntilMs = 0;
  /** Aborts when the limit changes, which wakes everybody who waits under the old one. */
  #change = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes those who wait, where it is another limit. @param bytesPerSecond 0 for no limit. */
  setLimit(bytesPerSecond: number): void {
    if (bytesPerSecond === this.#bytesPerSecond) return;
    this.#bytesPerSecond = bytesPerSecond;
    this.#paidUntilMs = this.#clock.monotonic();
    this.#change.abort();
    this.#change = new AbortController();
  }

  get limited(): boolean {
    return this.#bytesPerSecond > 0;
  }

  /** Waits until `bytes` may leave. What is called off is not owed. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    while (this.limited) {
      const now = this.#clock.monotonic();
      const from = Math.max(this.#paidUntilMs, now - BURST_SECONDS * 1000);
      const costMs = (bytes / this.#bytesPerSecond) * 1000;
      this.#paidUntilMs = from + costMs;
      const change = this.#change.signal;
      try {
        await this.#sleepUntil(from, signal === undefined ? change : AbortSignal.any([signal, change]));
        return;
      } catch (error) {
        // Under another limit the queue begins anew.
        if (change.aborted && signal?.aborted !== true) continue;
        if (!change.aborted) this.#paidUntilMs -= costMs;
        throw error;
      }
    }
  }

  /**
   * The pace of one body: under a limit, also one that is set on its way, in pieces so small that no server takes the wait for
   * a silence.
   *
   * @param onPiece called as each piece leaves, and not while it waits for that.
   */
  pace(onPiece: (bytes: number) => void, signal: AbortSignal): Pace {
    const pieceBytes = () => this.#pieceBytes;
    return {
      get pieceBytes() {
        return pieceBytes();
      },
      beforePiece: (bytes) => {
        if (this.limited) return this.take(bytes, signal).then(() => onPiece(bytes));
        onPiece(bytes);
        return undefined;
      },
    };
  }

  get #pieceBytes(): number {
    if (!this.limited) return LARGEST_PIECE_BYTES;
    const share = Math.round(this.#bytesPerSecond * BURST_SECONDS);
    return Math.min(LARGEST_PIECE_BYTES, Math.max(SMALLEST_PIECE_BYTES, share));
  }

  async #sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = atMs - this.#clock.monotonic();
      if (leftMs <= 0) return;
      await this.#clock.sleep(Math.min(leftMs, LONGEST_SLEEP_MS), signal);
    }
  }
}
