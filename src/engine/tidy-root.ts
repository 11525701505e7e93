import { SyncError } from '../core/errors.ts';
import { emptyTrash } from '../local/trash.ts';
import { cleanTemporary } from '../transfer/index.ts';
import type { FolderContext } from './folder-context.ts';
import { trashAgeMs } from './trash-age.ts';

/**
 * Removes what no download will go on with, and what has been in the trash for long enough. Who only uploads may have both from
 * before.
 */
export async function tidyRoot({ environment, folder, state, large, filter }: FolderContext): Promise<void> {
  const { fs, clock, log } = environment;
  const { localRoot } = folder;
  // The journal has paths as the disk spells them.
  const isLeftOut = (path: string) => filter.ignoresFile(path.normalize('NFC'));
  // From a disk that was mounted for reading alone, say, files are sent all the same.
  const clean = () => cleanTemporary(environment, localRoot, state.downloads, isLeftOut);
  // A download under way is gone on with, however old the clock makes it, and may have a file that is not in the journal yet.
  const left = large.size > 0 ? undefined : await problemOf(clean);
  if (left !== undefined) log.warn('What interrupted downloads left could not be removed', { error: left.message });
  const keptMs = trashAgeMs({ environment, state });
  const kept = await problemOf(async () => (await emptyTrash(fs, localRoot, keptMs, clock.now())).problem);
  if (kept !== undefined) log.warn('The trash could not be emptied', { error: kept.message });
}

async function problemOf(tidy: () => Promise<SyncError | undefined>): Promise<SyncError | undefined> {
  try {
    return await tidy();
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
}
