import type { Clock, Timer } from '../core/environment.ts';
import type { StateStore } from '../state/index.ts';

/** How late a finished effect may be written down. A crash in between is healed by the next comparison. */
const DELAY_MS = 50;
const MOST = 500;

/** Writes down effects together, those to come and those that came about: many small files would else cost a transaction each. */
export class GroupCommit {
  readonly #state: StateStore;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  readonly #onError: (error: unknown) => void;
  #steps: (() => void)[] = [];
  #timer: Timer | undefined;
  /** All who wait for the next group to be written. */
  #ahead: PromiseWithResolvers<undefined> | undefined;

  /**
   * @param onWritten told when the timer wrote a group.
   * @param onError told when it could not.
   */
  constructor(state: StateStore, clock: Clock, onWritten: () => void, onError: (error: unknown) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#onWritten = onWritten;
    this.#onError = onError;
  }

  add(step: () => void): void {
    this.#steps.push(step);
    if (this.#steps.length >= MOST) this.flush();
    else this.#timer ??= this.#clock.timer(DELAY_MS, () => this.#flushByTimer());
  }

  /**
   * Writes at once what an effect has to wait for, together with all that is asked for meanwhile and all that was added.
   * Resolves when that is written.
   */
  async ahead(step: () => void): Promise<void> {
    this.#steps.push(step);
    if (this.#ahead === undefined) {
      this.#ahead = Promise.withResolvers();
      this.#timer?.cancel();
      this.#timer = this.#clock.timer(0, () => this.#flushByTimer());
    }
    await this.#ahead.promise;
  }

  /** Writes all that was added, now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const steps = this.#steps;
    const ahead = this.#ahead;
    this.#steps = [];
    this.#ahead = undefined;
    if (steps.length === 0) return;
    try {
      this.#state.transaction(() => {
        for (const step of steps) step();
      });
    } catch (error) {
      ahead?.reject(error);
      throw error;
    }
    ahead?.resolve(undefined);
  }

  #flushByTimer(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onError(error);
      return;
    }
    this.#onWritten();
  }
}
