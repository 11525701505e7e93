import type { Chance } from './chance.ts';

/** Something that must never happen did. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Contents by what they are; Latin-1, so that each byte is a character. */
export function keyOfContent(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** For people: enough of a content to tell it from others. */
export function nameOfContent(content: string): string {
  return content === '' ? '(empty)' : `“${content.slice(0, 11)}” (${content.length} bytes)`;
}

/**
 * The contents that people wrote, and of how many of them nobody has said that they may go. A content may go once a person
 * deleted it or wrote something else over it where it lay; until then it has to be there for everybody to see.
 */
export class Ledger {
  readonly #owed = new Set<string>();
  readonly #known = new Set<string>(['']);
  readonly #chance: Chance;
  #written = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** A content that there was not before, of this many bytes (at least 11). Not owed yet. */
  fresh(sizeBytes: number): string {
    const id = `${String(++this.#written).padStart(5, '0')}:`;
    const filler = this.#chance.int(10_000, 99_999);
    return this.know(`${id}${filler}`.padEnd(Math.max(sizeBytes, 11), `-${this.#written}-${filler}`));
  }

  /** Makes a content known as one that somebody wrote. */
  know(content: string): string {
    this.#known.add(content);
    return content;
  }

  /** A person wrote it and expects to find it again. */
  wrote(content: string): void {
    if (content !== '') this.#owed.add(content);
  }

  /** A person deleted it, or wrote over it, in one of the places where it lay. */
  released(content: string): void {
    this.#owed.delete(content);
  }

  isOwed(content: string): boolean {
    return this.#owed.has(content);
  }

  owed(): Iterable<string> {
    return this.#owed.values();
  }

  /** Whether somebody wrote this; what nobody wrote was torn, or mixed from two. */
  knows(content: string): boolean {
    return this.#known.has(content);
  }
}
