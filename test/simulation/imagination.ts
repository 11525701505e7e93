import type { Chance } from './chance.ts';
import type { Ledger } from './contents.ts';

const DIRECTORIES = ['', '', 'docs/', 'docs/old/', 'docs-b/', 'm/'];
const NAMES = ['a', 'b.txt', 'c', 'old', 'docs', 'm', 'n.tar.gz'];
/** Names that are one where case does not count, or where only the composed form does. */
const CLOSE_NAMES = ['Readme', 'README', 'caf\u00e9', 'cafe\u0301', 'A', 'Docs/a'];
/** So small that the header alone fits, up to several times that. */
const SIZES = [11, 11, 11, 12, 30, 200];

/** The names and contents that the people of a world come up with: few names, so that they meet. */
export class Imagination {
  readonly #chance: Chance;
  readonly #ledger: Ledger;
  readonly #names: readonly string[];
  readonly #largeRate: number;

  constructor(chance: Chance, ledger: Ledger) {
    this.#chance = chance;
    this.#ledger = ledger;
    this.#names = chance.hits(0.35) ? [...NAMES, ...CLOSE_NAMES] : NAMES;
    this.#largeRate = chance.hits(0.2) ? 0.4 : 0;
  }

  /** A content that nobody else has; now and then so large that it goes in parts. */
  content(): string {
    const isLarge = this.#chance.hits(this.#largeRate);
    return this.#ledger.fresh(isLarge ? this.#chance.int(15_000, 40_000) : this.#chance.pick(SIZES));
  }

  /** Another content in place of one: often of the same size. */
  insteadOf(old: string): string {
    return this.#chance.hits(0.5) ? this.#ledger.fresh(old.length) : this.content();
  }

  /** A content with something added at its end. */
  appendedTo(old: string): string {
    return this.#ledger.know(old + this.#ledger.fresh(11));
  }

  path(): string {
    return this.#chance.pick(DIRECTORIES) + this.#chance.pick(this.#names);
  }

  name(): string {
    return this.#chance.pick(NAMES);
  }

  /** The same path with its name in another case or Unicode form. */
  respelled(path: string): string {
    const slash = path.lastIndexOf('/') + 1;
    const name = path.slice(slash);
    const spellings = [name.toUpperCase(), name.toLowerCase(), name.normalize('NFD'), name.normalize('NFC')];
    return path.slice(0, slash) + this.#chance.pick(spellings);
  }
}

export function bytesOfContent(content: string): Uint8Array {
  return Buffer.from(content, 'latin1');
}
