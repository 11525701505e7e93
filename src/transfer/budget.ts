import { cancelled } from '../core/errors.ts';

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
