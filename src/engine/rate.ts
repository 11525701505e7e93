/** Rates are taken over the last seconds, in slots of a second. */
const RATE_SECONDS = 5;

/** Bytes a second over the last seconds. */
export class Rate {
  readonly #slots = new Map<number, number>();

  /** @param nowMs of the monotonic kind. */
  add(bytes: number, nowMs: number): void {
    const slot = slotOf(nowMs);
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + bytes);
    for (const old of this.#slots.keys()) if (old < slot - RATE_SECONDS) this.#slots.delete(old);
  }

  /** Over the last seconds, or over as many as there are yet. */
  bytesPerSecond(nowMs: number): number {
    const slot = slotOf(nowMs);
    let bytes = 0;
    let first = slot;
    for (const [at, moved] of this.#slots) {
      if (at < slot - RATE_SECONDS) continue;
      bytes += moved;
      first = Math.min(first, at);
    }
    // A part that failed is taken back, perhaps in a later second than it was counted in.
    return Math.max(0, Math.round((bytes * 1000) / Math.max(1000, nowMs - first * 1000)));
  }
}

function slotOf(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}
