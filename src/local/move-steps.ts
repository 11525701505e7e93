import { readdir, rename, stat, type FileHandle } from 'node:fs/promises';
import { foldCase } from '../core/case-fold.ts';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import { diskError, fileChanged, isMissing, nameTaken, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nameOf, nativePath } from './disk-path.ts';
import { diskThread } from './disk-thread.ts';
import { isAsExpected, isSameFile, isThere, kindOf, toFileStat, type DiskStat } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';

/** The steps that moves of all kinds are made of. What they are put together to is in `move-file` and `place-files`. */

/** The system's calls that give and take names. A test puts others in their place, to fail or to change something first. */
export interface NameCalls {
  link(existing: string, added: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export const NAME_CALLS: NameCalls = {
  link: (existing, added) => diskThread.link(existing, added),
  rename,
  unlink: (path) => diskThread.unlink(path),
};

/** One of the two names that a move is about. */
export interface MoveEnd {
  /** Below the root. */
  readonly path: string;
  /** The way to it through the proven directory. */
  readonly native: string;
  readonly base: string;
  readonly handle: FileHandle | undefined;
  readonly call: DiskCall;
}

/** A file to move, and what it must be. */
export interface MoveTask {
  readonly root: string;
  readonly from: string;
  readonly to: string;
  readonly expect: Fingerprint;
  readonly calls: NameCalls;
  readonly useProc: boolean;
}

/** The same with its directories open. */
export interface Move extends Omit<MoveTask, 'from' | 'to'> {
  readonly from: MoveEnd;
  readonly to: MoveEnd;
}

export const DOING = 'Moving';

/**
 * What link(2) says on a file system without hard links (FAT, some network ones), of a file with too many of them, and of
 * one that this user may not link. Windows says EISDIR where it has no such function.
 */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EISDIR']);

/** The old name, in its open directory. */
export function fromEnd({ root, from }: MoveTask, base: string, handle: FileHandle | undefined): MoveEnd {
  const call: DiskCall = { doing: DOING, path: nativePath(root, from) };
  return { path: from, native: joinBelow(base, nameOf(from)), base, handle, call };
}

/** The new name, in its open directory. */
export function toEnd({ root, to }: MoveTask, base: string, handle: FileHandle | undefined): MoveEnd {
  const call: DiskCall = { doing: `${DOING} a file to`, path: nativePath(root, to) };
  return { path: to, native: joinBelow(base, nameOf(to)), base, handle, call };
}

export async function flushBoth({ from, to }: Move): Promise<void> {
  await flushDirectory(to.base, to.handle);
  await flushDirectory(from.base, from.handle);
}

/** @throws SyncError file-changed when something else is at the old name, or nothing. */
export async function statExpected(from: MoveEnd, expect: Fingerprint): Promise<DiskStat> {
  try {
    const found = await diskThread.lstat(from.native);
    if (kindOf(found) === 'file' && sameFingerprint(toFileStat(found), expect)) return found;
  } catch (error) {
    if (!isMissing(error)) throw diskError(error, from.call);
  }
  throw fileChanged(from.call);
}

/**
 * Makes the new name as a hard link; where the disk has none, renames.
 *
 * @returns whether the file has both names now.
 */
export async function linkExpected(move: Move, before: DiskStat): Promise<boolean> {
  const { from, to, calls, expect } = move;
  try {
    await calls.link(from.native, to.native);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code !== 'EEXIST' && !NO_LINKS.has(code)) throw error;
    await renameOnly(move, before);
    return false;
  }
  const linked = await diskThread.lstat(to.native);
  if (isSameFile(linked, before) && isAsExpected(linked, expect)) return true;
  // Another file came to the old name just before: the name made for it goes, its own stays.
  if (linked.nlink > 1n) await calls.unlink(to.native);
  throw fileChanged(from.call);
}

/** After the old name could not be taken away. When this fails as well, both stay, as after a crash. */
export async function takeBackName({ from, to, calls }: Move, before: DiskStat): Promise<void> {
  try {
    if (isSameFile(await diskThread.lstat(from.native), before)) await calls.unlink(to.native);
  } catch {
    // The error that is told is the first one.
  }
}

/** Where a hard link can not be made: because the new name is the file's own in another spelling, or not at all. */
async function renameOnly(move: Move, before: DiskStat): Promise<void> {
  const { from, to, calls } = move;
  if ((await isThere(to.native)) && !(await isOwnName(move, before))) throw nameTaken(to.call);
  await statExpected(from, move.expect);
  try {
    await calls.rename(from.native, to.native);
  } catch (error) {
    // A directory came to the name just now.
    throw ['EEXIST', 'ENOTEMPTY', 'EISDIR'].includes(systemCode(error) ?? '') ? nameTaken(to.call) : error;
  }
  if (isAsExpected(await diskThread.lstat(to.native), move.expect)) return;
  // Another file came to the old name just before: it goes back, unless there is a still newer one.
  if (!(await isThere(from.native))) await calls.rename(to.native, from.native);
  throw fileChanged(from.call);
}

/** Whether both names are one entry of one directory, on a disk that ignores case or the Unicode form. */
async function isOwnName({ from, to }: Move, before: DiskStat): Promise<boolean> {
  const [fromName, toName] = [nameOf(from.path), nameOf(to.path)];
  if (fromName === toName || foldCase(fromName) !== foldCase(toName)) return false;
  if (!isSameFile(await diskThread.lstat(to.native), before)) return false;
  if (!isSameFile(await stat(from.base, { bigint: true }), await stat(to.base, { bigint: true }))) return false;
  // Two hard links can have such names on a disk that tells them apart; a rename would then do nothing and say nothing.
  const names = new Set(await readdir(to.base));
  return !(names.has(fromName) && names.has(toName));
}
