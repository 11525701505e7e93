import { calledOff } from './aborted.ts';

/**
 * How many requests are on their way at once; the others wait for their turn, in the order of asking. Not left to the queue of
 * Node's agent: where a connection over TLS can not be made, it never comes back to those who wait behind it, and who is called
 * off there does not hear of it.
 */
export class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /** Waits for a place. @throws AbortedError when the signal fires first. */
  async take(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw calledOff();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onTurn = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(onTurn);
        reject(calledOff());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(onTurn);
    });
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
