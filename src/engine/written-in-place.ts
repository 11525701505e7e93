import type { BaseEntry } from '../core/entries.ts';
import { hasCode } from '../core/errors.ts';
import type { PlanItem } from '../core/plan.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * A program that has mapped a file into its memory (databases, torrents) changes it without a call. The file's times move with
 * the first change of a page, and not again before the system has written that page to the disk: of a file that is read in
 * between, what is changed afterwards would show in nothing, for ever. Written to the disk first, it does.
 *
 * Such changes keep the file and its size, so that only those are flushed which did: new files, and whole trees of them, cost
 * nothing.
 *
 * @param known what base has of the path.
 * @throws SyncError file-unreadable, disk-error
 */
export async function flushIfWrittenInPlace(
  { environment, folder }: FolderContext,
  { path, local }: PlanItem,
  known: BaseEntry | undefined,
): Promise<void> {
  if (local === undefined || known?.fileId !== local.fileId || known.sizeBytes !== local.sizeBytes) return;
  try {
    await environment.fs.flushFile(folder.localRoot, local.diskPath ?? path);
  } catch (error) {
    // What is not that file any more is found out by whoever reads it next.
    if (!hasCode(error, 'file-vanished', 'not-a-file', 'link-in-path')) throw error;
  }
}
