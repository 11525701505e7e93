import { IGNORE_FILE } from '../../src/core/filters.ts';
import { beginnings, type Disk } from './disk.ts';
import { isIgnored } from './ignoring.ts';

/** What of a folder a person wants left alone on one computer, as the disk and the settings say now. */
export class Wishes {
  /** When that last changed, in milliseconds since the world began. */
  changedMs = 0;
  /** Paths (NFC) whose present files a person has said may go: one side of a conflict. */
  readonly givenUp = new Set<string>();
  /** Paths (NFC) whose files went while they were not chosen and have not come back: that is no deletion to the bucket. */
  readonly #goneUnchosen = new Set<string>();
  readonly #disk: Disk;
  readonly #chosen: () => readonly string[] | undefined;

  constructor(disk: Disk, chosen: () => readonly string[] | undefined) {
    this.#disk = disk;
    this.#chosen = chosen;
  }

  /** Whether the rules on the disk leave a path (NFC) out. */
  ignores(path: string): boolean {
    return isIgnored(this.#disk.content(IGNORE_FILE) ?? '', path);
  }

  /** Whether a path is to be kept on this computer, as far as that was chosen. */
  keeps(path: string): boolean {
    const chosen = this.#chosen();
    return chosen === undefined || path === IGNORE_FILE || beginnings(path).some((one) => chosen.includes(one));
  }

  /** A file of a path, as the disk spells it, is gone. */
  noteGone(diskPath: string): void {
    const path = diskPath.normalize('NFC');
    if (!this.keeps(path)) this.#goneUnchosen.add(path);
  }

  /** To be called after every change of the disk. */
  noteThere(): void {
    if (this.#goneUnchosen.size === 0) return;
    for (const path of this.#disk.tree().keys()) this.#goneUnchosen.delete(path);
  }

  /** Whether the file of a path (NFC) is gone only since it was not chosen. */
  wentUnchosen(path: string): boolean {
    return this.#goneUnchosen.has(path);
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
