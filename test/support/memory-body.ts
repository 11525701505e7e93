/** What goes wrong with the body of an answer. */
export type BodyFault =
  /** The connection breaks after so many bytes. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly error: Error }
  /** The server ends the body early and calls it whole. */
  | { readonly kind: 'short'; readonly afterBytes: number }
  /** The byte at this place of the body is another one. */
  | { readonly kind: 'damage'; readonly atByte: number };

export interface BodyOptions {
  readonly signal: AbortSignal | undefined;
  readonly fault: BodyFault | undefined;
  readonly cancelled: () => Error;
  /** Called once, when the body was read to its end or left. */
  readonly onClose: () => void;
}

const CHUNK_BYTES = 65_536;

/** A body as it comes over a network: piece by piece, until the request is called off. */
export class MemoryBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #bytes: Uint8Array;
  readonly #options: BodyOptions;
  #offset = 0;
  #isOpen = true;

  constructor(bytes: Uint8Array, options: BodyOptions) {
    const { fault } = options;
    this.#bytes = fault?.kind === 'short' ? bytes.subarray(0, fault.afterBytes) : bytes.slice();
    if (fault?.kind === 'damage') this.#bytes[fault.atByte] = (this.#bytes[fault.atByte] ?? 0) ^ 0xff;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    await Promise.resolve();
    const { signal, fault, cancelled } = this.#options;
    if (signal?.aborted === true) return this.#fail(cancelled());
    if (fault?.kind === 'cut' && this.#offset >= fault.afterBytes) return this.#fail(fault.error);
    const value = this.#bytes.subarray(this.#offset, this.#offset + CHUNK_BYTES);
    this.#offset += value.length;
    if (value.length === 0) return this.return();
    return { done: false, value };
  }

  async return(): Promise<{ done: true; value: undefined }> {
    if (this.#isOpen) this.#options.onClose();
    this.#isOpen = false;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #fail(error: Error): Promise<never> {
    await this.return();
    throw error;
  }
}
