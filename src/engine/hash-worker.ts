import { availableParallelism } from 'node:os';
import type { LargeHash } from '../core/environment.ts';
import { AnsweringThread } from '../local/answering-thread.ts';

/** The buffer goes there and back without being copied. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const open = new Map();
parentPort.on('message', (tasks) => {
  for (const { id, content: { hash, bytes, isLast } } of tasks) {
    const md5 = open.get(hash) ?? createHash('md5');
    if (bytes !== undefined) md5.update(bytes);
    if (isLast) open.delete(hash);
    else open.set(hash, md5);
    const content = isLast ? { bytes, md5: md5.digest() } : {};
    parentPort.postMessage([{ id, content }], isLast && bytes !== undefined ? [bytes.buffer] : []);
  }
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

/** More would only wait for the network and the disk. */
const MOST_THREADS = 4;

/** Hashes large buffers on threads of their own, so that the thread that sends and receives does not stand still meanwhile. */
export class HashWorker {
  readonly #threads: readonly AnsweringThread<Task, Answer>[];
  #lastHash = 0;

  constructor(threads = Math.min(availableParallelism(), MOST_THREADS)) {
    this.#threads = Array.from({ length: threads }, () => new AnsweringThread<Task, Answer>(PROGRAM));
  }

  /** @param bytes must not be used until they are given back. */
  async md5(bytes: Uint8Array<ArrayBuffer>): Promise<Hashed> {
    const hash = ++this.#lastHash;
    const answer = await this.#threadOf(hash).ask({ hash, bytes, isLast: true }, [bytes.buffer]);
    return { md5: required(answer.md5), bytes: required(answer.bytes) };
  }

  /** Begins a hash of several pieces. */
  start(): LargeHash {
    const hash = ++this.#lastHash;
    const thread = this.#threadOf(hash);
    return {
      update: async (bytes) => {
        await thread.ask({ hash, bytes, isLast: false });
      },
      digest: async () => required((await thread.ask({ hash, isLast: true })).md5),
    };
  }

  /** All pieces of one hash go to one thread, in their order. */
  #threadOf(hash: number): AnsweringThread<Task, Answer> {
    return required(this.#threads[hash % this.#threads.length]);
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The thread that hashes left something out.');
  return value;
}
