import type { Clock } from '../core/environment.ts';

/** Changes are told at most so often: ten times a second. */
const SHORTEST_INTERVAL_MS = 100;

/** Tells any number of listeners that something changed, without telling each change. */
export class ChangeSignal {
  readonly #clock: Clock;
  #version = 0;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  changed(): void {
    this.#version += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Yields at once and then after each change, at most ten times a second, until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      const seen = this.#version;
      yield;
      await this.#pause(SHORTEST_INTERVAL_MS, signal);
      if (this.#version === seen) await this.#nextChange(signal);
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#clock.timer(delayMs, () => done());
      const done = () => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  async #nextChange(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
