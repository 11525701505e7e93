import type { Clock } from '../core/environment.ts';

/** A file on its way. */
export interface RunningTransfer {
  readonly folderId: string;
  readonly path: string;
  readonly direction: 'up' | 'down';
  readonly sizeBytes: number;
  readonly startedMs: number;
  doneBytes: number;
}

/** Rates are taken over the last seconds, in slots of a second. */
const RATE_SECONDS = 5;

/** What is on its way now, and how fast. */
export class TransferList {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #running = new Set<RunningTransfer>();
  readonly #slots = { up: new Map<number, number>(), down: new Map<number, number>() };

  /** @param changed called as bytes move. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  begin(folderId: string, path: string, direction: 'up' | 'down', sizeBytes: number): RunningTransfer {
    const transfer = { folderId, path, direction, sizeBytes, startedMs: this.#clock.now(), doneBytes: 0 };
    this.#running.add(transfer);
    this.#changed();
    return transfer;
  }

  progress(transfer: RunningTransfer, bytes: number): void {
    transfer.doneBytes += bytes;
    const slot = this.#slot();
    const slots = this.#slots[transfer.direction];
    slots.set(slot, (slots.get(slot) ?? 0) + bytes);
    for (const old of slots.keys()) if (old < slot - RATE_SECONDS) slots.delete(old);
    this.#changed();
  }

  end(transfer: RunningTransfer): void {
    this.#running.delete(transfer);
    this.#changed();
  }

  list(): RunningTransfer[] {
    return [...this.#running];
  }

  /** Bytes per second over the last seconds, or over as many as there are yet. */
  rate(direction: 'up' | 'down'): number {
    const nowMs = this.#clock.monotonic();
    const slot = this.#slot();
    let bytes = 0;
    let first = slot;
    for (const [at, moved] of this.#slots[direction]) {
      if (at < slot - RATE_SECONDS) continue;
      bytes += moved;
      first = Math.min(first, at);
    }
    // A part that failed is taken back, perhaps in a later second than it was counted in.
    return Math.max(0, Math.round((bytes * 1000) / Math.max(1000, nowMs - first * 1000)));
  }

  #slot(): number {
    return Math.floor(this.#clock.monotonic() / 1000);
  }
}
