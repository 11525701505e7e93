import { SyncError } from '../core/errors.ts';
import { emptyTrash } from '../local/trash.ts';
import { cleanTemporary } from '../transfer/index.ts';
import type { FolderContext } from './folder-context.ts';
import { trashAgeMs } from './trash-age.ts';

/** Removes what no download will go on with, and what has been in the trash for long enough. */
export async function tidyRoot({ environment, folder, state }: FolderContext): Promise<void> {
  const { fs, clock, log } = environment;
  const { localRoot } = folder;
  // Who only uploads has neither.
  if (folder.mode === 'upload') return;
  // From a disk that was mounted for reading alone, say, files are sent all the same.
  const tidy = async (what: string, work: () => Promise<SyncError | undefined>) => {
    const problem = await work().catch((error: unknown) => {
      if (error instanceof SyncError) return error;
      throw error;
    });
    if (problem !== undefined) log.warn(what, { error: problem.message });
  };
  await tidy('What interrupted downloads left could not be removed', () =>
    cleanTemporary(environment, localRoot, state.downloads),
  );
  const keptMs = trashAgeMs({ environment, state });
  await tidy('The trash could not be emptied', async () => {
    return (await emptyTrash(fs, localRoot, keptMs, clock.now())).problem;
  });
}
