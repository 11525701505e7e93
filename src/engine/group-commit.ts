import type { Clock, Timer } from '../core/environment.ts';
import type { StateStore } from '../state/index.ts';

/** How late a finished effect may be written down. A crash in between is healed by the next comparison. */
const DELAY_MS = 50;
const MOST = 500;

/** Writes down finished effects together: many small files would else cost a transaction each. */
export class GroupCommit {
  readonly #state: StateStore;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  readonly #onError: (error: unknown) => void;
  #steps: (() => void)[] = [];
  #timer: Timer | undefined;

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

  /** Writes all that was added, now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0) return;
    this.#state.transaction(() => {
      for (const step of steps) step();
    });
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
