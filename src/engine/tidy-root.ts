import { SyncError } from '../core/errors.ts';
import type { JournalledDownload } from '../core/journal.ts';
import type { RelativePath } from '../core/paths.ts';
import { emptyTrash } from '../local/trash.ts';
import { cleanTemporary } from '../transfer/index.ts';
import { headRemote, type FolderContext } from './folder-context.ts';
import { trashAgeMs } from './trash-age.ts';

/** For so long a comparison waits at most for the trash to be emptied; the next one goes on. */
const EMPTYING_MS = 10_000;

/**
 * Removes what no download will go on with, and what has been in the trash for long enough. Who only uploads may have both from
 * before.
 */
export async function tidyRoot(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { environment, folder, state, large } = context;
  const { fs, clock, log } = environment;
  const { localRoot } = folder;
  const isUnwanted = (download: JournalledDownload) => isOver(context, download, signal);
  // From a disk that was mounted for reading alone, say, files are sent all the same.
  const clean = () => cleanTemporary(environment, localRoot, state.downloads, isUnwanted);
  // A download under way is gone on with, however old the clock makes it, and may have a file that is not in the journal yet.
  const left = large.size > 0 ? undefined : await problemOf(clean);
  if (left !== undefined) log.warn('What interrupted downloads left could not be removed', { error: left.message });
  const keptMs = trashAgeMs({ environment, state });
  // Asked once: a clock that is set right meanwhile must not make the rest of it old.
  const nowMs = clock.now();
  const untilMs = clock.monotonic() + EMPTYING_MS;
  const empty = async (): Promise<SyncError | undefined> => {
    const { problem, hasMore, removedFiles } = await emptyTrash(fs, localRoot, keptMs, nowMs);
    // What could not be removed would be tried for ever.
    const isDone = !hasMore || removedFiles === 0 || signal.aborted || clock.monotonic() >= untilMs;
    return isDone ? problem : ((await empty()) ?? problem);
  };
  const kept = await problemOf(empty);
  if (kept !== undefined) log.warn('The trash could not be emptied', { error: kept.message });
}

/** To be asked once the plan is made. The object of a path that is not planned, as it can not be looked at now, may still be there. */
async function isOver(
  context: FolderContext,
  { key, etag }: JournalledDownload,
  signal: AbortSignal,
): Promise<boolean> {
  const { folder, state, filter } = context;
  const path = key.slice(folder.prefix.length) as RelativePath;
  if (filter.ignoresFile(path)) return true;
  return !state.plans.has(folder.id, path) && (await headRemote(context, path, signal))?.etag !== etag;
}

async function problemOf(tidy: () => Promise<SyncError | undefined>): Promise<SyncError | undefined> {
  try {
    return await tidy();
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
}
