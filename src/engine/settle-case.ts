import { heldSpelling } from '../core/case-fold.ts';
import type { PlanTable, StateStore } from '../state/index.ts';
import { DiskNames, type DiskSpelling } from './disk-names.ts';
import type { FolderContext } from './folder-context.ts';
import { planRows } from './plan-rows.ts';

/** A planned path whose name another spelling holds. */
export interface CaseClash {
  readonly path: string;
  /** What holds the name, in its own spelling: a file, or a directory above the path. */
  readonly holder: string;
  /** Whether it was to be deleted. */
  readonly sparesDeletion: boolean;
}

/**
 * Takes out of a plan what a disk that ignores case can not hold beside what it holds (safety rule 13). The spelling on the
 * disk stays; the other one is neither fetched nor deleted. A name that only changes its case is no clash: there the old
 * spelling goes, and goes first.
 *
 * To be called when a comparison is written and before moves are paired.
 *
 * @param givesWay asked whether a holder is nothing but empty directories, which then are in nobody's way.
 */
export async function settleCase(
  { environment, state, folder }: Pick<FolderContext, 'environment' | 'state' | 'folder'>,
  plans: PlanTable,
  givesWay: (holder: string) => Promise<boolean>,
): Promise<CaseClash[]> {
  const names = new DiskNames(environment.fs, folder.localRoot);
  const clashes: CaseClash[] = [];
  for (const { path, kind, local } of planRows(plans, folder.id)) {
    // Objects that are to come, and objects of files that are gone: those whose name on the disk may be another one's.
    if (kind !== 'download' && kind !== 'delete-remote') continue;
    if (local !== undefined && !isTold(state, folder.id, path)) continue;
    const there = await names.spell(path);
    const holder = heldSpelling(path, there.path.split('/'));
    if (holder === undefined) continue;
    const isDownload = kind === 'download';
    const isNoClash = isDownload
      ? plans.clears(folder.id, holder) || (await givesWay(holder))
      : !there.isBlocked && isGone(state, folder.id, path, there);
    if (isNoClash) continue;
    plans.delete(folder.id, path);
    clashes.push({ path, sparesDeletion: !isDownload, holder });
  }
  return clashes;
}

/** Whether another spelling was there at the last look: where the disk is as base remembers it, the file seems to be there. */
function isTold({ problems }: StateStore, folderId: string, path: string): boolean {
  return problems.get(folderId, path, 'comparison')?.code === 'case-clash';
}

/**
 * Whether the file of `path` is really gone: it was deleted, or renamed to the spelling that is there now. Not so where base
 * knows two files of such names, as after a move from a disk that could hold both.
 */
function isGone({ base }: StateStore, folderId: string, path: string, there: DiskSpelling): boolean {
  const other = there.isWhole ? base.get(folderId, there.path) : undefined;
  return other === undefined || other.fileId === base.get(folderId, path)?.fileId;
}
