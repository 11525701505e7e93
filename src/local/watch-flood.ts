import { readFileSync } from 'node:fs';
import type { Clock, Timer } from '../core/environment.ts';

/** What Linux queues for a process when it is set to nothing else. */
const USUAL_QUEUE = 16_384;

/**
 * Notices that the kernel's event queue may have overflowed. inotify says so, but libuv drops that event, and what was
 * lost is lost silently. A queue that overflowed is read out in one turn of the event loop, so a turn with very many
 * events is taken for an overflow.
 */
export class FloodGauge {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #onFlood: () => void;
  #count = 0;
  #turn: Timer | undefined;

  /** @param limit events in one turn of the event loop from which on some may be missing. */
  constructor(clock: Clock, limit: number, onFlood: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onFlood = onFlood;
  }

  count(): void {
    // A timer runs when the turn that read the events is over.
    this.#turn ??= this.#clock.timer(0, () => {
      this.#turn = undefined;
      this.#count = 0;
    });
    this.#count++;
    if (this.#count === this.#limit) this.#onFlood();
  }
}

/** Half of what the kernel queues: some events in the queue may be none of ours. */
export function floodLimit(): number {
  try {
    const queue = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    return Math.max(1, Math.floor((queue > 0 ? queue : USUAL_QUEUE) / 2));
  } catch {
    return USUAL_QUEUE / 2;
  }
}
