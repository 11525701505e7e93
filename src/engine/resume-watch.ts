import type { Clock, Timer } from '../core/environment.ts';

const INTERVAL_MS = 10_000;
/** More than a busy machine makes a timer late, and more than a time server sets a clock right. */
const TOLERANCE_MS = 20_000;

/**
 * Notices that the computer slept, or that its clock was set: a timer comes far too late, or wall time and the time that
 * passed differ. Which of the two it was can not be told everywhere (time that passed includes sleep on some systems), and
 * both ask for the same.
 */
export class ResumeWatch {
  readonly #clock: Clock;
  readonly #onResumed: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, onResumed: () => void) {
    this.#clock = clock;
    this.#onResumed = onResumed;
  }

  /** Starting twice is starting once. */
  start(): void {
    if (this.#timer === undefined) this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const wallMs = this.#clock.now();
    const startMs = this.#clock.monotonic();
    this.#timer = this.#clock.timer(INTERVAL_MS, () => {
      const passedMs = this.#clock.monotonic() - startMs;
      const jumpMs = Math.abs(this.#clock.now() - wallMs - passedMs);
      this.#wait();
      if (passedMs - INTERVAL_MS > TOLERANCE_MS || jumpMs > TOLERANCE_MS) this.#onResumed();
    });
  }
}
