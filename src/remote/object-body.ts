import type { IncomingMessage } from 'node:http';
import type { SyncError } from '../core/errors.ts';
import type { ObjectContent } from '../core/object-store.ts';

/**
 * The content of an object as it arrives. Its connection is given back after the last byte and closed when the reader
 * leaves early, even one that never asked for a byte. A body shorter or longer than announced is an error.
 */
export class ObjectBody implements AsyncIterableIterator<Uint8Array, undefined>, ObjectContent {
  readonly #stream: IncomingMessage;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #expectedBytes: number;
  readonly #explain: (error: unknown) => Promise<SyncError>;
  #receivedBytes = 0;
  #left = false;

  constructor(stream: IncomingMessage, expectedBytes: number, explain: (error: unknown) => Promise<SyncError>) {
    this.#stream = stream;
    this.#chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#expectedBytes = expectedBytes;
    this.#explain = explain;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    let step: IteratorResult<Buffer, unknown>;
    try {
      step = await this.#chunks.next();
    } catch (error) {
      throw await this.#explain(error);
    }
    if (step.done !== true) {
      this.#receivedBytes += step.value.byteLength;
      return { done: false, value: step.value };
    }
    if (!this.#left) await this.#checkLength();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#left = true;
    this.#stream.destroy();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  release(piece: Uint8Array): void {
    const { buffer } = piece;
    // What is not alone in its buffer has no memory of its own to give back.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.byteLength) buffer.transfer(0);
  }

  async #checkLength(): Promise<void> {
    if (this.#receivedBytes === this.#expectedBytes) return;
    const message = `The body has ${this.#receivedBytes} bytes in place of ${this.#expectedBytes}.`;
    throw await this.#explain(Object.assign(new Error(message), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
  }
}
