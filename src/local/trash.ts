import type { FileStat, FileSystem } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { parentOf } from '../core/paths.ts';
import { compareUtf8 } from '../core/text.ts';
import { parseTrashStamp, TRASH_DIRECTORY, trashPath } from '../core/trash-path.ts';

export { parseTrashStamp, TRASH_DIRECTORY, trashPath, trashStamp } from '../core/trash-path.ts';

/** Files that one call of {@link emptyTrash} looks at, so that a large trash holds nobody up. */
const MAX_REMOVED_AT_ONCE = 1000;

export interface TrashEntry {
  readonly stamp: string;
  /** Where it was, as the disk spelled it. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970, to the second. */
  readonly trashedMs: number;
}

/** What a call of {@link emptyTrash} did. */
export interface TrashEmptied {
  readonly removedFiles: number;
  readonly freedBytes: number;
  /** Whether there was more to remove than one call does. */
  readonly hasMore: boolean;
  /** Why something could not be removed: the first of the reasons. The rest was gone on with. */
  readonly problem: SyncError | undefined;
}

/**
 * What is in a root's trash, the newest first and the paths of one stamp in order. Holds the names of the directories on the
 * current path and no others. What is taken out meanwhile is left out.
 *
 * @throws SyncError link-in-path, file-unreadable, disk-error
 */
export async function* listTrash(fs: FileSystem, root: string): AsyncGenerator<TrashEntry, void, undefined> {
  const stamps = await listStamps(fs, root);
  for (const { stamp, trashedMs } of stamps.reverse()) {
    for await (const found of walk(fs, root, trashPath(stamp, ''))) {
      if (found.kind !== 'file') continue;
      const path = found.path.slice(trashPath(stamp, '').length);
      yield { stamp, path, sizeBytes: found.stat.sizeBytes, trashedMs };
    }
  }
}

/**
 * Takes a file out of the trash and puts it at `to`, with the modification time that it had. Never replaces anything.
 *
 * @throws SyncError file-vanished when it is not in the trash any more; name-taken when something is at `to`; as
 * {@link FileSystem.move}
 */
export async function restoreFromTrash(
  fs: FileSystem,
  root: string,
  entry: Pick<TrashEntry, 'stamp' | 'path'>,
  to: string,
): Promise<FileStat> {
  const from = trashPath(entry.stamp, entry.path);
  const stat = parseTrashStamp(entry.stamp) === undefined ? undefined : await fs.stat(root, from);
  if (stat?.kind !== 'file') throw notInTrash(entry.path);
  const restored = await fs.move(root, from, to, stat);
  await removeEmptyAbove(fs, root, from);
  return restored;
}

/**
 * Removes for good what has been in the trash for longer than `olderThanMs`, the oldest first; everything when undefined.
 * The age is that of the stamp, since a file keeps its own times in the trash. What has no stamp was not put there by the
 * engine and stays. One call does a bounded part: call again while it `hasMore`.
 *
 * @throws SyncError when the trash can not be listed; what fails for one file is told in the result.
 */
export async function emptyTrash(
  fs: Pick<FileSystem, 'readDirectory' | 'stat' | 'removeFile' | 'removeEmptyDirectory'>,
  root: string,
  olderThanMs: number | undefined,
  nowMs: number,
): Promise<TrashEmptied> {
  let [tried, removedFiles, freedBytes] = [0, 0, 0];
  let problem: SyncError | undefined;
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      problem ??= error;
      return false;
    }
  };
  for (const { stamp, trashedMs } of await listStamps(fs, root)) {
    if (olderThanMs !== undefined && nowMs - trashedMs <= olderThanMs) break;
    for await (const found of walk(fs, root, trashPath(stamp, ''))) {
      if (found.kind === 'left') {
        await attempt(() => fs.removeEmptyDirectory(root, found.path));
        continue;
      }
      if (tried === MAX_REMOVED_AT_ONCE) return { removedFiles, freedBytes, hasMore: true, problem };
      tried++;
      if (!(await attempt(() => fs.removeFile(root, found.path)))) continue;
      removedFiles++;
      freedBytes += found.stat.sizeBytes;
    }
  }
  return { removedFiles, freedBytes, hasMore: false, problem };
}

/** Removes the directories of a stamp that nothing is in. */
export async function removeEmptyStamp(
  fs: Pick<FileSystem, 'readDirectory' | 'stat' | 'removeEmptyDirectory'>,
  root: string,
  stamp: string,
): Promise<void> {
  for await (const found of walk(fs, root, trashPath(stamp, ''))) {
    if (found.kind === 'left') await fs.removeEmptyDirectory(root, found.path);
  }
}

/** The stamps in the trash, oldest first. */
async function listStamps(
  fs: Pick<FileSystem, 'readDirectory'>,
  root: string,
): Promise<{ stamp: string; trashedMs: number }[]> {
  const stamps: { stamp: string; trashedMs: number }[] = [];
  for (const stamp of await listNames(fs, root, TRASH_DIRECTORY)) {
    const trashedMs = parseTrashStamp(stamp);
    if (trashedMs !== undefined) stamps.push({ stamp, trashedMs });
  }
  return stamps.sort((a, b) => a.trashedMs - b.trashedMs);
}

type Found =
  | { readonly kind: 'file' | 'other'; readonly path: string; readonly stat: FileStat }
  /** All below a directory has been told. */
  | { readonly kind: 'left'; readonly path: string };

/** Everything below a directory of the trash (given with a slash at its end), the directories after what is in them. */
async function* walk(
  fs: Pick<FileSystem, 'readDirectory' | 'stat'>,
  root: string,
  top: string,
): AsyncGenerator<Found, void, undefined> {
  const first = top.slice(0, -1);
  const frames = [{ path: first, names: await listNames(fs, root, first), next: 0 }];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const name = frame.names[frame.next++];
    if (name === undefined) {
      frames.pop();
      yield { kind: 'left', path: frame.path };
      continue;
    }
    const path = `${frame.path}/${name}`;
    const stat = await fs.stat(root, path);
    if (stat?.kind === 'directory') frames.push({ path, names: await listNames(fs, root, path), next: 0 });
    else if (stat !== undefined) yield { kind: stat.kind === 'file' ? 'file' : 'other', path, stat };
  }
}

/** The names in a directory in order; none where it is not there (any more). */
async function listNames(fs: Pick<FileSystem, 'readDirectory'>, root: string, path: string): Promise<string[]> {
  try {
    return (await fs.readDirectory(root, path)).map((entry) => entry.name).sort(compareUtf8);
  } catch (error) {
    if (hasCode(error, 'file-vanished')) return [];
    throw error;
  }
}

/** The file is restored whatever comes of this: an empty directory that stays goes when its stamp expires. */
async function removeEmptyAbove(fs: FileSystem, root: string, path: string): Promise<void> {
  for (let above = parentOf(path); above !== TRASH_DIRECTORY; above = parentOf(above)) {
    const isGone = await fs.removeEmptyDirectory(root, above).catch(() => false);
    if (!isGone) return;
  }
}

function notInTrash(path: string): SyncError {
  return new SyncError({
    code: 'file-vanished',
    message: `${path} is not in the trash any more.`,
    advice: 'It was restored already, or the time for which the trash keeps files is over.',
  });
}
