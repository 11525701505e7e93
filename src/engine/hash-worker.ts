import type { LargeHash } from '../core/environment.ts';
import { AnsweringThread } from '../local/answering-thread.ts';

/** The buffer goes there and back without being copied. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const open = new Map();
parentPort.on('message', ({ id, question: { hash, bytes, isLast } }) => {
  const md5 = open.get(hash) ?? createHash('md5');
  if (bytes !== undefined) md5.update(bytes);
  if (isLast) open.delete(hash);
  else open.set(hash, md5);
  if (!isLast) parentPort.postMessage({ id, answer: {} });
  else parentPort.postMessage({ id, answer: { bytes, md5: md5.digest() } }, bytes === undefined ? [] : [bytes.buffer]);
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

/** Hashes large buffers on a thread of its own, so that the thread that sends and receives does not stand still meanwhile. */
export class HashWorker {
  readonly #thread = new AnsweringThread<Task, Answer>(PROGRAM);
  #lastHash = 0;

  /** @param bytes must not be used until they are given back. */
  async md5(bytes: Uint8Array<ArrayBuffer>): Promise<Hashed> {
    const answer = await this.#thread.ask({ hash: ++this.#lastHash, bytes, isLast: true }, [bytes.buffer]);
    return { md5: required(answer.md5), bytes: required(answer.bytes) };
  }

  /** Begins a hash of several pieces. */
  start(): LargeHash {
    const hash = ++this.#lastHash;
    return {
      update: async (bytes) => {
        await this.#thread.ask({ hash, bytes, isLast: false });
      },
      digest: async () => required((await this.#thread.ask({ hash, isLast: true })).md5),
    };
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The thread that hashes left something out.');
  return value;
}
