/** Work of which one piece is under way at a time, in the order in which it was asked for. */
export class Turns {
  #last: Promise<undefined> | undefined;

  /** Runs work once all that came before it is over. @throws what the work throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#last = promise;
    try {
      await before;
      return await work();
    } finally {
      resolve(undefined);
    }
  }
}
