const SLASH = '/'.charCodeAt(0);

interface Above<T> {
  readonly name: string;
  readonly what: T;
}

const NONE: readonly Above<never>[] = [];

/**
 * Names that others may lie below, put in and asked for in key order. `a` is above `a/…`, and `a-b` sorts between the two: so
 * more than one can be in force, each the beginning of the next one's name, and no more than a name has characters.
 */
export class NamesAbove<T> {
  readonly #inForce: Above<T>[] = [];

  put(name: string, what: T): void {
    this.#dropPassed(name);
    this.#inForce.push({ name, what });
  }

  /** Those that a path lies below. */
  of(path: string): readonly Above<T>[] {
    this.#dropPassed(path);
    // Asked of each of a million paths.
    if (this.#inForce.length === 0) return NONE;
    return this.#inForce.filter(({ name }) => path.charCodeAt(name.length) === SLASH);
  }

  /** Nothing lies below a name any more once a path begins otherwise, or goes on with a character after the slash. */
  #dropPassed(path: string): void {
    for (let last = this.#inForce.at(-1); last !== undefined; last = this.#inForce.at(-1)) {
      if (path.startsWith(last.name) && !(path.charCodeAt(last.name.length) > SLASH)) return;
      this.#inForce.pop();
    }
  }
}
