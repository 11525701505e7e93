import { foldCase } from '../core/case-fold.ts';
import type { FileSystem } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { MARKER_PATH } from './roots.ts';

/** So many listings are kept at a time. Paths are asked for in key order, which stays in a directory for long. */
const KEPT_LISTINGS = 32;

/**
 * Whether the root's disk takes `A` and `a` for one name: asked of the disk, since a Mac's may tell them apart and Linux may
 * have one mounted that does not. The marker has just been read, so it is there under its own name.
 */
export async function ignoresCase(fs: FileSystem, root: string): Promise<boolean> {
  const other = await fs.stat(root, MARKER_PATH.toUpperCase());
  return other !== undefined && other.fileId === (await fs.stat(root, MARKER_PATH))?.fileId;
}

/** How the disk spells a path: as much of it as is there, in NFC. */
export interface DiskSpelling {
  readonly path: string;
  /** Whether all of the path is there, rather than some directories above it. */
  readonly isWhole: boolean;
  /** Whether a symbolic link or an unreadable directory is in the way: nobody knows what is behind it. */
  readonly isBlocked: boolean;
}

/** The names on a disk that ignores case, as it spells them. For the length of one comparison. */
export class DiskNames {
  readonly #fs: FileSystem;
  readonly #root: string;
  /** By directory: names as the disk spells them, by their folded form. */
  readonly #listings = new Map<string, ReadonlyMap<string, readonly string[]>>();

  constructor(fs: FileSystem, root: string) {
    this.#fs = fs;
    this.#root = root;
  }

  async spell(path: string): Promise<DiskSpelling> {
    let spelled = '';
    const upTo = (isWhole: boolean, isBlocked = false) => ({ path: spelled.normalize('NFC'), isWhole, isBlocked });
    try {
      for (const name of path.split('/')) {
        const found = await this.#nameIn(spelled, name);
        if (found === undefined) return upTo(false);
        spelled = spelled === '' ? found : `${spelled}/${found}`;
      }
      return upTo(true);
    } catch (error) {
      if (hasCode(error, 'link-in-path', 'file-unreadable')) return upTo(false, true);
      throw error;
    }
  }

  async #nameIn(directory: string, name: string): Promise<string | undefined> {
    const alike = (await this.#list(directory)).get(foldCase(name)) ?? [];
    const exact = alike.find((one) => one.normalize('NFC') === name);
    if (exact !== undefined || alike.length === 0) return exact;
    // Folded alike by us; whether they are one to the disk only the disk can say.
    const there = await this.#fs.stat(this.#root, directory === '' ? name : `${directory}/${name}`);
    return there === undefined ? undefined : alike[0];
  }

  async #list(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const kept = this.#listings.get(directory);
    if (kept !== undefined) return kept;
    const names = new Map<string, string[]>();
    for (const name of await this.#read(directory)) {
      const folded = foldCase(name);
      const alike = names.get(folded);
      if (alike === undefined) names.set(folded, [name]);
      else alike.push(name);
    }
    for (const oldest of this.#listings.keys()) {
      if (this.#listings.size < KEPT_LISTINGS) break;
      this.#listings.delete(oldest);
    }
    this.#listings.set(directory, names);
    return names;
  }

  /** None where there is no such directory, or a file in its place. */
  async #read(directory: string): Promise<string[]> {
    try {
      return (await this.#fs.readDirectory(this.#root, directory)).map(({ name }) => name);
    } catch (error) {
      if (hasCode(error, 'file-vanished', 'not-a-file')) return [];
      throw error;
    }
  }
}
