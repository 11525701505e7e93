import { cancelled } from '../core/errors.ts';

/** Work of which one piece is under way at a time, in the order in which it was asked for. */
export class Turns {
  #last: Promise<undefined> | undefined;

  /**
   * Runs work once all that came before it is over.
   *
   * @param signal ends the wait for that; the work itself looks after it by itself.
   * @throws what the work throws; SyncError cancelled when the signal aborts before its turn.
   */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    // Whoever comes after one who did not wait for its turn waits for those before as well.
    this.#last = before === undefined ? promise : before.then(() => promise);
    try {
      await (signal === undefined ? before : orAborted(before, signal));
      return await work();
    } finally {
      resolve(undefined);
    }
  }
}

async function orAborted(over: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(cancelled('Syncing'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, over]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
