import type { Clock, Timer } from '../../src/core/environment.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Everybody waits and nothing is left that could wake them. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

/** So many timers in one run mean that somebody polls for ever. */
const MOST_TIMERS = 100_000;

/**
 * Time that passes only when told to. Between two timers all promises that can settle do; nothing in a test that uses it
 * may wait for a real disk, socket or thread.
 */
export class VirtualClock implements Clock {
  #wallMs: number;
  #elapsedMs = 0;
  #order = 0;
  #pending: Pending[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#wallMs = startMs;
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = this.timer(delayMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  timer(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, fire: callback };
    this.#pending.push(pending);
    return { cancel: () => void (this.#pending = this.#pending.filter((one) => one !== pending)) };
  }

  /** Moves the wall clock, as a person or a time server does; timers do not notice. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  get pendingTimers(): number {
    return this.#pending.length;
  }

  /** Lets everything run that can without time passing. */
  async settle(): Promise<void> {
    // All microtasks run before an immediate does.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Lets `durationMs` pass, timer by timer. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#elapsedMs + durationMs;
    await this.settle();
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) {
      await this.#fire(next);
    }
    this.#elapsedMs = untilMs;
  }

  /** Lets time pass until no timer is left. */
  async advanceUntilIdle(): Promise<void> {
    await this.settle();
    let fired = 0;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (++fired > MOST_TIMERS) throw new Error(`Still not idle after ${MOST_TIMERS} timers`);
      await this.#fire(next);
    }
  }

  /**
   * Lets time pass until `work` settles.
   *
   * @throws StalledError when it can not settle any more.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    const progress = { isSettled: false };
    const watched = work.finally(() => (progress.isSettled = true));
    // Whoever awaits the result below learns of the failure; until then it is no unhandled one.
    watched.catch(() => undefined);
    await this.settle();
    for (let fired = 0; !progress.isSettled; fired++) {
      const next = this.#next();
      if (next === undefined) throw new StalledError('Everybody waits and no timer is left.');
      if (fired > MOST_TIMERS) throw new Error(`Not settled after ${MOST_TIMERS} timers`);
      await this.#fire(next);
    }
    return watched;
  }

  async #fire(next: Pending): Promise<void> {
    this.#pending = this.#pending.filter((one) => one !== next);
    this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
    next.fire();
    await this.settle();
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const one of this.#pending) {
      if (first === undefined || one.dueMs < first.dueMs || (one.dueMs === first.dueMs && one.order < first.order)) {
        first = one;
      }
    }
    return first;
  }
}
