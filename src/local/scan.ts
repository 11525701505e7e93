import type { LocalEntry, ScanItem, SkippedItem, SkipReason } from '../core/entries.ts';
import type { FileStat, FileSystem } from '../core/environment.ts';
import { asSyncError, hasCode, SyncError } from '../core/errors.ts';
import type { PathFilter } from '../core/filters.ts';
import type { RelativePath } from '../core/paths.ts';
import { compareUtf8 } from '../core/text.ts';
import { sortDirectory, statBatch, type ScanNode } from './scan-directory.ts';
import { EVERYTHING, type ScanScope, scopeOf } from './scan-scope.ts';

/** Files that are stat'ed at the same time. Node's pool has four threads; more in flight keeps them busy. */
const STATS_AT_ONCE = 64;

export interface ScanOptions {
  readonly filter: PathFilter;
  /** Length of the folder's key prefix in UTF-8 bytes, since prefix and path together make the key. */
  readonly prefixBytes?: number;
  /** Leaves out every item before this NFC path, except a skipped directory that the path is in. */
  readonly start?: string;
  /** Called now and then with what was seen so far. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** When aborted, the scan throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ScanProgress {
  readonly directories: number;
  readonly files: number;
  readonly skipped: number;
}

/**
 * Everything below a root, in the order of keys (UTF-8 bytes of the NFC path, a directory as if its name ended in a
 * slash). Holds the names of the directories on the current path and no others.
 *
 * What can not be synced comes as a skipped item, so that nobody takes it for absent. Ignored files and directories do
 * not come at all: whoever compares has to pass the other sides through the same filter. A directory on another file
 * system is skipped, since an unmounted one looks like an empty directory, which would read as a deletion of all in it
 * (a btrfs subvolume counts as another file system, and so does what is bound here, be it a file).
 *
 * @throws SyncError root-missing, root-replaced (it is another directory than at the start), and whatever listing the
 * root itself throws; never an empty scan instead.
 */
export function scanTree(
  fs: FileSystem,
  root: string,
  options: ScanOptions,
): AsyncGenerator<ScanItem, void, undefined> {
  return new Scan(fs, root, options).items(EVERYTHING);
}

/**
 * The same for one path: the file, or all below the directory, or nothing when nothing is there. `''` is the whole tree.
 * Something above the path that hides it (a link, an unreadable directory, another file system) comes as the skipped item
 * for that directory. Each directory above is listed rather than asked for the name: only a listing tells how the disk
 * spells it and whether two names meet, and a case-insensitive disk would answer for another spelling.
 *
 * @param path NFC; may be anything that a watcher says.
 * @throws as {@link scanTree}
 */
export function scanPath(
  fs: FileSystem,
  root: string,
  path: string,
  options: ScanOptions,
): AsyncGenerator<ScanItem, void, undefined> {
  return scanPaths(fs, root, [path], options);
}

/** The same for several paths in one walk, in key order whatever the order of `paths`; each directory is listed once. */
export function scanPaths(
  fs: FileSystem,
  root: string,
  paths: readonly string[],
  options: ScanOptions,
): AsyncGenerator<ScanItem, void, undefined> {
  return new Scan(fs, root, options).items(scopeOf(paths));
}

/** One directory that the walk is in. */
interface Frame {
  /** As the disk spells it; `''` for the root. */
  readonly diskPath: string;
  readonly nodes: readonly ScanNode[];
  next: number;
  /** lstats of the files from index `statsFrom` on. */
  stats: readonly StatOutcome[];
  statsFrom: number;
  /**
   * Directory forms (`name/`) of entries that turned out to be unusable when their turn as a file came. Sorts after
   * `name` and perhaps after others (`name-x`); those then start with `name`, so the last one in is the first one out.
   */
  readonly late: SkippedItem[];
}

type StatOutcome = FileStat | undefined | SyncError;

class Scan {
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #options: ScanOptions;
  #rootDevice = '';
  #directories = 0;
  #files = 0;
  #skipped = 0;

  constructor(fs: FileSystem, root: string, options: ScanOptions) {
    this.#fs = fs;
    this.#root = root;
    this.#options = options;
  }

