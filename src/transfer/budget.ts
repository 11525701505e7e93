import { Semaphore, type Release } from '../core/semaphore.ts';

/** Units of the request budget: 32 small requests or 16 parts at once, or any mix. */
export const REQUEST_UNITS = 32;
export const SMALL_REQUEST_UNITS = 1;
export const PART_REQUEST_UNITS = 2;
/** The same while a battery is to last: four parts at once, or eight small requests. */
export const GENTLE_REQUEST_UNITS = 8;

/** Bytes of file content in memory at once, over all folders. */
export const BUFFER_BYTES = 128 * 1024 * 1024;

/** So many buffers wait to be used again; more are left to the collector. */
const POOLED_BUFFERS = 8;
/** And so many of the smaller blocks that downloads are gathered in: two for each of eight parts. */
const POOLED_BLOCKS = 16;

/**
 * Buffers, used again: a fresh one for each part or block would leave hundreds of megabytes to be collected. It counts
 * nothing; the budget does.
 */
export class BufferPool<B extends ArrayBufferLike> {
  readonly #make: (sizeBytes: number) => B;
  readonly #most: number;
  readonly #free: Uint8Array<B>[] = [];

  constructor(make: (sizeBytes: number) => B, most: number) {
    this.#make = make;
    this.#most = most;
  }

  /** A buffer of exactly this size, with anything in it. */
  take(sizeBytes: number): Uint8Array<B> {
    const index = this.#free.findIndex((buffer) => buffer.buffer.byteLength === sizeBytes);
    const [buffer] = index < 0 ? [] : this.#free.splice(index, 1);
    return buffer ?? new Uint8Array(this.#make(sizeBytes));
  }

  giveBack(buffer: Uint8Array<B>): void {
    if (this.#free.length >= this.#most) this.#free.shift();
    this.#free.push(buffer);
  }

  /** Lets go of what is not in use. */
  clear(): void {
    this.#free.length = 0;
  }
}

/** What all transfers of the engine share. */
export class TransferBudget {
  /** For the parts of uploads. */
  readonly buffers = new BufferPool((sizeBytes) => new ArrayBuffer(sizeBytes), POOLED_BUFFERS);
  /** For the blocks of downloads, which another thread hashes. */
  readonly blocks = new BufferPool((sizeBytes) => new SharedArrayBuffer(sizeBytes), POOLED_BLOCKS);
  readonly #requests = new Semaphore(REQUEST_UNITS);
  readonly #buffers = new Semaphore(BUFFER_BYTES);

  /** Lets go of the memory that is not in use. To be called when there is nothing more to transfer for now. */
  clearBuffers(): void {
    this.buffers.clear();
    this.blocks.clear();
  }

  /** Does less at once, or as much as it can. What is under way goes on. */
  setGentle(isGentle: boolean): void {
    this.#requests.resize(isGentle ? GENTLE_REQUEST_UNITS : REQUEST_UNITS);
  }

  /**
   * Waits for the memory and the place that one request with a body needs. Always in this order, so that two kinds of
   * transfer can not each hold what the other waits for.
   */
  async acquire(bufferBytes: number, requestUnits: number, signal: AbortSignal): Promise<Release> {
    const releaseBuffer = await this.#buffers.acquire(bufferBytes, signal);
    try {
      const releaseRequest = await this.#requests.acquire(requestUnits, signal);
      return () => {
        releaseRequest();
        releaseBuffer();
      };
    } catch (error) {
      releaseBuffer();
      throw error;
    }
  }
}
