import { hasCode } from '../core/errors.ts';
import { parentOf } from '../core/paths.ts';
import { diskError, fileChanged } from './disk-errors.ts';
import { isAsExpected, type DiskStat } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';
import { withDirectoryMade } from './make-directories.ts';
import { DOING, flushBoth, fromEnd, linkExpected, statExpected, takeBackName, toEnd } from './move-steps.ts';
import type { Move, MoveTask } from './move-steps.ts';
import { withDirectory } from './no-links.ts';
import { placeFile } from './place-files.ts';
import { isPrivate, refuseKeptNames } from './private-paths.ts';
import { respellDirectories } from './respell.ts';
import { releaseSharedName, takeIntoPrivate } from './shared-names.ts';

/**
 * Gives the file `from` the name `to`, if it is as expected and nothing is at `to`. Follows no link below the root. Neither
 * replaces nor removes what another program puts at either name meanwhile: the new name is made as a hard link, which the
 * system refuses where something is, and the old name is taken away after that. Where it can not go, the new name of a file of
 * the tree is taken back.
 *
 * After a crash in the middle, or where a private name can not go, the file has both names, and nothing is lost. If the old one was private (a finished
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
export async function moveFile(task: MoveTask): Promise<DiskStat> {
  const { from, to } = task;
  refuseKeptNames(from, to);
  try {
    return await (isPrivate(from) ? placeFile(task) : moveInTree(task));
  } catch (error) {
    throw hasCode(error, 'file-vanished') ? fileChanged(fromEnd(task, '', undefined).call) : error;
  }
}

async function moveInTree(task: MoveTask): Promise<DiskStat> {
  const { disk, root, from, to, expect } = task;
  const respelled = await respellDirectories(disk, root, from, to, expect);
  return withDirectory(disk, root, parentOf(respelled), DOING, async (base, handle) => {
    const source = fromEnd({ ...task, from: respelled }, base, handle);
    const isWorthIt = () => statExpected(disk, source, expect);
    // Its directories were all that was spelled otherwise.
    if (respelled === to && from !== to) return isWorthIt();
    return withDirectoryMade(disk, root, parentOf(to), DOING, isWorthIt, (toBase, toHandle) =>
      carryOut({ ...task, from: source, to: toEnd(task, toBase, toHandle) }),
    );
  });
}

async function carryOut(move: Move): Promise<DiskStat> {
  try {
    const before = await statExpected(move.disk, move.from, move.expect);
    if (isPrivate(move.to.path)) {
      await takeIntoPrivate(move);
      await flushBoth(move);
    } else await giveName(move, before);
    const after = await move.disk.lstat(move.to.native);
    // What is there may have been edited since. Its stat must not pass for the one of the content that was moved.
    if (!isAsExpected(after, move.expect)) throw fileChanged(move.to.call);
    return after;
  } catch (error) {
    throw diskError(error, move.to.call);
  }
}

async function giveName(move: Move, before: DiskStat): Promise<void> {
  if (!(await linkExpected(move, before))) {
    await flushBoth(move);
    return;
  }
  // The new name is on the disk before the old one goes.
  await flushDirectory(move.disk, move.to.base, move.to.handle);
  try {
    await releaseSharedName(move, before);
  } catch (error) {
    await takeBackName(move, before);
    throw error;
  }
  await flushDirectory(move.disk, move.from.base, move.from.handle);
}
