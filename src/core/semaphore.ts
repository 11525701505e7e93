import { cancelled } from './errors.ts';

/** Gives back what was acquired; calling it twice is a defect and throws. */
export type Release = () => void;

/**
 * A counted resource, handed out in the order of asking: whoever asks for much is not passed over by many who ask for
 * little, and the other way round.
 */
export class Semaphore {
  #capacity: number;
  #free: number;
  readonly #waiting: Waiter[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#free = capacity;
  }

  /**
   * Waits for `units`, which is cut to the capacity, so that one too large for the whole budget runs alone.
   *
   * @throws SyncError cancelled when the signal aborts first.
   */
  async acquire(units: number, signal?: AbortSignal): Promise<Release> {
    const wanted = Math.min(units, this.#capacity);
    if (signal?.aborted === true) throw cancelled('The transfer');
    if (this.#waiting.length > 0 || wanted > this.#free) await this.#queue(wanted, signal);
    else this.#free -= wanted;
    let held = true;
    return () => {
      if (!held) throw new Error('Released twice');
      held = false;
      this.#free += wanted;
      this.#grant();
    };
  }

  /** What is handed out already is not taken back. `capacity` is no less than anybody asks for at once. */
  resize(capacity: number): void {
    this.#free += capacity - this.#capacity;
    this.#capacity = capacity;
    this.#grant();
  }

  /** Units in use. */
  get used(): number {
    return this.#capacity - this.#free;
  }

  async #queue(units: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { units, grant: resolve };
      const onAbort = () => {
        const index = this.#waiting.indexOf(waiter);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        reject(cancelled('The transfer'));
        this.#grant();
      };
      waiter.grant = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #grant(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.units <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.units;
      next.grant();
    }
  }
}

interface Waiter {
  readonly units: number;
  grant: () => void;
}
