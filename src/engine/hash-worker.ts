import { Worker } from 'node:worker_threads';
import type { LargeHash } from '../core/environment.ts';

/** Kept as text, so that a bundle needs no second file. The buffer goes there and back without being copied. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const open = new Map();
parentPort.on('message', ({ id, hash, bytes, isLast }) => {
  const md5 = open.get(hash) ?? createHash('md5');
  if (bytes !== undefined) md5.update(bytes);
  if (isLast) open.delete(hash);
  else open.set(hash, md5);
  if (!isLast) parentPort.postMessage({ id });
  else parentPort.postMessage({ id, bytes, md5: md5.digest() }, bytes === undefined ? [] : [bytes.buffer]);
});
`;

/** A hashed buffer, given back to whoever gave it. */
export interface Hashed {
  readonly md5: Uint8Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What goes to the thread. Pieces of one hash bear its number. */
interface Task {
  readonly hash: number;
  readonly bytes?: Uint8Array;
  readonly isLast: boolean;
}

/** What comes back: after the last piece the digest, and what was handed over. */
interface Answer {
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly md5?: Uint8Array;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
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
  #lastHash = 0;

  /** @param bytes must not be used until they are given back. */
  async md5(bytes: Uint8Array<ArrayBuffer>): Promise<Hashed> {
    const answer = await this.#ask({ hash: ++this.#lastHash, bytes, isLast: true }, [bytes.buffer]);
    return { md5: required(answer.md5), bytes: required(answer.bytes) };
  }

  /** Begins a hash of several pieces. */
  start(): LargeHash {
    const hash = ++this.#lastHash;
    return {
      update: async (bytes) => {
        await this.#ask({ hash, bytes, isLast: false });
      },
      digest: async () => required((await this.#ask({ hash, isLast: true })).md5),
    };
  }

  async #ask(task: Task, handedOver: readonly ArrayBuffer[] = []): Promise<Answer> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      if (this.#waiting.size === 0) worker.ref();
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...task }, handedOver);
    });
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, { eval: true });
    worker.unref();
    worker.on('message', ({ id, ...answer }: Answer & { readonly id: number }) => {
      this.#waiting.get(id)?.resolve(answer);
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

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The thread that hashes left something out.');
  return value;
}
