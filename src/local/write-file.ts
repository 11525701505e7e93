import type { FileStat, Finish } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { diskError, isMissing, linkInPath, notAFile, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nameOf, nativePath, parentOf } from './disk-path.ts';
import { diskThread, type NewFile } from './disk-thread.ts';
import { kindOf, toFileStat, type DiskStat } from './file-stat.ts';
import { settableTime } from './file-times.ts';
import { inGroups, settleEach, type Settled } from './groups.ts';
import { makeDirectories } from './make-directories.ts';
import { withDirectory } from './no-links.ts';
import { refuseOutsidePrivate } from './private-paths.ts';
import { NEW_FILE_MODE, NOT_KEPT } from './writable-file.ts';

/** As programs are made: whoever may read them may execute them. */
const NEW_PROGRAM_MODE = 0o777;

interface ToWrite {
  readonly root: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly how: Omit<Finish, 'sizeBytes'>;
  readonly useProc: boolean;
}

const writeInGroups = inGroups(writeTogether);

/**
 * Writes a small file below the private directory and flushes it, creating the directories above it. Another file that has the
 * name loses it, and is not written through where it has more names. Files of one directory are written together.
 *
 * @throws SyncError invalid-argument (outside the private directory), link-in-path, not-a-file, name-taken (a file stands
 * where a directory is needed), disk-full, file-unreadable, disk-error
 */
export async function writePrivateFile(task: ToWrite): Promise<FileStat> {
  const { root, path, useProc } = task;
  refuseOutsidePrivate(path);
  const call: DiskCall = { doing: 'Writing', path: nativePath(root, path) };
  const write = () => writeInGroups(`${String(useProc)}\0${nativePath(root, parentOf(path))}`, task);
  try {
    try {
      return toFileStat(await write());
    } catch (error) {
      if (!hasCode(error, 'file-vanished')) throw error;
    }
    await makeDirectories(root, parentOf(path), call.doing, useProc);
    return toFileStat(await write());
  } catch (error) {
    throw diskError(error, call);
  }
}

async function writeTogether(tasks: readonly ToWrite[]): Promise<readonly Settled<DiskStat>[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  return withDirectory(first.root, parentOf(first.path), 'Writing', first.useProc, (base) =>
    settleEach(tasks, async (task) => {
      const call: DiskCall = { doing: 'Writing', path: nativePath(task.root, task.path) };
      try {
        return await writeNew(joinBelow(base, nameOf(task.path)), task, call);
      } catch (error) {
        throw diskError(error, call);
      }
    }),
  );
}

async function writeNew(native: string, { bytes, how }: ToWrite, call: DiskCall): Promise<DiskStat> {
  const file: NewFile = {
    path: native,
    bytes,
    mode: how.executable ? NEW_PROGRAM_MODE : NEW_FILE_MODE,
    seconds: how.mtimeNs === undefined ? undefined : settableTime(how.mtimeNs).seconds,
    notKept: [...NOT_KEPT],
  };
  try {
    return await diskThread.writeNew(file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  await removeLeftover(native, call);
  return diskThread.writeNew(file);
}

/** What an interruption left. Only its name goes: it may be that of a file in the tree as well. */
async function removeLeftover(native: string, call: DiskCall): Promise<void> {
  try {
    const kind = kindOf(await diskThread.lstat(native));
    if (kind === 'symlink') throw linkInPath(call);
    if (kind !== 'file') throw notAFile(call);
    await diskThread.unlink(native);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
