import { randomInt } from 'node:crypto';
import { lstat, mkdir, open } from 'node:fs/promises';
import { fileChanged, isMissing, nameTaken, systemCode } from './disk-errors.ts';
import { joinBelow, nameOf } from './disk-path.ts';
import { isAsExpected, isSameFile, type DiskStat } from './file-stat.ts';
import { makeDirectories } from './make-directories.ts';
import type { Move } from './move-steps.ts';
import { withDirectory } from './no-links.ts';
import { removeEmptyDirectory } from './remove.ts';
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
export async function takeIntoPrivate({ from, to, expect, calls }: Move): Promise<void> {
  const reserved = await reserve(to.native);
  if (reserved === undefined) throw nameTaken(to.call);
  try {
    await calls.rename(from.native, to.native);
  } catch (error) {
    if (isSameFile(await lstat(to.native, { bigint: true }), reserved)) await calls.unlink(to.native);
    throw error;
  }
  if (isAsExpected(await lstat(to.native, { bigint: true }), expect)) return;
  await giveBack(to.native, from.native, calls);
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
  const { root, from, calls, useProc } = move;
  const aside = await makeAside(root, useProc);
  try {
    await withDirectory(root, aside, DOING, useProc, async (base) => {
      const held = joinBelow(base, nameOf(from.path));
      try {
        await calls.rename(from.native, held);
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      if (isSameFile(await lstat(held, { bigint: true }), moved)) await calls.unlink(held);
      else await giveBack(held, from.native, calls);
    });
  } finally {
    await removeEmptyDirectory(root, aside, useProc);
  }
}

/** Creates an empty file, or undefined when something is there. */
async function reserve(native: string): Promise<DiskStat | undefined> {
  try {
    const handle = await open(native, 'wx', 0o600);
    try {
      return await handle.stat({ bigint: true });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Puts a file under a name again where nothing is. Else there is a newer one, and this one stays in the trash. */
async function giveBack(held: string, native: string, calls: Move['calls']): Promise<void> {
  try {
    await calls.link(held, native);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    const isFree = await lstat(native).then(() => false, isMissing);
    if (!isFree) return;
    await calls.rename(held, native);
    return;
  }
  await calls.unlink(held);
}

/** A fresh directory in the trash, so that whatever a crash leaves there is found and expires like everything else. */
async function makeAside(root: string, useProc: boolean): Promise<string> {
  await makeDirectories(root, TRASH_DIRECTORY, DOING, useProc);
  return withDirectory(root, TRASH_DIRECTORY, DOING, useProc, async (base) => {
    for (;;) {
      const letters = Array.from({ length: 4 }, () => String.fromCharCode(0x61 + randomInt(26))).join('');
      const stamp = trashStamp(Date.now(), letters);
      try {
        await mkdir(joinBelow(base, stamp), { mode: 0o700 });
        return `${TRASH_DIRECTORY}/${stamp}`;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
    }
  });
}
