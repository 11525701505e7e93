import { watch as watchNatively, type FSWatcher as NativeWatcher } from 'node:fs';
import { FSWatcher } from 'chokidar';

/** What a watched directory reports. */
export interface DirectoryEvents {
  /**
   * @param directory absolute, as it was added.
   * @param name of the entry as the disk spells it; undefined when the system did not say which.
   * @param kind `rename` when a name came or went, `change` when an entry's content or attributes moved.
   */
  onEvent(directory: string, name: string | undefined, kind: 'rename' | 'change'): void;
  /** A watcher failed after it was up. */
  onError(error: Error): void;
}

/** Watches single directories, not what is below them. */
export interface DirectoryWatches {
  /** Resolves when the directories are watched, with the errors of those that could not be. */
  add(directories: readonly string[]): Promise<Error[]>;
  /** Ends the watch of one directory, which may be gone already. */
  remove(directory: string): void;
  close(): Promise<void>;
}

/** How many directories share one chokidar instance; its bookkeeping of removed ones stays that small. */
export const BATCH_SIZE = 20;

/**
 * chokidar as nothing but a source of raw events: its own listing of each directory is left out (it lstats every file and
 * keeps the names), since our scan is the truth. `createScanStream` is chokidar's internal hook for it; should a later
 * version stop calling it, all still works, at the price of that listing.
 *
 * Once it is up, chokidar lists a directory again when it knows that it missed events, above all when it replaced the
 * handle: whenever an entry goes that has the name of its directory, it takes the directory for replaced, and what the
 * kernel had queued for the old handle is lost. So that call is passed on.
 */
class RawWatcher extends FSWatcher {
  onMissed: (directory: string) => void = () => {};

  override createScanStream(directory: string): undefined {
    if (this.readyEmitted) this.onMissed(directory);
  }
}

/** Watches per directory (inotify). chokidar can not take a name with a backslash; such a directory gets a plain fs.watch. */
export function watchDirectories(events: DirectoryEvents): DirectoryWatches {
  const batches = new Map<string, Batch>();
  const plain = new Map<string, NativeWatcher>();

  return {
    async add(directories) {
      const errors = addPlain(plain, directories.filter(hasBackslash), events);
      const rest = directories.filter((directory) => !hasBackslash(directory));
      for (let i = 0; i < rest.length; i += BATCH_SIZE) {
        const members = rest.slice(i, i + BATCH_SIZE);
        const batch = new Batch(members, events);
        for (const member of members) batches.set(member, batch);
        errors.push(...(await batch.start()));
      }
      return errors;
    },
    remove(directory) {
      plain.get(directory)?.close();
      plain.delete(directory);
      batches.get(directory)?.remove(directory);
      batches.delete(directory);
    },
    async close() {
      for (const watcher of plain.values()) watcher.close();
      await Promise.all([...new Set(batches.values())].map((batch) => batch.close()));
      plain.clear();
      batches.clear();
    },
  };
}

/** One handle for a whole tree, as macOS and Windows have it. Names are paths below the root. */
export async function watchRecursively(root: string, events: DirectoryEvents): Promise<DirectoryWatches> {
  const watcher = new RawWatcher({
    backend: 'native-recursive',
    ignored: (path) => path !== slashed(root),
    ...COMMON_OPTIONS,
  });
  const errors = await startWatcher(watcher, [root], events, () => root);
  const first = errors[0];
  if (first !== undefined) {
    await watcher.close();
    throw first;
  }
  return { add: async () => [], remove: () => undefined, close: () => watcher.close() };
}

const COMMON_OPTIONS = {
  persistent: false,
  ignoreInitial: true,
  followSymlinks: false,
  // Swallows events of names that look like an editor's temporary file; our own rules decide on those.
  atomic: false,
} as const;

class Batch {
  readonly #members: Set<string>;
  readonly #watcher: RawWatcher;
  readonly #events: DirectoryEvents;

  constructor(members: readonly string[], events: DirectoryEvents) {
    this.#members = new Set(members);
    this.#events = events;
    this.#watcher = new RawWatcher({
      backend: 'native',
      depth: 0,
      ignored: (path) => !this.#members.has(path),
      ...COMMON_OPTIONS,
    });
  }

  start(): Promise<Error[]> {
    // chokidar waits for a missing directory by watching the one above: its events are not ours.
    const ours = (directory: string) => (this.#members.has(directory) ? directory : undefined);
    return startWatcher(this.#watcher, [...this.#members], this.#events, ours);
  }

  remove(directory: string): void {
    this.#members.delete(directory);
    if (this.#members.size > 0) this.#watcher.unwatch(directory);
    else this.close().catch((error: unknown) => this.#events.onError(toError(error)));
  }

  async close(): Promise<void> {
    this.#members.clear();
    await this.#watcher.close();
  }
}

/** Adds the paths and waits until all are watched or have failed. */
async function startWatcher(
  watcher: RawWatcher,
  paths: string[],
  events: DirectoryEvents,
  directoryOf: (watchedPath: string) => string | undefined,
): Promise<Error[]> {
  const errors: Error[] = [];
  let isUp = false;
  watcher.on('raw', (kind, name, details) => {
    const directory = directoryOf((details as { readonly watchedPath: string }).watchedPath);
    if (directory !== undefined) events.onEvent(directory, name ?? undefined, kind);
  });
  watcher.onMissed = (watchedPath) => {
    const directory = directoryOf(watchedPath);
    if (directory !== undefined) events.onEvent(directory, undefined, 'rename');
  };
  watcher.on('error', (error) => {
    const failure = toError(error);
    if (isUp) events.onError(failure);
    else errors.push(failure);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
    watcher.add(paths);
  });
  isUp = true;
  return errors;
}

function addPlain(
  watchers: Map<string, NativeWatcher>,
  directories: readonly string[],
  events: DirectoryEvents,
): Error[] {
  const errors: Error[] = [];
  for (const directory of directories) {
    try {
      const watcher = watchNatively(directory, { persistent: false }, (kind, name) => {
        events.onEvent(directory, name ?? undefined, kind);
      });
      watcher.on('error', (error) => {
        events.onError(error);
      });
      watchers.set(directory, watcher);
    } catch (error) {
      errors.push(toError(error));
    }
  }
  return errors;
}

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

function hasBackslash(path: string): boolean {
  return process.platform !== 'win32' && path.includes('\\');
}

/** chokidar speaks of paths with slashes on every system. */
function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
