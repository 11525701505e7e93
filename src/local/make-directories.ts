import { hasCode } from '../core/errors.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { Disk, DiskHandle } from './disk.ts';
import {
  diskError,
  linkInPath,
  nameRefused,
  nameTaken,
  refusesName,
  systemCode,
  type DiskCall,
} from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { kindOf } from './file-stat.ts';
import { flushDirectory } from './flush-directory.ts';
import { withDirectory } from './no-links.ts';
import { shareWhileRunning } from './share.ts';

/** Nobody else has business in the private directory; elsewhere the umask rules, as for any program. */
const PRIVATE_MODE = 0o700;
const SHARED_MODE = 0o777;

/**
 * Makes the directories of `path` that are not there, each inside its proven parent, and flushes their names. Follows no
 * link below the root.
 *
 * @throws SyncError name-taken when something that is no directory stands in the way; link-in-path, disk-full,
 * file-unreadable, disk-error
 */
export const makeDirectories = shareWhileRunning(
  (_disk: Disk, root: string, path: string, doing: string) => `${nativePath(root, path)}\0${doing}`,
  makeEach,
);

async function makeEach(disk: Disk, root: string, path: string, doing: string): Promise<void> {
  if (path === '' || (await isDirectory(disk, root, path, doing))) return;
  const mode = path === PRIVATE_DIRECTORY || path.startsWith(`${PRIVATE_DIRECTORY}/`) ? PRIVATE_MODE : SHARED_MODE;
  let above = '';
  for (const segment of path.split('/')) {
    const current = above === '' ? segment : `${above}/${segment}`;
    if (!(await isDirectory(disk, root, current, doing))) {
      await withDirectory(disk, root, above, doing, async (base, handle) => {
        const call: DiskCall = { doing, path: nativePath(root, current) };
        try {
          await makeOne(disk, joinBelow(base, segment), mode, call, segment);
          await flushDirectory(disk, base, handle);
        } catch (error) {
          throw diskError(error, call);
        }
      });
    }
    above = current;
  }
}

/**
 * Runs `use` on a directory as {@link withDirectory} does, and makes it where it is not there; only then are its parents
 * looked at one by one.
 *
 * @param beforeMaking called before anything is made; throws where that would be for nothing.
 */
export async function withDirectoryMade<T>(
  disk: Disk,
  root: string,
  path: string,
  doing: string,
  beforeMaking: () => Promise<unknown>,
  use: (base: string, handle: DiskHandle | undefined) => Promise<T>,
): Promise<T> {
  const seen = { wasThere: false };
  try {
    return await withDirectory(disk, root, path, doing, (base, handle) => {
      seen.wasThere = true;
      return use(base, handle);
    });
  } catch (error) {
    if (seen.wasThere || !hasCode(error, 'file-vanished')) throw error;
  }
  await beforeMaking();
  await makeDirectories(disk, root, path, doing);
  return withDirectory(disk, root, path, doing, use);
}

async function makeOne(disk: Disk, native: string, mode: number, call: DiskCall, name: string): Promise<void> {
  try {
    await disk.mkdir(native, mode);
  } catch (error) {
    if (refusesName(error, name)) throw nameRefused(call, error);
    if (systemCode(error) !== 'EEXIST') throw error;
    // Somebody else may have made it just now.
    const kind = kindOf(await disk.lstat(native));
    if (kind === 'symlink') throw linkInPath(call);
    if (kind !== 'directory') throw nameTaken(call);
  }
}

async function isDirectory(disk: Disk, root: string, path: string, doing: string): Promise<boolean> {
  try {
    await withDirectory(disk, root, path, doing, async () => {});
    return true;
  } catch (error) {
    if (hasCode(error, 'file-vanished')) return false;
    throw error;
  }
}
