import type { Clock, Random, Timer } from '../core/environment.ts';
import { backoffMs, FILE_RETRIES, type RetryPolicy } from '../core/retry.ts';

/** So often a path is looked at again at once; after that the pauses grow. */
const PATIENT_TRIES = 5;
/** A file that moves under us is looked at again once it has kept still for so long, the longer the more often it moved. */
const STILL_FOR: RetryPolicy = { ...FILE_RETRIES, firstDelayMs: 2_000, maxDelayMs: 30_000 };
/** One that never keeps still is tried all the same after these pauses. */
const MOVING_RETRIES: RetryPolicy = { ...FILE_RETRIES, maxDelayMs: 300_000 };
/** A file that keeps moving under us for this long becomes a problem that people see. */
const TELL_AFTER_MS = 120_000;
/** A path that was left alone for this long is a new case when it comes again. */
const FORGET_AFTER_MS = 600_000;
/** So many paths are remembered; the oldest make room. */
const MAX_PATHS = 1_000;

interface Entry {
  readonly sinceMs: number;
  lastMs: number;
  times: number;
  timer: Timer | undefined;
  /** How long a file that moves under us has to keep still to be looked at before `dueMs`. */
  moving: { readonly stillForMs: number; readonly dueMs: number } | undefined;
  /** Whether people see by now that it moves under us. */
  isTold: boolean;
}

/** Paths that were not as planned when their turn came, and are to be looked at again: soon, then less and less often. */
export class RestlessPaths {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #lookAgain: (path: string) => void;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, random: Random, lookAgain: (path: string) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#lookAgain = lookAgain;
  }

  /** Whether a file that moves under us waits for its turn, and nobody has been told of it. */
  get hasUntold(): boolean {
    return [...this.#entries.values()].some(({ moving, isTold }) => moving !== undefined && !isTold);
  }

  /** Whether a path may be put off once more, rather than tried as it is. */
  mayWait(path: string): boolean {
    return (this.#entries.get(path)?.times ?? 0) < PATIENT_TRIES;
  }

  /** Whether a person should hear of this path. */
  isOld(path: string): boolean {
    const entry = this.#entries.get(path);
    return entry !== undefined && entry.lastMs - entry.sinceMs >= TELL_AFTER_MS;
  }

  /** A person hears of this path. */
  noteTold(path: string): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined) entry.isTold = true;
  }

  /** A path has to be looked at again. */
  note(path: string): void {
    const { entry, failures } = this.#count(path);
    if (failures <= 0) this.#lookAgain(path);
    else this.#lookIn(backoffMs(failures, FILE_RETRIES, this.#random.next()), path, entry);
  }

  /** A file moved under us and has to be looked at again, but not at every pause of whoever writes it. */
  noteMoving(path: string): void {
    const { entry, failures } = this.#count(path);
    if (failures <= 0) {
      this.#lookAgain(path);
      return;
    }
    entry.moving = {
      stillForMs: backoffMs(failures, STILL_FOR, this.#random.next()),
      dueMs: this.#clock.monotonic() + backoffMs(failures, MOVING_RETRIES, this.#random.next()),
    };
    this.#awaitStillness(path, entry, entry.moving);
  }

  /** Takes up that a path was seen to change. @returns false when that is a reason to look at it as at any other */
  takesHint(path: string): boolean {
    const entry = this.#entries.get(path);
    if (entry?.moving === undefined) return false;
    this.#awaitStillness(path, entry, entry.moving);
    return true;
  }

  #count(path: string): { readonly entry: Entry; readonly failures: number } {
    const nowMs = this.#clock.monotonic();
    this.#forgetOld(nowMs);
    const entry = this.#entries.get(path) ?? newEntry(nowMs);
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.times += 1;
    entry.lastMs = nowMs;
    entry.timer?.cancel();
    entry.moving = undefined;
    return { entry, failures: entry.times - PATIENT_TRIES };
  }

  #awaitStillness(path: string, entry: Entry, { stillForMs, dueMs }: NonNullable<Entry['moving']>): void {
    this.#lookIn(Math.max(0, Math.min(stillForMs, dueMs - this.#clock.monotonic())), path, entry);
  }

  #lookIn(delayMs: number, path: string, entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = this.#clock.timer(delayMs, () => {
      entry.timer = undefined;
      entry.moving = undefined;
      entry.lastMs = this.#clock.monotonic();
      this.#lookAgain(path);
    });
  }

  /** Ends all waiting. */
  close(): void {
    for (const { timer } of this.#entries.values()) timer?.cancel();
    this.#entries.clear();
  }

  /** What is to be looked at again is not left alone. */
  #forgetOld(nowMs: number): void {
    for (const [path, { timer, lastMs }] of this.#entries) {
      const isFull = this.#entries.size >= MAX_PATHS;
      if (!isFull && nowMs - lastMs < FORGET_AFTER_MS) return;
      if (!isFull && timer !== undefined) continue;
      this.#entries.delete(path);
      timer?.cancel();
      // What is forgotten early is looked at now rather than never.
      if (timer !== undefined) this.#lookAgain(path);
    }
  }
}

function newEntry(nowMs: number): Entry {
  return { sinceMs: nowMs, lastMs: nowMs, times: 0, timer: undefined, moving: undefined, isTold: false };
}
