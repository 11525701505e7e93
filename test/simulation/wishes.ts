import { IGNORE_FILE } from '../../src/core/filters.ts';
import type { FolderRow } from '../../src/state/index.ts';
import { beginnings, type Disk } from './disk.ts';
import { isIgnored } from './ignoring.ts';

/** A file that went apart from the sync. */
interface GoneApart {
  readonly why: 'it was not chosen' | 'a rule left it out';
  readonly content: string;
}

/** What of a folder a person wants left alone on one computer, as the disk and the settings say now. */
export class Wishes {
  /** When that last changed, in milliseconds since the world began. */
  changedMs = 0;
  /** Paths (NFC) whose present files a person has said may go: one side of a conflict. */
  readonly givenUp = new Set<string>();
  /**
   * Paths (NFC) whose files went while they were not chosen, or while a rule that the engine knew left them out, and have not
   * come back: that is no deletion to the bucket.
   */
  readonly #goneApart = new Map<string, GoneApart>();
  /** Paths whose objects went while a rule that the engine knew left them out, and when: that is no deletion here. */
  readonly #objectsGoneApart = new Map<string, number>();
  readonly #disk: Disk;
  readonly #folder: () => Pick<FolderRow, 'chosen' | 'lastFullPassMs'> | undefined;
  #rulesAreRead = false;
  /** The last whole comparison there was when one by the present rules began. */
  #comparingSince: { readonly passMs: number | undefined } | undefined;

  /** @param folder what the engine's state says of it. */
  constructor(disk: Disk, folder: () => Pick<FolderRow, 'chosen' | 'lastFullPassMs'> | undefined) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** Whether the rules on the disk leave a path (NFC) out. */
  ignores(path: string): boolean {
    return isIgnored(this.#disk.content(IGNORE_FILE) ?? '', path);
  }

  /** Whether a path is to be kept on this computer, as far as that was chosen. */
  keeps(path: string): boolean {
    const chosen = this.#folder()?.chosen;
    return chosen === undefined || path === IGNORE_FILE || beginnings(path).some((one) => chosen.includes(one));
  }

  /** The rules on the disk are others. */
  noteRules(): void {
    this.#rulesAreRead = false;
    this.#comparingSince = undefined;
  }

  /** The engine reads the rules, whatever for. */
  noteRulesRead(): void {
    this.#rulesAreRead = true;
  }

  /** The engine lists the bucket: a comparison reads the rules before. */
  noteListing(): void {
    if (this.#rulesAreRead) this.#comparingSince ??= { passMs: this.#folder()?.lastFullPassMs };
  }

  /** The engine has another state than before: what it knew it may not know any more. */
  noteStateLost(): void {
    this.noteRules();
    this.#objectsGoneApart.clear();
    for (const [path, { why }] of this.#goneApart) if (why === 'a rule left it out') this.#goneApart.delete(path);
  }

  /** Whether the rules leave a path (NFC) out, and the engine has compared everything by them. */
  isKnownIgnored(path: string): boolean {
    const since = this.#comparingSince;
    return since !== undefined && since.passMs !== this.#folder()?.lastFullPassMs && this.ignores(path);
  }

  /** The file of a path, as the disk spells it, is about to go, or has just gone. */
  noteGone(diskPath: string, content: string): void {
    const path = diskPath.normalize('NFC');
    if (!this.keeps(path)) this.#goneApart.set(path, { why: 'it was not chosen', content });
    else if (this.isKnownIgnored(path)) this.#goneApart.set(path, { why: 'a rule left it out', content });
  }

  /** There is another object at a path now, or since this time none any more. */
  noteObject(path: string, goneMs: number | undefined): void {
    if (goneMs === undefined) this.#objectsGoneApart.delete(path);
    else if (this.isKnownIgnored(path)) this.#objectsGoneApart.set(path, goneMs);
  }

  /** When the object of a path (NFC) went, if a rule left it out and there has not been another one since. */
  objectGoneApartMs(path: string): number | undefined {
    return this.#objectsGoneApart.get(path);
  }

  /**
   * To be called after every change of the disk.
   *
   * @returns the contents of what had gone and has something else in its place by now.
   */
  noteThere(): string[] {
    if (this.#goneApart.size === 0) return [];
    const replaced: string[] = [];
    for (const [path, there] of this.#disk.tree()) {
      const gone = this.#goneApart.get(path);
      this.#goneApart.delete(path);
      if (gone !== undefined && gone.content !== there) replaced.push(gone.content);
    }
    return replaced;
  }

  /** Why the file of a path (NFC) is gone, if that is no deletion to the bucket. */
  whyGone(path: string): string | undefined {
    return this.#goneApart.get(path)?.why;
  }

  /** The symbolic link at a path or on the way to it. */
  linkAt(path: string): string | undefined {
    const links = new Set(this.#disk.links().map((link) => link.normalize('NFC')));
    return beginnings(path).find((one) => links.has(one));
  }

  /** Why nothing may be deleted at a path, whatever lies there on the other side. */
  whyLeftAlone(path: string): string | undefined {
    if (this.ignores(path)) return 'a rule leaves it out';
    if (this.linkAt(path) !== undefined) return 'a symbolic link is in its place';
    return undefined;
  }
}
