import { lstat } from 'node:fs/promises';
import type { Clock, Log, Timer, Watch, WatchHint, WatchOptions } from '../core/environment.ts';
import { asSyncError } from '../core/errors.ts';
import { diskError } from './disk-errors.ts';
import { joinBelow } from './disk-path.ts';
import type { DirectoryEvents, DirectoryWatches } from './watch-chokidar.ts';

/** How long after a failure the root is watched anew, in milliseconds. */
const REOPEN_DELAY_MS = 60_000;

export interface PlatformWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly open: (root: string, events: DirectoryEvents) => Promise<DirectoryWatches>;
}

/**
 * Watches a tree with the system's own recursive watch (macOS, Windows). New directories need no care there; a loss of
 * events shows as an event without a name.
 */
export class PlatformWatch implements Watch {
  readonly #root: string;
  readonly #options: WatchOptions;
  readonly #onHint: (hint: WatchHint) => void;
  readonly #parts: PlatformWatchParts;
  #handle: DirectoryWatches | undefined;
  #timer: Timer | undefined;
  #reopening: Promise<void> | undefined;
  #isClosed = false;

  constructor(root: string, options: WatchOptions, onHint: (hint: WatchHint) => void, parts: PlatformWatchParts) {
    this.#root = root;
    this.#options = options;
    this.#onHint = onHint;
    this.#parts = parts;
  }

  /** @throws SyncError when the root can not be watched */
  async start(): Promise<void> {
    try {
      this.#handle = await this.#parts.open(this.#root, {
        onEvent: (_directory, name, kind) => this.#onEvent(name, kind),
        onError: (error) => this.#onError(error),
      });
    } catch (error) {
      throw diskError(error, { doing: 'Watching', path: this.#root });
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#reopening;
    await this.#handle?.close();
  }

  #onEvent(name: string | undefined, kind: 'rename' | 'change'): void {
    if (this.#isClosed) return;
    if (name === undefined) {
      this.#onHint({ kind: 'overflow', reason: 'the system lost track of changes' });
      return;
    }
    const path = (process.platform === 'win32' ? name.replaceAll('\\', '/') : name).normalize('NFC');
    if (this.#isBelowIgnored(path)) return;
    void this.#tell(path, name, kind);
  }

  async #tell(path: string, name: string, kind: 'rename' | 'change'): Promise<void> {
    const isDirectory = await lstat(joinBelow(this.#root, name)).then(
      (stat) => stat.isDirectory(),
      () => undefined,
    );
    if (this.#isClosed) return;
    if (isDirectory === true && this.#options.ignoresDirectory(path)) return;
    // Windows reports a directory as changed whenever something in it is; that has an event of its own.
    if (isDirectory === true && kind === 'change' && process.platform === 'win32') return;
    this.#onHint({ kind: 'path', path });
    if (isDirectory === undefined) await this.#checkRoot();
  }

  async #checkRoot(): Promise<void> {
    const isThere = await lstat(this.#root).then(
      () => true,
      () => false,
    );
    if (!isThere && !this.#isClosed) this.#onHint({ kind: 'overflow', reason: 'the folder is gone' });
  }

  #onError(error: Error): void {
    if (this.#isClosed) return;
    this.#parts.log.warn('A file watcher failed; it is opened again.', { root: this.#root, error: error.message });
    this.#onHint({ kind: 'overflow', reason: `a file watcher failed: ${error.message}` });
    this.#timer ??= this.#parts.clock.timer(REOPEN_DELAY_MS, () => {
      this.#timer = undefined;
      this.#reopening = this.#reopen();
    });
  }

  async #reopen(): Promise<void> {
    try {
      await this.#handle?.close();
      this.#handle = undefined;
      await this.start();
      if (!this.#isClosed) this.#onHint({ kind: 'overflow', reason: 'the folder was not watched for a while' });
    } catch (error) {
      this.#onError(asSyncError(error));
    }
  }

  #isBelowIgnored(path: string): boolean {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      if (this.#options.ignoresDirectory(path.slice(0, slash))) return true;
    }
    return false;
  }
}
