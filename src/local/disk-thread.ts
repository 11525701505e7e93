import { AnsweringThread } from './answering-thread.ts';
import type { DiskStat } from './file-stat.ts';

/**
 * The disk's part in small files. Asked for one by one, each call goes through Node's thread pool, which costs several times
 * what the system needs for it. Those of one moment are therefore handed together to a thread of their own, which carries
 * them out and answers them together: one message each way for a group of files.
 */

/** What is written into a new file. */
export interface NewFile {
  /** Where nothing may be yet. */
  readonly path: string;
  /** A copy of them goes to the thread. */
  readonly bytes: Uint8Array;
  /** The umask takes from it. */
  readonly mode: number;
  /** Time of access and of modification since 1970, as text: see `file-times`. */
  readonly seconds: string | undefined;
  /** Codes that tell that the disk keeps no such times, which is no failure. */
  readonly notKept: readonly string[];
}

/** The calls, with their arguments and results. */
interface Calls {
  lstat(path: string): DiskStat;
  link(existing: string, added: string): void;
  unlink(path: string): void;
  writeNew(file: NewFile): DiskStat;
}

type Asked = { readonly [K in keyof Calls]: readonly [name: K, ...args: Parameters<Calls[K]>] }[keyof Calls];

/** What is left of an error on its way between threads. */
interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly errno: number | undefined;
}

type Answer = { readonly result: unknown } | { readonly failure: Failure };

/**
 * What the thread runs. It is handed over as text, so that a bundle needs no second file: nothing from outside may be used in
 * here but types.
 *
 * Calls are made one after the other, without Node's pool, but for flushing. After one that took long (a disk on the network,
 * or one that has to start up first) the next ones go through the pool as well, side by side.
 */
function serveCalls(slowMs: number): void {
  const fs = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const callsInPool = 200;
  let leftInPool = 0;

  const inPool = async <T>(start: (done: (error: Error | null, result?: T) => void) => void) =>
    new Promise<T>((resolve, reject) =>
      start((error, result) => (error === null ? resolve(result as T) : reject(error))),
    );
  type Name = 'open' | 'write' | 'futimes' | 'fstat' | 'close' | 'lstat' | 'link' | 'unlink';
  const call = async (name: Name, ...args: readonly unknown[]): Promise<unknown> => {
    if (leftInPool > 0) {
      leftInPool -= 1;
      const slowly = fs[name] as (...all: unknown[]) => void;
      return inPool((done) => slowly(...args, done));
    }
    const startMs = performance.now();
    const quickly = fs[`${name}Sync`] as (...all: unknown[]) => unknown;
    try {
      return quickly(...args);
    } finally {
      if (performance.now() - startMs >= slowMs) leftInPool = callsInPool;
    }
  };
  const stat = async (name: 'lstat' | 'fstat', what: string | number): Promise<DiskStat> => {
    const found = (await call(name, what, { bigint: true })) as DiskStat;
    // What is not used need not be copied.
    const { dev, ino, mode, nlink, size, mtimeNs, ctimeNs, birthtimeNs } = found;
    return { dev, ino, mode, nlink, size, mtimeNs, ctimeNs, birthtimeNs };
  };
  const writeNew = async ({ path, bytes, mode, seconds, notKept }: NewFile): Promise<DiskStat> => {
    const fd = (await call('open', path, 'wx', mode)) as number;
    try {
      for (let written = 0; written < bytes.length;) {
        written += (await call('write', fd, bytes, written, bytes.length - written, written)) as number;
      }
      try {
        if (seconds !== undefined) await call('futimes', fd, seconds, seconds);
      } catch (error) {
        if (!notKept.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
      await inPool<undefined>((done) => fs.fsync(fd, done));
      return await stat('fstat', fd);
    } finally {
      await call('close', fd);
    }
  };
  const run = async (asked: Asked): Promise<unknown> => {
    switch (asked[0]) {
      case 'lstat':
        return stat('lstat', asked[1]);
      case 'link':
        return call('link', asked[1], asked[2]);
      case 'unlink':
        return call('unlink', asked[1]);
      case 'writeNew':
        return writeNew(asked[1]);
    }
  };
  const answer = async (asked: Asked): Promise<Answer> => {
    try {
      return { result: await run(asked) };
    } catch (error) {
      const { message, code, errno } = error as NodeJS.ErrnoException;
      return { failure: { message, code, errno } };
    }
  };
  parentPort?.on('message', ({ id, question }: { id: number; question: readonly Asked[] }) => {
    void Promise.all(question.map(answer)).then((answers) => parentPort.postMessage({ id, answer: answers }));
  });
}

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A call that took so long was no quick one. */
const SLOW_MS = 5;

/** The thread, and what is to be asked of it together. */
export class DiskThread {
  readonly #thread: AnsweringThread<readonly Asked[], readonly Answer[]>;
  /** What goes with the next message. */
  #next: Waiting[] = [];

  constructor(slowMs = SLOW_MS) {
    this.#thread = new AnsweringThread(`(${serveCalls.toString()})(${slowMs})`);
  }

  /** As Node's own, but for what is not used. */
  async lstat(path: string): Promise<DiskStat> {
    return this.#ask('lstat', path);
  }

  /** As Node's own. */
  async link(existing: string, added: string): Promise<void> {
    return this.#ask('link', existing, added);
  }

  /** As Node's own. */
  async unlink(path: string): Promise<void> {
    return this.#ask('unlink', path);
  }

  /** Makes a file, fills it, sets its times and flushes it. What a failure leaves of it is the caller's to remove. */
  async writeNew(file: NewFile): Promise<DiskStat> {
    return this.#ask('writeNew', file);
  }

  async #ask<K extends keyof Calls>(...asked: readonly [K, ...Parameters<Calls[K]>]): Promise<ReturnType<Calls[K]>> {
    const result = await new Promise((resolve, reject) => {
      if (this.#next.length === 0) setImmediate(() => void this.#send());
      this.#next.push({ asked: asked as unknown as Asked, resolve, reject });
    });
    return result as ReturnType<Calls[K]>;
  }

  async #send(): Promise<void> {
    const waiting = this.#next;
    this.#next = [];
    try {
      const answers = await this.#thread.ask(waiting.map(({ asked }) => asked));
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('The thread for the disk left something out.'));
        else if ('result' in answer) resolve(answer.result);
        else reject(Object.assign(new Error(answer.failure.message), answer.failure));
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Everybody's. */
export const diskThread = new DiskThread();
