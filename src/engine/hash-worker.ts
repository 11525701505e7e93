import { Worker } from 'node:worker_threads';

/** Kept as text, so that a bundle needs no second file. The buffer goes there and back without being copied. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
parentPort.on('message', ({ id, bytes }) => {
  const md5 = createHash('md5').update(bytes).digest();
  parentPort.postMessage({ id, md5, bytes }, [bytes.buffer]);
});
`;

/** A hashed buffer, given back to whoever gave it. */
export interface Hashed {
  readonly md5: Uint8Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Waiting {
  readonly resolve: (hashed: Hashed) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hashes large buffers on a thread of its own, so that the thread that sends and receives does not stand still meanwhile.
 * The thread is started when it is first needed and keeps the process alive only while it works.
 */
export class HashWorker {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** @param bytes must not be used until they are given back. */
  async md5(bytes: Uint8Array<ArrayBuffer>): Promise<Hashed> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    return new Promise<Hashed>((resolve, reject) => {
      if (this.#waiting.size === 0) worker.ref();
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, bytes }, [bytes.buffer]);
    });
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, { eval: true });
    worker.unref();
    worker.on('message', ({ id, md5, bytes }: Hashed & { id: number }) => {
      this.#waiting.get(id)?.resolve({ md5, bytes });
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error: Error) => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return worker;
  }
}
