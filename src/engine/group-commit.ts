import type { Clock, Timer } from '../core/environment.ts';
import type { StateStore } from '../state/index.ts';

/** How late a finished effect may be written down. A crash in between is healed by the next comparison. */
const DELAY_MS = 200;
/** How long an effect waits for others that are to be written down with it. */
const AHEAD_MS = 4;
const MOST = 500;

/**
 * Writes down the effects of a folder together, those to come and those that came about: many small files would else cost a
 * transaction each. Those to come are in a hurry; the others, which touch more of the database, wait until they are more.
 */
export class GroupCommit {
  readonly #state: StateStore;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  readonly #onError: (error: unknown) => void;
  /** What came about, and of which paths. */
  #steps: (() => void)[] = [];
  readonly #paths = new Set<string>();
  #timer: Timer | undefined;
  /** What is to come, and who waits until that is written. */
  #ahead: { readonly steps: (() => void)[]; readonly written: PromiseWithResolvers<undefined> } | undefined;
  #aheadTimer: Timer | undefined;

  /**
   * @param onWritten told when something that came about was written.
   * @param onError told when what came about could not be written, or what is to come: it is dropped.
   */
  constructor(state: StateStore, clock: Clock, onWritten: () => void, onError: (error: unknown) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#onWritten = onWritten;
    this.#onError = onError;
  }

  /** Writes what came of an effect on a path, within {@link DELAY_MS}. */
  add(path: string, step: () => void): void {
    this.#steps.push(step);
    this.#paths.add(path);
    if (this.#steps.length >= MOST) this.flush();
    else this.#timer ??= this.#clock.timer(DELAY_MS, () => this.#byTimer(() => this.flush()));
  }

  /**
   * Writes soon what an effect on a path has to wait for, together with all that is asked for meanwhile, and after all that was
   * added of the same path. Resolves when that is written.
   */
  async ahead(path: string, step: () => void): Promise<void> {
    if (this.#paths.has(path)) this.flush();
    this.#ahead ??= { steps: [], written: Promise.withResolvers() };
    this.#ahead.steps.push(step);
    this.#aheadTimer ??= this.#clock.timer(AHEAD_MS, () => this.#byTimer(() => this.#writeAhead()));
    await this.#ahead.written.promise;
  }

  /**
   * Writes all that was added, now.
   *
   * @throws when it can not be written.
   */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const steps = this.#steps;
    this.#steps = [];
    this.#paths.clear();
    this.#write(steps);
    if (steps.length > 0) this.#onWritten();
  }

  #writeAhead(): void {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    this.#aheadTimer = undefined;
    if (ahead === undefined) return;
    try {
      this.#write(ahead.steps);
    } catch (error) {
      ahead.written.reject(error);
      throw error;
    }
    ahead.written.resolve(undefined);
  }

  #write(steps: readonly (() => void)[]): void {
    if (steps.length === 0) return;
    try {
      this.#state.transaction(() => {
        for (const step of steps) step();
      });
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }

  #byTimer(write: () => void): void {
    try {
      write();
    } catch {
      // It was told, and nobody waits for a timer.
    }
  }
}
