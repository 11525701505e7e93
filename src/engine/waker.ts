import type { Clock } from '../core/environment.ts';

/** Lets one waiter sleep until a time or a call. A call that comes while nobody waits is not lost. */
export class Waker {
  readonly #clock: Clock;
  #called = false;
  #resolve: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#called = true;
    this.#resolve?.();
  }

  /** Resolves after `delayMs`, at the next `wake`, or when the signal aborts. */
  async wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#called && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.timer(delayMs, () => done());
        const done = () => {
          timer.cancel();
          signal.removeEventListener('abort', done);
          this.#resolve = undefined;
          resolve();
        };
        this.#resolve = done;
        signal.addEventListener('abort', done, { once: true });
      });
    }
    this.#called = false;
  }
}
