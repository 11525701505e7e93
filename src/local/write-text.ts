import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { hasCode } from '../core/errors.ts';
import { diskError, systemCode } from './disk-errors.ts';
import { joinBelow, nameOf, nativePath, parentOf } from './disk-path.ts';
import { withDirectory } from './no-links.ts';

const DOING = 'Writing';

/**
 * Writes a small text file whole or not at all: beside, flushed, renamed, the directory flushed. Creates the directories
 * above it. Follows no link below the root.
 *
 * @throws SyncError disk-full, link-in-path, file-unreadable, not-a-file, disk-error
 */
export async function writeTextFile(root: string, path: string, text: string, useProc: boolean): Promise<void> {
  const native = nativePath(root, path);
  const parent = parentOf(path);
  try {
    await makeDirectories(root, parent, useProc);
    await withDirectory(root, parent, DOING, useProc, async (base, directory) => {
      // Default ignore rules leave `.#*` out, so that a leftover of a crash is never synced.
      const temporary = joinBelow(base, `.#rustfs-sync-${randomBytes(9).toString('hex')}`);
      try {
        await writeAndFlush(temporary, text);
        await rename(temporary, joinBelow(base, nameOf(path)));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await directory?.sync();
    });
    if (!useProc) await flushDirectory(nativePath(root, parent));
  } catch (error) {
    throw diskError(error, { doing: DOING, path: native });
  }
}

async function makeDirectories(root: string, path: string, useProc: boolean): Promise<void> {
  let above = '';
  for (const segment of path === '' ? [] : path.split('/')) {
    const current = above === '' ? segment : `${above}/${segment}`;
    if (!(await isDirectory(root, current, useProc))) {
      await withDirectory(root, above, DOING, useProc, async (base, directory) => {
        await mkdir(joinBelow(base, segment)).catch((error: unknown) => {
          if (systemCode(error) !== 'EEXIST') throw error;
        });
        await directory?.sync();
      });
    }
    above = current;
  }
}

async function isDirectory(root: string, path: string, useProc: boolean): Promise<boolean> {
  try {
    await withDirectory(root, path, DOING, useProc, async () => {});
    return true;
  } catch (error) {
    if (hasCode(error, 'file-vanished')) return false;
    throw error;
  }
}

async function writeAndFlush(native: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const handle = await open(native, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Windows can not flush a directory and needs not: NTFS journals the rename. */
async function flushDirectory(native: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(native, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
