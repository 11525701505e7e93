import { foldCase } from '../core/case-fold.ts';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import { nameOf } from '../core/paths.ts';
import type { Disk, DiskHandle } from './disk.ts';
import {
  canNotLink,
  diskError,
  fileChanged,
  isMissing,
  nameRefused,
  nameTaken,
  refusesName,
  systemCode,
  type DiskCall,
} from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { isAsExpected, isSameFile, isThere, kindOf, toFileStat, type DiskStat } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';

/** The steps that moves of all kinds are made of. What they are put together to is in `move-file` and `place-files`. */

/** One of the two names that a move is about. */
export interface MoveEnd {
  /** Below the root. */
  readonly path: string;
  /** The way to it through the proven directory. */
  readonly native: string;
  readonly base: string;
  readonly handle: DiskHandle | undefined;
  readonly call: DiskCall;
}

/** A file to move, and what it must be. */
export interface MoveTask {
  readonly disk: Disk;
  readonly root: string;
  readonly from: string;
  readonly to: string;
  readonly expect: Fingerprint;
}

/** The same with its directories open. */
export interface Move extends Omit<MoveTask, 'from' | 'to'> {
  readonly from: MoveEnd;
  readonly to: MoveEnd;
}

export const DOING = 'Moving';

/** The old name, in its open directory. */
export function fromEnd({ root, from }: MoveTask, base: string, handle: DiskHandle | undefined): MoveEnd {
  const call: DiskCall = { doing: DOING, path: nativePath(root, from) };
  return { path: from, native: joinBelow(base, nameOf(from)), base, handle, call };
}

/** The new name, in its open directory. */
export function toEnd({ root, to }: MoveTask, base: string, handle: DiskHandle | undefined): MoveEnd {
  const call: DiskCall = { doing: `${DOING} a file to`, path: nativePath(root, to) };
  return { path: to, native: joinBelow(base, nameOf(to)), base, handle, call };
}

export async function flushBoth({ disk, from, to }: Move): Promise<void> {
  await flushDirectory(disk, to.base, to.handle);
  await flushDirectory(disk, from.base, from.handle);
}

/** @throws SyncError file-changed when something else is at the old name, or nothing. */
export async function statExpected(disk: Disk, from: MoveEnd, expect: Fingerprint): Promise<DiskStat> {
  try {
    const found = await disk.lstat(from.native);
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
  const { disk, from, to, expect } = move;
  try {
    await disk.link(from.native, to.native);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' && !canNotLink(error)) throw error;
    await renameOnly(move, before);
    return false;
  }
  const linked = await disk.lstat(to.native);
  if (isSameFile(linked, before) && isAsExpected(linked, expect)) return true;
  // Another file came to the old name just before: the name made for it goes, its own stays.
  if (linked.nlink > 1n) await disk.unlink(to.native);
  throw fileChanged(from.call);
}

/**
 * After the old name of a file in the tree could not be taken away. What somebody put under the new one meanwhile stays. When this fails as well, both
 * names stay, as after a crash.
 */
export async function takeBackName({ disk, from, to }: Move, before: DiskStat): Promise<void> {
  try {
    const named = await Promise.all([from, to].map(({ native }) => disk.lstat(native)));
    if (named.every((found) => isSameFile(found, before))) await disk.unlink(to.native);
  } catch {
    // The error that is told is the first one.
  }
}

/** Where a hard link can not be made: because the new name is the file's own in another spelling, or not at all. */
async function renameOnly(move: Move, before: DiskStat): Promise<void> {
  const { disk, from, to } = move;
  if ((await isThere(disk, to.native)) && !(await isOwnName(move, before))) throw nameTaken(to.call);
  await statExpected(disk, from, move.expect);
  try {
    await disk.rename(from.native, to.native);
  } catch (error) {
    if (refusesName(error, nameOf(to.path)) && (await isThere(disk, from.native))) throw nameRefused(to.call, error);
    // A directory came to the name just now.
    throw ['EEXIST', 'ENOTEMPTY', 'EISDIR'].includes(systemCode(error) ?? '') ? nameTaken(to.call) : error;
  }
  if (isAsExpected(await disk.lstat(to.native), move.expect)) return;
  // Another file came to the old name just before: it goes back, unless there is a still newer one.
  if (!(await isThere(disk, from.native))) await disk.rename(to.native, from.native);
  throw fileChanged(from.call);
}

/** Whether both names are one entry of one directory, on a disk that ignores case or the Unicode form. */
async function isOwnName({ disk, from, to }: Move, before: DiskStat): Promise<boolean> {
  const [fromName, toName] = [nameOf(from.path), nameOf(to.path)];
  if (fromName === toName || foldCase(fromName) !== foldCase(toName)) return false;
  if (!isSameFile(await disk.lstat(to.native), before)) return false;
  if (!isSameFile(await disk.stat(from.base), await disk.stat(to.base))) return false;
  // Two hard links can have such names on a disk that tells them apart; a rename would then do nothing and say nothing.
  const names = new Set(await disk.readdir(to.base));
  return !(names.has(fromName) && names.has(toName));
}
