import { randomInt } from 'node:crypto';
import { NEW_FILE, type Disk } from './disk.ts';
import { fileChanged, isMissing, nameTaken, systemCode } from './disk-errors.ts';
import { joinBelow } from './disk-path.ts';
import { isAsExpected, isSameFile, type DiskStat } from './file-stat.ts';
import { makeDirectories } from './make-directories.ts';
import type { Move } from './move-steps.ts';
import { withDirectory } from './no-links.ts';
import { removeEmptyDirectory } from './remove.ts';
import { nameOf } from '../core/paths.ts';
import { TRASH_DIRECTORY, trashStamp } from '../core/trash-path.ts';

/**
 * Taking a name away in the tree, where an editor may put a new version under it at any moment. An unlink would take that
 * version, so the name is renamed into the private directory instead, which is one step and spares what it moves; then one
 * looks at what came.
 */

const DOING = 'Moving';

/**
 * Moves a file of the tree into the private directory (the trash). No hard link is needed: the target is ours alone, and is
 * reserved by an empty file that the rename replaces. A crash in between leaves that empty file in the trash and the person's
 * one in its place.
 *
 * @throws SyncError name-taken; file-changed when another file had come to the name, which then has it again, or is in the
 * trash if there was a still newer one. The system's own errors.
 */
export async function takeIntoPrivate({ disk, from, to, expect }: Move): Promise<void> {
  const reserved = await reserve(disk, to.native);
  if (reserved === undefined) throw nameTaken(to.call);
  try {
    await disk.rename(from.native, to.native);
  } catch (error) {
    if (isSameFile(await disk.lstat(to.native), reserved)) await disk.unlink(to.native);
    throw error;
  }
  if (isAsExpected(await disk.lstat(to.native), expect)) return;
  await giveBack(disk, to.native, from.native);
  throw fileChanged(from.call);
}

/**
 * Takes the old name away from a file of the tree that has a new one. Another file that came to the old name keeps it. A
 * crash in the middle leaves what had the name in the trash: an entry too many, or a version that somebody saved that very
 * moment.
 *
 * @throws the system's errors, or SyncErrors.
 */
export async function releaseSharedName(move: Move, moved: DiskStat): Promise<void> {
  const { disk, root, from } = move;
  const aside = await makeAside(disk, root);
  try {
    await withDirectory(disk, root, aside, DOING, async (base) => {
      const held = joinBelow(base, nameOf(from.path));
      try {
        await disk.rename(from.native, held);
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      if (isSameFile(await disk.lstat(held), moved)) await disk.unlink(held);
      else await giveBack(disk, held, from.native);
    });
  } finally {
    await removeEmptyDirectory(disk, root, aside);
  }
}

/** Creates an empty file, or undefined when something is there. */
async function reserve(disk: Disk, native: string): Promise<DiskStat | undefined> {
  try {
    const handle = await disk.open(native, NEW_FILE, 0o600);
    try {
      return await handle.stat();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Puts a file under a name again where nothing is. Else there is a newer one, and this one stays in the trash. */
async function giveBack(disk: Disk, held: string, native: string): Promise<void> {
  try {
    await disk.link(held, native);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    const isFree = await disk.lstat(native).then(() => false, isMissing);
    if (!isFree) return;
    await disk.rename(held, native);
    return;
  }
  await disk.unlink(held);
}

/** A fresh directory in the trash, so that whatever a crash leaves there is found and expires like everything else. */
async function makeAside(disk: Disk, root: string): Promise<string> {
  await makeDirectories(disk, root, TRASH_DIRECTORY, DOING);
  return withDirectory(disk, root, TRASH_DIRECTORY, DOING, async (base) => {
    for (;;) {
      const letters = Array.from({ length: 4 }, () => String.fromCharCode(0x61 + randomInt(26))).join('');
      const stamp = trashStamp(Date.now(), letters);
      try {
        await disk.mkdir(joinBelow(base, stamp), 0o700);
        return `${TRASH_DIRECTORY}/${stamp}`;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
    }
  });
}
