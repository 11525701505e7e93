import { orAborted } from './or-aborted.ts';

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
      await (signal === undefined ? before : orAborted(before ?? Promise.resolve(), signal));
      return await work();
    } finally {
      resolve(undefined);
    }
  }
}
