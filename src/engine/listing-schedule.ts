import type { Clock } from '../core/environment.ts';

/** Without live events the bucket is listed this often for what others changed. */
const EVERY_MS = 30_000;
/** And so many times the time that it took apart, so that a slow listing is not all the server does. */
const SHARE = 20;
/** With live events each listing that finds nothing doubles the pause, up to this. */
const LIVE_EVERY_MS = 600_000;
/** One that is asked for at once still leaves the server alone for a second, and for twice as long as it took. */
const SOONEST_MS = 1_000;
const SOONEST_SHARE = 2;

/** When the bucket is to be listed for what others changed. All times are of the monotonic kind, in milliseconds. */
export class ListingSchedule {
  readonly #clock: Clock;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #liveSinceMs: number | undefined;
  #liveEveryMs = EVERY_MS;
  #isUrgent = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Live events begin, or end. What happened before they began only a listing shows. */
  setLive(isLive: boolean): void {
    this.#liveSinceMs = isLive ? this.#clock.monotonic() : undefined;
    this.#liveEveryMs = EVERY_MS;
  }

  /** There is more to look at than events can tell. */
  askSoon(): void {
    this.#isUrgent = true;
  }

  /**
   * A listing is over that began and ended then. What was done about it does not count: it may take hours.
   *
   * @param foundNothing whether there was nothing that events had not told. Where there was, they are not relied on for long.
   */
  listed(startMs: number, endMs: number, foundNothing: boolean): void {
    const wasAsked = this.#isAsked;
    this.#lastStartMs = startMs;
    this.#lastEndMs = endMs;
    this.#isUrgent = false;
    if (!wasAsked) this.#liveEveryMs = foundNothing ? Math.min(LIVE_EVERY_MS, 2 * this.#liveEveryMs) : EVERY_MS;
  }

  /** Milliseconds until the next one; not above 0 when it is due. */
  untilNextMs(): number {
    const costMs = this.#lastEndMs === Number.NEGATIVE_INFINITY ? 0 : this.#lastEndMs - this.#lastStartMs;
    const pauseMs = this.#isAsked
      ? Math.max(SOONEST_MS, SOONEST_SHARE * costMs)
      : Math.max(this.#liveSinceMs === undefined ? EVERY_MS : this.#liveEveryMs, SHARE * costMs);
    return this.#lastEndMs + pauseMs - this.#clock.monotonic();
  }

  /** Whether it is known that events do not tell everything. */
  get #isAsked(): boolean {
    return this.#isUrgent || (this.#liveSinceMs !== undefined && this.#lastStartMs < this.#liveSinceMs);
  }
}
