import { parentOf } from '../core/paths.ts';
import { nativePath } from './disk-path.ts';
import { diskError, fileChanged } from './disk-errors.ts';
import { isAsExpected, type DiskStat } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';
import { inGroups, settleEach, type Settled } from './groups.ts';
import { withDirectoryMade } from './make-directories.ts';
import {
  DOING,
  flushBoth,
  linkExpected,
  fromEnd,
  statExpected,
  toEnd,
  type Move,
  type MoveTask,
} from './move-steps.ts';
import { withDirectory } from './no-links.ts';

const placeInGroups = inGroups(placeTogether);

/**
 * `moveFile` for a file of the private directory: a finished download, or one that comes back from the trash. Files
 * that go from one directory to one other do so together, with one flush of the names for all of them.
 */
export async function placeFile(task: MoveTask): Promise<DiskStat> {
  const { root, from, to } = task;
  return placeInGroups(`${nativePath(root, parentOf(from))}\0${nativePath(root, parentOf(to))}`, task);
}

async function placeTogether(tasks: readonly MoveTask[]): Promise<readonly Settled<DiskStat>[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  const { disk, root } = first;
  return withDirectory(disk, root, parentOf(first.from), DOING, async (base, handle) => {
    const isWorthIt = async () => {
      const found = await settleEach(tasks, (task) =>
        statExpected(task.disk, fromEnd(task, base, handle), task.expect),
      );
      const refused = found.find((one) => one.status === 'rejected');
      if (refused !== undefined && found.every((one) => one.status === 'rejected')) throw refused.reason;
    };
    return withDirectoryMade(disk, root, parentOf(first.to), DOING, isWorthIt, async (toBase, toHandle) =>
      carryOut(
        tasks.map((task) => ({
          ...task,
          from: fromEnd(task, base, handle),
          to: toEnd(task, toBase, toHandle),
        })),
      ),
    );
  });
}

/** All new names are made, then they are flushed to the disk, and only then the old ones go. */
async function carryOut(moves: readonly Move[]): Promise<readonly Settled<DiskStat>[]> {
  const named = await settleEach(moves, async (move) => inItsWords(move, () => addName(move)));
  const [first] = moves;
  if (first !== undefined && named.some((one) => one.status === 'fulfilled')) {
    await inItsWords(first, () => flushDirectory(first.disk, first.to.base, first.to.handle));
  }
  return settleEach(moves, async (move) => {
    const one = named[moves.indexOf(move)];
    if (one?.status !== 'fulfilled') throw one?.reason;
    return inItsWords(move, () => dropOldName(move, one.value));
  });
}

async function inItsWords<T>(move: Move, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, move.to.call);
  }
}

/** @returns the file under both its names; undefined where it was renamed, and has no old name any more. */
async function addName(move: Move): Promise<DiskStat | undefined> {
  const before = await statExpected(move.disk, move.from, move.expect);
  if (await linkExpected(move, before)) return before;
  await flushBoth(move);
  return undefined;
}

/**
 * A private name that can not go, or comes back with a power cut, is a leftover like any other: nobody waits for the disk. The new
 * name stays, since somebody may be writing to the file by it already.
 */
async function dropOldName({ disk, from, to, expect }: Move, before: DiskStat | undefined): Promise<DiskStat> {
  if (before !== undefined) await disk.unlink(from.native);
  const after = await disk.lstat(to.native);
  // What is there may have been edited since. Its stat must not pass for the one of the content that was moved.
  if (!isAsExpected(after, expect)) throw fileChanged(to.call);
  return after;
}
