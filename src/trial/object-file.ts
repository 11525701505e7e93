import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { KeptChunk } from './s3/content.ts';
import { S3Error } from './s3/errors.ts';

/** What people try things with; a disk is not filled by it. */
const MOST_BYTES = 4 * 1024 * 1024 * 1024;

/**
 * The bytes of all objects, one after the other in one file. What is deleted keeps its place until the file goes as a
 * whole: it lives no longer than the server.
 */
export class ObjectFile {
  readonly #descriptor: number;
  readonly #mostBytes: number;
  #sizeBytes = 0;

  /** @param mostBytes beyond so many nothing is taken any more. @throws what the system says of the file. */
  constructor(path: string, mostBytes = MOST_BYTES) {
    this.#descriptor = openSync(path, 'wx+', 0o600);
    this.#mostBytes = mostBytes;
  }

  /** @throws S3Error InsufficientStorage */
  keep(bytes: Uint8Array): KeptChunk {
    const start = this.#sizeBytes;
    if (start + bytes.length > this.#mostBytes) {
      throw new S3Error('InsufficientStorage', 'The throw-away server holds no more than 4 GiB.');
    }
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, start + done);
    }
    this.#sizeBytes += bytes.length;
    return this.#chunk(start, bytes.length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #chunk(offset: number, length: number): KeptChunk {
    return {
      length,
      subarray: (start, end) => this.#chunk(offset + start, end - start),
      read: () => this.#read(offset, length),
    };
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const count = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      if (count === 0) throw new Error('The file of the throw-away server was cut.');
      done += count;
    }
    return bytes;
  }
}
