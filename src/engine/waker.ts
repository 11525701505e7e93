import type { Clock } from '../core/environment.ts';

/** Lets one waiter sleep until a time or a call. A call that comes while nobody waits is not lost. */
export class Waker {
  readonly #clock: Clock;
  #called = false;
  #resolve: ((isReckonedAnew: boolean) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#called = true;
    this.#resolve?.(false);
  }

  /** Whoever waits may have to wait for another time than before. */
  reckonAnew(): void {
    this.#resolve?.(true);
  }

  /**
   * Resolves after as many milliseconds as `delayMs` says, at the next `wake`, or when the signal aborts.
   *
   * @throws what `delayMs` throws
   */
  async wait(delayMs: () => number, signal: AbortSignal): Promise<void> {
    while (await this.#sleep(delayMs(), signal));
    this.#called = false;
  }

  /** @returns whether it ended only because the time is to be reckoned anew. */
  async #sleep(delayMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#called || signal.aborted) return false;
    return new Promise<boolean>((resolve) => {
      const timer = this.#clock.timer(delayMs, () => done(false));
      const onAbort = () => done(false);
      const done = (isReckonedAnew: boolean) => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        this.#resolve = undefined;
        resolve(isReckonedAnew);
      };
      this.#resolve = done;
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
