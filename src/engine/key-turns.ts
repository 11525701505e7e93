import { Turns } from './turns.ts';

/**
 * Who brings something to a key by a copy waits for whoever does so at the time. Not every server honours a condition on the
 * target of a copy, so that it is looked at right before: of two at once, both would find the key free, and what the first one
 * brought there, and then took away where it was, would be lost.
 */
export class KeyTurns {
  readonly #places = new Map<string, { readonly turns: Turns; users: number }>();

  /** @throws what the work throws; SyncError cancelled when the signal aborts before its turn. */
  async take<T>(bucket: string, key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const name = `${bucket}\0${key}`;
    const place = this.#places.get(name) ?? { turns: new Turns(), users: 0 };
    this.#places.set(name, place);
    place.users += 1;
    try {
      return await place.turns.take(work, signal);
    } finally {
      place.users -= 1;
      if (place.users === 0) this.#places.delete(name);
    }
  }
}
