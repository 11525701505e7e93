import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { nameOf, parentOf } from '../core/paths.ts';
import { NEW_FILE, type Disk } from './disk.ts';
import { diskError } from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { flushDirectory } from './flush-directory.ts';
import { makeDirectories } from './make-directories.ts';
import { withDirectory } from './no-links.ts';

const DOING = 'Writing';

/**
 * Writes a small text file whole or not at all: beside, flushed, renamed, the directory flushed. Creates the directories
 * above it. Follows no link below the root.
 *
 * @throws SyncError disk-full, link-in-path, name-taken (a file where a directory is needed), file-unreadable, not-a-file,
 * disk-error
 */
export async function writeTextFile(disk: Disk, root: string, path: string, text: string): Promise<void> {
  const native = nativePath(root, path);
  const parent = parentOf(path);
  try {
    await makeDirectories(disk, root, parent, DOING);
    await withDirectory(disk, root, parent, DOING, async (base, directory) => {
      // Default ignore rules leave `.#*` out, so that a leftover of a crash is never synced.
      const temporary = joinBelow(base, `.#rustfs-sync-${randomBytes(9).toString('hex')}`);
      try {
        await writeAndFlush(temporary, text);
        await rename(temporary, joinBelow(base, nameOf(path)));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await flushDirectory(disk, base, directory);
    });
  } catch (error) {
    throw diskError(error, { doing: DOING, path: native });
  }
}

async function writeAndFlush(native: string, text: string): Promise<void> {
  const handle = await open(native, NEW_FILE, 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}
