import { prefixesOverlap } from '../core/paths.ts';
import { orAborted } from './or-aborted.ts';

interface Turn {
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly over: Promise<undefined>;
}

/**
 * Who brings something to a key by a copy, or takes it away from where it was, waits for whoever is at the same keys. Not every
 * server honours a condition on the target of a copy, so that it is looked at right before: of two at once, both would find the key
 * free, and what the first one brought there, and then took away where it was, would be lost. And of two that move the same to and
 * fro, each would take what the other one has for the copy that is kept.
 */
export class KeyTurns {
  readonly #turns = new Set<Turn>();

  /**
   * @param keys from where and to where; one stands for all that begin with it.
   * @throws what the work throws; SyncError cancelled when the signal aborts before its turn.
   */
  async take<T>(bucket: string, keys: readonly string[], work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const leave = await this.enter(bucket, keys, signal);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** The same for work that begins and ends elsewhere. @returns what ends the turn. */
  async enter(bucket: string, keys: readonly string[], signal: AbortSignal): Promise<() => void> {
    const isInTheWay = (turn: Turn) =>
      turn.bucket === bucket && turn.keys.some((taken) => keys.some((key) => prefixesOverlap(taken, key)));
    const before = [...this.#turns].filter(isInTheWay).map(({ over }) => over);
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    const turn = { bucket, keys, over };
    this.#turns.add(turn);
    const leave = () => {
      this.#turns.delete(turn);
      resolve(undefined);
    };
    try {
      await orAborted(Promise.all(before), signal);
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }
}
