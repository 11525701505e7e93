import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { keyOf, parseRelativePath } from '../core/paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import { relativeTo } from './folders.ts';

/** A path on this computer, and what it is in a bucket. */
export interface Located {
  readonly folder: FolderRow;
  /** The key of the file; for a directory what its keys start with, with the slash. */
  readonly key: string;
  /** The path below the folder's root as the disk spells it; `''` for the root. */
  readonly diskPath: string;
}

/**
 * The folder that a path is in, and its key. The path need not be there any more: a file that is asked for may have been
 * deleted.
 *
 * @param path absolute.
 * @throws SyncError not-in-folder
 */
export async function locatePath(fs: FileSystem, state: StateStore, path: string): Promise<Located> {
  const resolved = await resolveAsFarAsThere(fs, path);
  for (const folder of state.folders.list()) {
    const below = relativeTo(folder.localRoot, resolved);
    if (below === undefined) continue;
    if (below === '') return { folder, key: folder.prefix, diskPath: '' };
    const relative = parseRelativePath(below);
    if (relative === undefined) break;
    const key = keyOf(folder.prefix, relative);
    const stat = await fs.stat(folder.localRoot, below);
    return { folder, key: stat?.kind === 'directory' ? `${key}/` : key, diskPath: below };
  }
  throw new SyncError({
    code: 'not-in-folder',
    message: `${path} is in no synced folder.`,
    advice: 'Give a path below one of the synced folders, or an object of a bucket.',
    command: 'rustfs-sync folder list',
  });
}

/** The path with the links in it resolved, as far as it is there. */
async function resolveAsFarAsThere(fs: FileSystem, path: string): Promise<string> {
  try {
    return await fs.resolveRoot(path);
  } catch (error) {
    const above = dirname(path);
    if (!hasCode(error, 'file-vanished') || above === path) throw error;
    return join(await resolveAsFarAsThere(fs, above), basename(path));
  }
}
