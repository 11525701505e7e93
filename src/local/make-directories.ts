import { lstat, mkdir, type FileHandle } from 'node:fs/promises';
import { hasCode } from '../core/errors.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import { diskError, linkInPath, nameTaken, systemCode, type DiskCall } from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
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
export const makeDirectories = shareWhileRunning(makeEach);

async function makeEach(root: string, path: string, doing: string, useProc: boolean): Promise<void> {
  if (path === '' || (await isDirectory(root, path, doing, useProc))) return;
  const mode = path === PRIVATE_DIRECTORY || path.startsWith(`${PRIVATE_DIRECTORY}/`) ? PRIVATE_MODE : SHARED_MODE;
  let above = '';
  for (const segment of path.split('/')) {
    const current = above === '' ? segment : `${above}/${segment}`;
    if (!(await isDirectory(root, current, doing, useProc))) {
      await withDirectory(root, above, doing, useProc, async (base, handle) => {
        const call: DiskCall = { doing, path: nativePath(root, current) };
        try {
          await makeOne(joinBelow(base, segment), mode, call);
          await flushDirectory(base, handle);
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
  root: string,
  path: string,
  doing: string,
  useProc: boolean,
  beforeMaking: () => Promise<unknown>,
  use: (base: string, handle: FileHandle | undefined) => Promise<T>,
): Promise<T> {
  const seen = { wasThere: false };
  try {
    return await withDirectory(root, path, doing, useProc, (base, handle) => {
      seen.wasThere = true;
      return use(base, handle);
    });
  } catch (error) {
    if (seen.wasThere || !hasCode(error, 'file-vanished')) throw error;
  }
  await beforeMaking();
  await makeDirectories(root, path, doing, useProc);
  return withDirectory(root, path, doing, useProc, use);
}

async function makeOne(native: string, mode: number, call: DiskCall): Promise<void> {
  try {
    await mkdir(native, { mode });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    // Somebody else may have made it just now.
    const there = await lstat(native);
    if (there.isSymbolicLink()) throw linkInPath(call);
    if (!there.isDirectory()) throw nameTaken(call);
  }
}

async function isDirectory(root: string, path: string, doing: string, useProc: boolean): Promise<boolean> {
  try {
    await withDirectory(root, path, doing, useProc, async () => {});
    return true;
  } catch (error) {
    if (hasCode(error, 'file-vanished')) return false;
    throw error;
  }
}
