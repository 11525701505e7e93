import { lstat, readdir } from 'node:fs/promises';
import type { Clock, Log, Timer, WatchHint, WatchOptions } from '../core/environment.ts';
import { diskError, isMissing, systemCode } from './disk-errors.ts';
import { joinBelow } from './disk-path.ts';
import { BATCH_SIZE, type DirectoryEvents, type DirectoryWatches } from './watch-chokidar.ts';
import { WatchedDirectories } from './watched-directories.ts';

/** Names that wait to be looked at; beyond it everything is walked anew. */
const MAX_UNCHECKED = 20_000;
/** Names that are looked at together. */
const CHECKS_AT_ONCE = 64;
/** After events were lost: how long to let things calm down before the tree is walked anew, in milliseconds. */
const RESYNC_DELAY_MS = 1_000;
/** How often a tree that could not be watched as a whole is tried again, in milliseconds; each time ends in an overflow. */
const RETRY_DELAY_MS = 300_000;
/** How often a root that is gone is looked for, in milliseconds. */
const ROOT_POLL_MS = 5_000;

export interface TreeWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly directories: (events: DirectoryEvents) => DirectoryWatches;
  readonly onAnyEvent: () => void;
}

/**
 * Watches every directory of a tree by itself and follows as directories come, go and move. Paths inside are as the disk
 * spells them, below the root; hints are NFC.
 */
export class TreeWatch {
  readonly #root: string;
  readonly #options: WatchOptions;
  readonly #parts: TreeWatchParts;
  readonly #onHint: (hint: WatchHint) => void;
  readonly #watches: DirectoryWatches;
  readonly #watched = new WatchedDirectories();
  /** Directories that could not be watched, such as unreadable ones: a change of theirs is another try. */
  readonly #failed = new Set<string>();
  /** Ignored directories that were seen, so that nothing is hinted when they go. */
  readonly #ignored = new Set<string>();
  /** Names that came, went or moved and have to be looked at. */
  readonly #unchecked = new Set<string>();
  #rootId = '';
  /** True while some directories are not watched for want of watches. */
  #isIncomplete = false;
  #mustResync = false;
  #isClosed = false;
  #work: Promise<void> | undefined;
  #timer: { readonly timer: Timer; readonly dueMs: number } | undefined;

