import { NamesAbove } from './names-above.ts';
import { isBelow } from './paths.ts';

/** A file that a bucket can not take, since it holds an object below the file's name, or at the name of a directory above. */
export interface Clash {
  readonly path: string;
  /** The path of that object. */
  readonly object: string;
}

const NONE: readonly Clash[] = [];

/**
 * Finds new files that clash with objects, in one look at both in key order. RustFS before 1.0 and MinIO list nothing below an
 * object's name, so that whoever lists a bucket with `a` and `a/b` takes `a/b` for gone; and no disk can hold both.
 */
export class Clashes {
  readonly #above = new NamesAbove<'object' | 'new'>();
  readonly #aboveAll: readonly string[];

  /** @param aboveAll objects that some of what is looked at lies below, and that are not looked at themselves. */
  constructor(aboveAll: readonly string[] = []) {
    this.#aboveAll = aboveAll;
  }

  /** An object that is there and stays. @returns the clashes with new files above it. */
  object(path: string): readonly Clash[] {
    const above = this.#above.of(path);
    this.#above.put(path, 'object');
    if (above.length === 0) return NONE;
    return above.filter(({ what }) => what === 'new').map(({ name }) => ({ path: name, object: path }));
  }

  /** A file that the bucket has no object of and is to have one. @returns the clash with an object above it. */
  newFile(path: string): readonly Clash[] {
    const object =
      this.#above.of(path).find(({ what }) => what === 'object')?.name ??
      this.#aboveAll.find((name) => isBelow(path, name));
    if (object !== undefined) return [{ path, object }];
    this.#above.put(path, 'new');
    return NONE;
  }
}
