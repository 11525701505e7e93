import type { OnBytes } from './context.ts';

/** What has left of the body of one request, told as it leaves. */
export class SentBytes {
  readonly #tell: OnBytes;
  #bytes = 0;
  #isTakenBack = false;

  constructor(tell: OnBytes) {
    this.#tell = tell;
  }

  readonly add = (bytes: number): void => {
    // A piece of a request that failed may have waited for its turn.
    if (this.#isTakenBack) return;
    this.#bytes += bytes;
    this.#tell(bytes);
  };

  /** All of a body of this size has arrived. */
  complete(sizeBytes: number): void {
    this.add(sizeBytes - this.#bytes);
  }

  /** The request failed: what left of it leaves again, or never. */
  takeBack(): void {
    if (this.#bytes > 0) this.add(-this.#bytes);
    this.#isTakenBack = true;
  }
}