  constructor(root: string, options: WatchOptions, onHint: (hint: WatchHint) => void, parts: TreeWatchParts) {
    this.#root = root;
    this.#options = options;
    this.#onHint = onHint;
    this.#parts = parts;
    this.#watches = parts.directories({
      onEvent: (directory, name, kind) => this.#onEvent(directory, name, kind),
      onError: (error) => this.#onError(error),
    });
  }

  /** Resolves when the tree is watched, as far as the system allows. @throws SyncError when the root can not be read */
  async start(): Promise<void> {
    try {
      await this.#run(async () => {
        await this.#list('');
        this.#rootId = (await this.#readRootId()) ?? '';
        await this.#watchBelow('');
      });
    } catch (error) {
      throw diskError(error, { doing: 'Watching', path: this.#root });
    }
    this.#startWork();
  }

  /** Events were or may have been lost: says so now, and again when the tree is known anew. */
  eventsLost(reason: string): void {
    if (this.#isClosed) return;
    this.#overflow(reason);
    this.#unchecked.clear();
    this.#resyncAfter(RESYNC_DELAY_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.timer.cancel();
    this.#unchecked.clear();
    await this.#work;
    await this.#watches.close();
  }

  #onEvent(directory: string, name: string | undefined, kind: 'rename' | 'change'): void {
    if (this.#isClosed) return;
    this.#parts.onAnyEvent();
    const below = this.#below(directory);
    const path = name === undefined ? below : below === '' ? name : `${below}/${name}`;
    if (path === '') {
      this.eventsLost('the system did not say what changed');
      return;
    }
    if (kind === 'change' && name !== undefined && !this.#failed.has(path)) {
      // A directory's own attributes are not synced; what changes in it has events of its own.
      if (!this.#watched.has(path) && !this.#ignored.has(path)) this.#hint(path);
      return;
    }
    // Where a directory of this name would be ignored, the check finds out first whether it is one.
    if (!this.#options.ignoresDirectory(path.normalize('NFC'))) this.#hint(path);
    this.#unchecked.add(path);
    if (this.#unchecked.size > MAX_UNCHECKED) this.eventsLost('too many changes at once');
    else this.#startWork();
  }

  #onError(error: Error): void {
    if (this.#isClosed) return;
    this.#parts.log.warn('A file watcher failed.', { root: this.#root, error: error.message });
    this.eventsLost(`a file watcher failed: ${error.message}`);
  }

  /** One piece of work at a time, and no work lost that comes meanwhile. */
  #startWork(): void {
    if (this.#work !== undefined || this.#isClosed || (this.#unchecked.size === 0 && !this.#mustResync)) return;
    void this.#run(async () => {
      if (this.#mustResync) await this.#resync();
      else await this.#checkSome();
    }).then(
      () => this.#startWork(),
      (error: unknown) => {
        const { message } = diskError(error, { doing: 'Watching', path: this.#root });
        this.#parts.log.warn('Watching a folder failed; it is tried again.', { root: this.#root, error: message });
        this.#overflow(message);
        this.#resyncAfter(isMissing(error) ? ROOT_POLL_MS : RETRY_DELAY_MS);
      },
    );
  }

  async #run(work: () => Promise<void>): Promise<void> {
    const running = work().finally(() => (this.#work = undefined));
    this.#work = running.catch(() => undefined);
    await running;
  }

  async #checkSome(): Promise<void> {
    const paths = [...this.#unchecked].slice(0, CHECKS_AT_ONCE);
    for (const path of paths) this.#unchecked.delete(path);
    const found = await Promise.all(paths.map((path) => this.#isDirectory(path)));
    // A walk ends watches whose last events were not read yet: only what is looked at after it is sure to be up to date.
    let hasWalked = false;
    for (const [index, path] of paths.entries()) {
      if (this.#isClosed) return;
      const isDirectory: boolean | undefined = hasWalked ? await this.#isDirectory(path) : found[index];
      await this.#settle(path, isDirectory);
      hasWalked ||= isDirectory === true;
    }
    if (found.includes(undefined)) await this.#checkRoot();
  }

  /** @param isDirectory undefined when nothing is there (or could be looked at). */
  async #settle(path: string, isDirectory: boolean | undefined): Promise<void> {
    const wasHinted = !this.#options.ignoresDirectory(path.normalize('NFC'));
    // Also when it still is a directory: it may be another one of the same name, and its watch dead.
    this.#forget(path);
    if (isDirectory === true && !wasHinted) {
      this.#ignored.add(path);
      return;
    }
    const wasIgnored = this.#ignored.delete(path);
    if (isDirectory === true) {
      await this.#watchBelow(path);
      // Now that all in it is watched: what was created before that is found by looking once.
      this.#hint(path);
    } else if (!wasHinted && !wasIgnored) {
      this.#hint(path);
    }
  }

  async #checkRoot(): Promise<void> {
    const id = await this.#readRootId();
    if (id === this.#rootId) return;
    this.#overflow(id === undefined ? 'the folder is gone' : 'the folder was replaced by another one');
    if (id === undefined) {
      this.#forget('');
      this.#resyncAfter(ROOT_POLL_MS);
    } else {
      this.#mustResync = true;
    }
  }

  async #resync(): Promise<void> {
    this.#mustResync = false;
    this.#unchecked.clear();
    const id = await this.#readRootId();
    if (id === undefined) {
      this.#resyncAfter(ROOT_POLL_MS);
      return;
    }
    this.#rootId = id;
    this.#isIncomplete = false;
    this.#forget('');
    this.#failed.clear();
    this.#ignored.clear();
    await this.#watchBelow('');
    this.#overflow('the folder was not watched for a while');
  }

  /** Watches a directory and all below it. Where the system has no watch left, what could be watched stays so. */
  async #watchBelow(top: string): Promise<void> {
    const waiting = [top];
    while (waiting.length > 0 && !this.#isClosed) {
      const batch = waiting.splice(-BATCH_SIZE);
      const errors = await this.#watches.add(batch.map((path) => this.#absolute(path)));
      for (const path of batch) this.#watched.add(path);
      const limit = errors.find((error) => isOutOfWatches(error));
      if (limit !== undefined) {
        this.#tellIncomplete(limit);
        return;
      }
      if (errors.length > 0) this.#tellFailed(batch, errors);
      const lists = await Promise.all(batch.map((path) => this.#listDirectories(path)));
      for (const list of lists) waiting.push(...list);
    }
  }

  async #listDirectories(path: string): Promise<string[]> {
    const directories: string[] = [];
    try {
      for (const name of await this.#list(path)) {
        const child = path === '' ? name : `${path}/${name}`;
        if (this.#options.ignoresDirectory(child.normalize('NFC'))) this.#ignored.add(child);
        else directories.push(child);
      }
    } catch (error) {
      if (path === '') throw error;
      // Gone again: its parent's event says so. Unreadable: the scan says so, and a change of it is another try.
      if (!isMissing(error)) this.#failed.add(path);
    }
    return directories;
  }

  async #list(path: string): Promise<string[]> {
    const entries = await readdir(this.#absolute(path), { withFileTypes: true });
    const directories: string[] = [];
    for (const entry of entries) {
      // Where the file system does not tell the kind, Node has looked.
      if (entry.isDirectory()) directories.push(entry.name);
    }
    return directories;
  }

  #tellIncomplete(error: Error): void {
    // Said once: new directories have hints of their own, and the others are tried again later.
    if (this.#isIncomplete) return;
    this.#isIncomplete = true;
    this.#parts.log.warn('Not every directory can be watched: the limit of the system is reached.', {
      root: this.#root,
      error: error.message,
      advice: 'Raise fs.inotify.max_user_watches. Until then changes are found by scans.',
    });
    this.#overflow('the system has no file watches left');
    this.#resyncAfter(RETRY_DELAY_MS);
  }

  #tellFailed(batch: readonly string[], errors: readonly Error[]): void {
    const failed = new Set(errors.map((error) => (error as { readonly filename?: unknown }).filename));
    for (const path of batch) {
      if (failed.has(this.#absolute(path))) this.#failed.add(path);
    }
    const messages = errors.map((error) => error.message);
    this.#parts.log.warn('Some directories can not be watched.', { root: this.#root, errors: messages });
    this.#overflow(`a directory can not be watched: ${messages[0] ?? ''}`);
  }

  #resyncAfter(delayMs: number): void {
    const { clock } = this.#parts;
    const dueMs = clock.monotonic() + delayMs;
    if (this.#isClosed || (this.#timer !== undefined && this.#timer.dueMs <= dueMs)) return;
    this.#timer?.timer.cancel();
    const timer = clock.timer(delayMs, () => {
      this.#timer = undefined;
      this.#mustResync = true;
      this.#startWork();
    });
    this.#timer = { timer, dueMs };
  }

  async #isDirectory(path: string): Promise<boolean | undefined> {
    try {
      return (await lstat(this.#absolute(path))).isDirectory();
    } catch {
      return undefined;
    }
  }

  async #readRootId(): Promise<string | undefined> {
    try {
      const { dev, ino } = await lstat(this.#root, { bigint: true });
      return `${dev}:${ino}`;
    } catch {
      return undefined;
    }
  }

  /** Ends the watches of a directory and of all below it. */
  #forget(path: string): void {
    for (const gone of this.#watched.take(path)) {
      this.#watches.remove(this.#absolute(gone));
      this.#failed.delete(gone);
    }
  }

  #hint(path: string): void {
    if (!this.#isClosed) this.#onHint({ kind: 'path', path: path.normalize('NFC') });
  }

  #overflow(reason: string): void {
    if (!this.#isClosed) this.#onHint({ kind: 'overflow', reason });
  }

  #absolute(path: string): string {
    return path === '' ? this.#root : joinBelow(this.#root, path);
  }

  #below(directory: string): string {
    return directory === this.#root ? '' : directory.slice(joinBelow(this.#root, '').length);
  }
}

function isOutOfWatches(error: Error): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(systemCode(error) ?? '');
}
