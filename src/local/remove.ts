import { hasCode } from '../core/errors.ts';
import { nameOf, parentOf } from '../core/paths.ts';
import type { Disk } from './disk.ts';
import { diskError, isMissing, notAFile, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { isThere, kindOf } from './file-stat.ts';
import { withDirectory } from './no-links.ts';
import { refuseKeptDirectory, refuseOutsidePrivate } from './private-paths.ts';

/**
 * Removes a file below the private directory for good; a link there is removed itself. The removal is not flushed: that the
 * file comes back after a power cut does no harm.
 *
 * @throws SyncError invalid-argument (outside the private directory), link-in-path, not-a-file (a directory),
 * file-unreadable, disk-error
 */
export async function removePrivateFile(disk: Disk, root: string, path: string): Promise<void> {
  refuseOutsidePrivate(path);
  const call: DiskCall = { doing: 'Removing', path: nativePath(root, path) };
  await inParent(disk, root, path, call, async (native) => {
    try {
      await disk.unlink(native);
    } catch (error) {
      if (isMissing(error)) return;
      // Systems say different things of a directory.
      throw (await isDirectory(disk, native)) ? notAFile(call) : error;
    }
  });
}

/**
 * Removes a directory below the root if nothing is in it.
 *
 * @returns whether it is gone; false also when something else than a directory is there.
 * @throws SyncError invalid-argument (the root or the private directory), link-in-path, file-unreadable, disk-error
 */
export async function removeEmptyDirectory(disk: Disk, root: string, path: string): Promise<boolean> {
  refuseKeptDirectory(path);
  const call: DiskCall = { doing: 'Removing', path: nativePath(root, path) };
  let isGone = true;
  await inParent(disk, root, path, call, async (native) => {
    try {
      await disk.rmdir(native);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOENT') {
        // Windows says so of a file too.
        isGone = !(await isThere(disk, native));
        return;
      }
      // ENOTDIR: a file, or a link, be it to a directory.
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
      isGone = false;
    }
  });
  return isGone;
}

/** Runs `use` with the way to `path` through its proven parent. Where that is not there, neither is `path`. */
async function inParent(
  disk: Disk,
  root: string,
  path: string,
  call: DiskCall,
  use: (native: string) => Promise<void>,
): Promise<void> {
  try {
    await withDirectory(disk, root, parentOf(path), call.doing, async (base) => {
      try {
        await use(joinBelow(base, nameOf(path)));
      } catch (error) {
        throw diskError(error, call);
      }
    });
  } catch (error) {
    if (!hasCode(error, 'file-vanished')) throw error;
  }
}

async function isDirectory(disk: Disk, native: string): Promise<boolean> {
  return (await isThere(disk, native)) && kindOf(await disk.lstat(native)) === 'directory';
}
