import type { Memory } from './memory.ts';

const HOUR_MS = 3_600_000;
/** The tray offers no longer pause: what is left of one is longer only where the clock was put back. */
const LONGEST_WAIT_MS = HOUR_MS;

/** A pause that ends by itself, over a restart of the app too. */
export class TimedPause {
  readonly #memory: Memory;
  readonly #resume: (taken: () => void) => void;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the engine was seen to be paused; one that is remembered was. */
  #isSeen = true;

  /** @param resume lets syncing go on, and calls `taken` once the engine has it. */
  constructor(memory: Memory, resume: (taken: () => void) => void) {
    this.#memory = memory;
    this.#resume = resume;
    this.#wait();
  }

  /** @param hours undefined: until the person resumes. */
  begin(hours: number | undefined): void {
    this.#isSeen = false;
    this.#memory.change({ resumeAtMs: hours === undefined ? undefined : Date.now() + hours * HOUR_MS });
    this.#wait();
  }

  /**
   * Takes what the engine tells. Somebody may let it go on in the window or a terminal, which ends the pause; what it told
   * before it heard of the pause does not.
   */
  see(isPaused: boolean): void {
    if (isPaused) this.#isSeen = true;
    else if (this.#isSeen && this.#memory.value.resumeAtMs !== undefined) this.end();
  }

  /** Syncing goes on, whoever did it. */
  end(): void {
    this.begin(undefined);
  }

  /** Looks at the clock again: timers stand still while the computer sleeps. */
  check(): void {
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { resumeAtMs } = this.#memory.value;
    if (resumeAtMs === undefined) return;
    const leftMs = Math.min(LONGEST_WAIT_MS, Math.max(0, resumeAtMs - Date.now()));
    this.#timer = setTimeout(() => {
      // Not before: an app that ends meanwhile would leave everything paused for good.
      this.#resume(() => {
        if (this.#memory.value.resumeAtMs === resumeAtMs) this.end();
      });
    }, leftMs);
  }
}