  async *items(scope: ScanScope): AsyncGenerator<ScanItem, void, undefined> {
    const before = await this.#statRoot();
    this.#rootDevice = before.deviceId;
    const frames: Frame[] = [await this.#enter('', '', scope)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const late = takeLate(frame);
      if (late !== undefined) {
        yield this.#count(late);
        continue;
      }
      const node = frame.nodes[frame.next];
      if (node === undefined) {
        frames.pop();
        continue;
      }
      if (node.kind === 'directory') {
        frame.next++;
        const entered = await this.#tryEnter(node);
        if ('nodes' in entered) frames.push(entered);
        else yield this.#count(entered);
      } else if (node.kind === 'file') {
        const item = await this.#nextFile(frame, node);
        if (!this.#isBeforeStart(item.path)) yield this.#count(item);
      } else {
        frame.next++;
        yield this.#count(node.item);
      }
    }
    this.#report();
    const after = await this.#statRoot();
    if (after.fileId !== before.fileId || after.deviceId !== before.deviceId) throw rootReplaced(this.#root);
  }

  async #statRoot(): Promise<FileStat> {
    const stat = await this.#fs.stat(this.#root, '');
    if (stat?.kind !== 'directory') throw rootMissing(this.#root);
    return stat;
  }

  /** Lists a directory. @throws SyncError when that fails */
  async #enter(diskPath: string, path: string, scope: ScanScope): Promise<Frame> {
    this.#options.signal?.throwIfAborted();
    const entries = await this.#fs.readDirectory(this.#root, diskPath);
    this.#directories++;
    this.#report();
    const sorted = await sortDirectory(this.#fs, this.#root, { diskPath, path, entries, scope }, this.#options);
    // A file before the start is looked at all the same where its directory form is not: that may have to be skipped.
    const isOver = (node: ScanNode) => this.#isBeforeStart(node.kind === 'file' ? `${node.key}/` : node.key);
    const nodes = this.#options.start === undefined ? sorted : sorted.filter((node) => !isOver(node));
    return { diskPath, nodes, next: 0, stats: [], statsFrom: 0, late: [] };
  }

  /** Lists a directory below the root, or says why it is unknown. */
  async #tryEnter(node: ScanNode & { readonly kind: 'directory' }): Promise<Frame | SkippedItem> {
    const skip = (reason: SkipReason): SkippedItem => skipped(node.key, reason);
    try {
      const stat = await this.#fs.stat(this.#root, node.diskPath);
      if (stat === undefined) return skip('vanished');
      if (stat.kind !== 'directory') return skip(stat.kind === 'symlink' ? 'symlink' : 'vanished');
      // What is bound here from elsewhere on the same disk can go like another disk, and leaves an empty directory.
      if (stat.deviceId !== this.#rootDevice || stat.isMountPoint) return skip('other-filesystem');
      return await this.#enter(node.diskPath, node.key, node.scope);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      return skip(reasonOf(error));
    }
  }

  async #nextFile(frame: Frame, node: ScanNode & { readonly kind: 'file' }): Promise<ScanItem> {
    if (frame.next >= frame.statsFrom + frame.stats.length) await this.#statAhead(frame);
    const outcome = frame.stats[frame.next - frame.statsFrom];
    frame.next++;
    if (outcome === undefined) return skipped(node.key, 'vanished');
    if (outcome instanceof SyncError) return this.#skipBothForms(frame, node.key, reasonOf(outcome));
    switch (outcome.kind) {
      case 'file':
        // The numbers of disks do not tell: some systems give files others than their directories.
        if (outcome.isMountPoint) return skipped(node.key, 'other-filesystem');
        return { kind: 'file', path: node.key, entry: toEntry(node, outcome) };
      case 'symlink':
        return this.#skipBothForms(frame, node.key, 'symlink');
      case 'other':
        return this.#skipBothForms(frame, node.key, 'special-file');
      case 'directory':
        // It was a file when the directory was listed.
        return this.#skipBothForms(frame, node.key, 'vanished');
    }
  }

  /** Stats the next files, up to the next directory: what lies behind that may wait long and grow stale. */
  async #statAhead(frame: Frame): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const paths: string[] = [];
    for (let i = frame.next; paths.length < STATS_AT_ONCE; i++) {
      const node = frame.nodes[i];
      if (node?.kind !== 'file') break;
      paths.push(node.diskPath);
    }
    frame.statsFrom = frame.next;
    frame.stats = await statBatch(this.#fs, this.#root, paths);
    this.#report();
  }

  #skipBothForms(frame: Frame, path: string, reason: SkipReason): SkippedItem {
    if (!this.#options.filter.ignoresDirectory(path) && !this.#isBeforeStart(`${path}/`)) {
      frame.late.push(skipped(`${path}/`, reason));
    }
    return skipped(path, reason);
  }

  #isBeforeStart(key: string): boolean {
    const { start } = this.#options;
    if (start === undefined || compareUtf8(key, start) >= 0) return false;
    return !(key.endsWith('/') && start.startsWith(key));
  }

  #count(item: ScanItem): ScanItem {
    if (item.kind === 'file') this.#files++;
    else this.#skipped++;
    return item;
  }

  #report(): void {
    this.#options.onProgress?.({ directories: this.#directories, files: this.#files, skipped: this.#skipped });
  }
}

/** The directory form whose turn it is, before the next node of the frame. */
function takeLate(frame: Frame): SkippedItem | undefined {
  const late = frame.late.at(-1);
  if (late === undefined) return undefined;
  const next = frame.nodes[frame.next];
  return next === undefined || compareUtf8(late.path, next.key) <= 0 ? frame.late.pop() : undefined;
}

function toEntry(node: { readonly key: RelativePath; readonly diskPath: string }, stat: FileStat): LocalEntry {
  const { sizeBytes, mtimeNs, ctimeNs, fileId, hasOtherNames } = stat;
  const entry: LocalEntry = {
    path: node.key,
    sizeBytes,
    mtimeNs,
    ctimeNs,
    fileId,
    ...(hasOtherNames && { hasOtherNames }),
  };
  return node.diskPath === node.key ? entry : { ...entry, diskPath: node.diskPath };
}

function skipped(path: string, reason: SkipReason): SkippedItem {
  return { kind: 'skipped', path, reason, shadowed: false };
}

/** Why something below the root could not be looked at. Only an error of our own ends the scan. */
function reasonOf(error: unknown): SkipReason {
  if (hasCode(error, 'file-vanished')) return 'vanished';
  if (hasCode(error, 'link-in-path')) return 'symlink';
  // unsafe-name: one that this system can not open, such as `aux.txt` made on Windows by way of WSL.
  if (hasCode(error, 'file-unreadable', 'disk-error', 'not-a-file', 'unsafe-name')) return 'unreadable';
  throw asSyncError(error);
}

function rootMissing(root: string): SyncError {
  return new SyncError({
    code: 'root-missing',
    message: `The folder ${root} is not there.`,
    advice: 'Reconnect the disk that it is on, or remove the folder from RustFS Sync. Nothing is deleted meanwhile.',
  });
}

function rootReplaced(root: string): SyncError {
  return new SyncError({
    code: 'root-replaced',
    message: `The folder ${root} was replaced by another one while it was scanned.`,
    advice: 'Check whether its disk was disconnected. Nothing is deleted; the folder is looked at again.',
    retryable: true,
  });
}
