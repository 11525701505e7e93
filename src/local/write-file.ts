import type { Finish } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { nameOf, parentOf } from '../core/paths.ts';
import { NEW_FILE, type Disk } from './disk.ts';
import { diskError, fileChanged, isMissing, linkInPath, notAFile, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { kindOf, type DiskStat } from './file-stat.ts';
import { settableTime } from './file-times.ts';
import { inGroups, settleEach, type Settled } from './groups.ts';
import { makeDirectories } from './make-directories.ts';
import { withDirectory } from './no-links.ts';
import { refuseOutsidePrivate } from './private-paths.ts';
import { asFarAsKept, NEW_FILE_MODE } from './writable-file.ts';

/** As programs are made: whoever may read them may execute them. */
const NEW_PROGRAM_MODE = 0o777;

/** A file to write whole. */
export interface WriteTask {
  readonly disk: Disk;
  readonly root: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly how: Omit<Finish, 'sizeBytes'>;
}

const writeInGroups = inGroups(writeTogether);

/**
 * Writes a small file below the private directory and flushes it, creating the directories above it. Another file that has the
 * name loses it, and is not written through where it has more names. Files of one directory are written together.
 *
 * @throws SyncError invalid-argument (outside the private directory), link-in-path, not-a-file, name-taken (a file stands
 * where a directory is needed), disk-full, file-unreadable, disk-error
 */
export async function writePrivateFile(task: WriteTask): Promise<DiskStat> {
  const { disk, root, path } = task;
  refuseOutsidePrivate(path);
  const call: DiskCall = { doing: 'Writing', path: nativePath(root, path) };
  const write = () => writeInGroups(nativePath(root, parentOf(path)), task);
  try {
    try {
      return await write();
    } catch (error) {
      if (!hasCode(error, 'file-vanished')) throw error;
    }
    await makeDirectories(disk, root, parentOf(path), call.doing);
    return await write();
  } catch (error) {
    throw diskError(error, call);
  }
}

async function writeTogether(tasks: readonly WriteTask[]): Promise<readonly Settled<DiskStat>[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  return withDirectory(first.disk, first.root, parentOf(first.path), 'Writing', (base) =>
    settleEach(tasks, async (task) => {
      const call: DiskCall = { doing: 'Writing', path: nativePath(task.root, task.path) };
      try {
        return await writeOverLeftover(joinBelow(base, nameOf(task.path)), task, call);
      } catch (error) {
        throw diskError(error, call);
      }
    }),
  );
}

async function writeOverLeftover(native: string, task: WriteTask, call: DiskCall): Promise<DiskStat> {
  try {
    return await writeNew(native, task, call);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  await removeLeftover(task.disk, native, call);
  return writeNew(native, task, call);
}

async function writeNew(native: string, { disk, bytes, how }: WriteTask, call: DiskCall): Promise<DiskStat> {
  const handle = await disk.open(native, NEW_FILE, how.executable ? NEW_PROGRAM_MODE : NEW_FILE_MODE);
  try {
    await handle.write(bytes, 0);
    const { mtimeNs } = how;
    if (mtimeNs !== undefined) await asFarAsKept(() => handle.utimes(settableTime(mtimeNs).seconds));
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Only now: some disks give a file its times when it is closed.
  const written = await disk.lstat(native);
  if (written.size !== BigInt(bytes.length)) throw fileChanged(call);
  return written;
}

/** What an interruption left. Only its name goes: it may be that of a file in the tree as well. */
async function removeLeftover(disk: Disk, native: string, call: DiskCall): Promise<void> {
  try {
    const kind = kindOf(await disk.lstat(native));
    if (kind === 'symlink') throw linkInPath(call);
    if (kind !== 'file') throw notAFile(call);
    await disk.unlink(native);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
