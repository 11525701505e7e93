import type { Clock, Timer } from '../core/environment.ts';
import { areLimitsOn, type WallTime } from '../core/limit-hours.ts';
import type { Settings } from '../state/index.ts';
import type { RateLimiter } from '../transfer/index.ts';

const MINUTE_MS = 60_000;

interface Limiters {
  readonly up: RateLimiter;
  readonly down: RateLimiter;
}

/** Holds transfers to the limits that are set, in the hours for which they are set. */
export class Limits {
  readonly #clock: Clock;
  readonly #settings: () => Settings;
  readonly #limiters: Limiters;
  readonly #onError: (error: unknown) => void;
  #timer: Timer | undefined;

  /** @param onError told when the settings can not be read: the limits stay as they are, and that is tried again. */
  constructor(clock: Clock, settings: () => Settings, limiters: Limiters, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#limiters = limiters;
    this.#onError = onError;
  }

  /** To be called when the settings or the clock were changed; from then on each minute by itself while there are hours. */
  apply(): void {
    this.stop();
    // Whoever calls may be a timer, to which nothing can be thrown.
    const settings = this.#read();
    if (settings === undefined) {
      this.#applyIn(MINUTE_MS);
      return;
    }
    const { uploadLimitBytesPerSecond, downloadLimitBytesPerSecond, limitHours } = settings;
    const nowMs = this.#clock.now();
    const areOn = limitHours === null || areLimitsOn(limitHours, wallTimeOf(nowMs));
    this.#limiters.up.setLimit(areOn ? uploadLimitBytesPerSecond : 0);
    this.#limiters.down.setLimit(areOn ? downloadLimitBytesPerSecond : 0);
    if (limitHours === null) return;
    // At the next full minute, and not when the hours end: between now and then the clock may be set, or summer time begin.
    this.#applyIn(MINUTE_MS - (nowMs % MINUTE_MS));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #read(): Settings | undefined {
    try {
      return this.#settings();
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }

  #applyIn(delayMs: number): void {
    this.#timer = this.#clock.timer(delayMs, () => this.apply());
  }
}

/** What the clock on this computer's wall shows. */
function wallTimeOf(nowMs: number): WallTime {
  const local = new Date(nowMs);
  return { day: local.getDay() === 0 ? 7 : local.getDay(), minute: local.getHours() * 60 + local.getMinutes() };
}
