/** The last events of a run are kept for whoever looks at a failure. */
const KEPT = 40_000;

/** What happened in a world, in order: the last of it in words, all of it as a hash that tells two runs apart. */
export class Trace {
  readonly #now: () => number;
  readonly #kept: string[] = [];
  #hash = 0x811c9dc5;
  #count = 0;

  /** @param now milliseconds since the world began. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(who: string, what: string): void {
    const line = `${this.#now().toFixed(1).padStart(10)} ${who} ${what}`;
    this.#count += 1;
    this.#kept[this.#count % KEPT] = line;
    let hash = this.#hash;
    for (let index = 0; index < line.length; index++) hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    this.#hash = hash;
  }

  get hash(): string {
    return `${this.#count}-${(this.#hash >>> 0).toString(16)}`;
  }

  /** The last lines, oldest first. */
  last(lines: number): string[] {
    const from = Math.max(1, this.#count - Math.min(lines, KEPT) + 1);
    const found: string[] = [];
    for (let index = from; index <= this.#count; index++) found.push(this.#kept[index % KEPT] ?? '');
    return found;
  }
}
