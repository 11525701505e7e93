import type { BigIntStats } from 'node:fs';
import { link, lstat, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { foldCase } from '../core/case-fold.ts';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import { hasCode } from '../core/errors.ts';
import { diskError, fileChanged, isMissing, nameTaken, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nameOf, nativePath, parentOf } from './disk-path.ts';
import { isAsExpected, isSameFile, toFileStat } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';
import { withDirectoryMade } from './make-directories.ts';
import { withDirectory } from './no-links.ts';
import { isPrivate, refuseKeptNames } from './private-paths.ts';
import { respellDirectories } from './respell.ts';
import { releaseSharedName, takeIntoPrivate } from './shared-names.ts';

/** The system's calls that give and take names. A test puts others in their place, to fail or to change something first. */
export interface NameCalls {
  link(existing: string, added: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export const NAME_CALLS: NameCalls = { link, rename, unlink };

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

export interface Move {
  readonly root: string;
  readonly from: MoveEnd;
  readonly to: MoveEnd;
  readonly expect: Fingerprint;
  readonly calls: NameCalls;
  readonly useProc: boolean;
}

const DOING = 'Moving';

/**
 * What link(2) says on a file system without hard links (FAT, some network ones), of a file with too many of them, and of
 * one that this user may not link. Windows says EISDIR where it has no such function.
 */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EISDIR']);

/**
 * Gives the file `from` the name `to`, if it is as expected and nothing is at `to`. Follows no link below the root. Neither
 * replaces nor removes what another program puts at either name meanwhile: the new name is made as a hard link, which the
 * system refuses where something is, and the old name is taken away in a way that can be taken back.
 *
 * After a crash in the middle the file has both names, and nothing is lost. If the old one was private (a finished
 * download), the next scan finds the new file and adopts it as equal to the object; the private name goes when the download
 * is cleaned up, and {@link openToWrite} never writes through it. If both are in the tree, the next scan finds a second file
 * of equal content, which is uploaded like any new one.
 *
 * Directories that `to` spells in another case than the disk, where those are one, get the spelling of `to` first.
 *
 * Where there are no hard links the target is looked at and then renamed to: only there can what somebody else creates
 * within that instant be replaced.
 *
 * @returns the file as it is under its new name.
 * @throws SyncError invalid-argument (a name that is kept for ourselves), file-changed, name-taken, link-in-path, disk-full,
 * file-unreadable, disk-error
 */
export async function moveFile(
  root: string,
  from: string,
  to: string,
  expect: Fingerprint,
  calls: NameCalls,
  useProc: boolean,
): Promise<BigIntStats> {
  refuseKeptNames(from, to);
  const fromCall: DiskCall = { doing: DOING, path: nativePath(root, from) };
  const toCall: DiskCall = { doing: `${DOING} a file to`, path: nativePath(root, to) };
  try {
    const respelled = await respellDirectories(root, from, to, expect, calls, useProc);
    return await withDirectory(root, parentOf(respelled), DOING, useProc, async (base, handle) => {
      const source = makeEnd(respelled, base, handle, fromCall);
      const isWorthIt = () => statExpected(source, expect);
      // Its directories were all that was spelled otherwise.
      if (respelled === to && from !== to) return isWorthIt();
      return withDirectoryMade(root, parentOf(to), DOING, useProc, isWorthIt, (toBase, toHandle) =>
        carryOut({ root, from: source, to: makeEnd(to, toBase, toHandle, toCall), expect, calls, useProc }),
      );
    });
  } catch (error) {
    throw hasCode(error, 'file-vanished') ? fileChanged(fromCall) : error;
  }
}

function makeEnd(path: string, base: string, handle: FileHandle | undefined, call: DiskCall): MoveEnd {
  return { path, native: joinBelow(base, nameOf(path)), base, handle, call };
}

async function carryOut(move: Move): Promise<BigIntStats> {
  try {
    const before = await statExpected(move.from, move.expect);
    if (isPrivate(move.to.path) && !isPrivate(move.from.path)) {
      await takeIntoPrivate(move);
      await flushBoth(move);
    } else await giveName(move, before);
    const after = await lstat(move.to.native, { bigint: true });
    // What is there may have been edited since. Its stat must not pass for the one of the content that was moved.
    if (!isAsExpected(after, move.expect)) throw fileChanged(move.to.call);
    return after;
  } catch (error) {
    throw diskError(error, move.to.call);
  }
}

async function flushBoth({ from, to }: Move): Promise<void> {
  await flushDirectory(to.base, to.handle);
  await flushDirectory(from.base, from.handle);
}

async function statExpected(from: MoveEnd, expect: Fingerprint): Promise<BigIntStats> {
  try {
    const found = await lstat(from.native, { bigint: true });
    if (found.isFile() && sameFingerprint(toFileStat(found), expect)) return found;
  } catch (error) {
    if (!isMissing(error)) throw diskError(error, from.call);
  }
  throw fileChanged(from.call);
}

async function giveName(move: Move, before: BigIntStats): Promise<void> {
  const { from, to, calls } = move;
  try {
    await calls.link(from.native, to.native);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code !== 'EEXIST' && !NO_LINKS.has(code)) throw error;
    await renameOnly(move, before);
    await flushBoth(move);
    return;
  }
  const linked = await lstat(to.native, { bigint: true });
  if (!isSameFile(linked, before) || !isAsExpected(linked, move.expect)) {
    // Another file came to the old name just before: the name made for it goes, its own stays.
    if (linked.nlink > 1n) await calls.unlink(to.native);
    throw fileChanged(from.call);
  }
  // The new name is on the disk before the old one goes.
  await flushDirectory(to.base, to.handle);
  try {
    if (isPrivate(from.path)) {
      // A private name that comes back with a power cut is removed like any other leftover: nobody waits for the disk.
      await calls.unlink(from.native);
      return;
    }
    await releaseSharedName(move, before);
  } catch (error) {
    await takeBackName(move, before);
    throw error;
  }
  await flushDirectory(from.base, from.handle);
}

/** After the old name could not be taken away. When this fails as well, both stay, as after a crash. */
async function takeBackName({ from, to, calls }: Move, before: BigIntStats): Promise<void> {
  try {
    if (isSameFile(await lstat(from.native, { bigint: true }), before)) await calls.unlink(to.native);
  } catch {
    // The error that is told is the first one.
  }
}

/** Where a hard link can not be made: because the new name is the file's own in another spelling, or not at all. */
async function renameOnly(move: Move, before: BigIntStats): Promise<void> {
  const { from, to, calls } = move;
  if ((await isThere(to.native)) && !(await isOwnName(move, before))) throw nameTaken(to.call);
  await statExpected(from, move.expect);
  try {
    await calls.rename(from.native, to.native);
  } catch (error) {
    // A directory came to the name just now.
    throw ['EEXIST', 'ENOTEMPTY', 'EISDIR'].includes(systemCode(error) ?? '') ? nameTaken(to.call) : error;
  }
  if (isAsExpected(await lstat(to.native, { bigint: true }), move.expect)) return;
  // Another file came to the old name just before: it goes back, unless there is a still newer one.
  if (!(await isThere(from.native))) await calls.rename(to.native, from.native);
  throw fileChanged(from.call);
}

/** Whether both names are one entry of one directory, on a disk that ignores case or the Unicode form. */
async function isOwnName({ from, to }: Move, before: BigIntStats): Promise<boolean> {
  const [fromName, toName] = [nameOf(from.path), nameOf(to.path)];
  if (fromName === toName || foldCase(fromName) !== foldCase(toName)) return false;
  if (!isSameFile(await lstat(to.native, { bigint: true }), before)) return false;
  if (!isSameFile(await stat(from.base, { bigint: true }), await stat(to.base, { bigint: true }))) return false;
  // Two hard links can have such names on a disk that tells them apart; a rename would then do nothing and say nothing.
  const names = new Set(await readdir(to.base));
  return !(names.has(fromName) && names.has(toName));
}

async function isThere(native: string): Promise<boolean> {
  try {
    await lstat(native);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
