import { heldSpelling } from '../core/case-fold.ts';
import type { Phase, PlanItem } from '../core/plan.ts';
import type { Lane, StateStore } from '../state/index.ts';
import { DiskNames, type DiskSpelling } from './disk-names.ts';
import type { FolderContext } from './folder-context.ts';

/** Plan rows read at a time. */
const PAGE_ROWS = 256;

/** What a plan is checked with against a disk that ignores case. */
export type CaseContext = Pick<FolderContext, 'environment' | 'state' | 'folder'>;

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
 */
export async function settleCase({ environment, state, folder }: CaseContext): Promise<CaseClash[]> {
  const names = new DiskNames(environment.fs, folder.localRoot);
  const clashes: CaseClash[] = [];
  for (const item of withoutFile(state, folder.id)) {
    const there = await names.spell(item.path);
    const holder = heldSpelling(item.path, there.path.split('/'));
    if (holder === undefined) continue;
    const mayGoOn =
      item.kind === 'download' ? state.plans.clears(folder.id, holder) : isRenamed(state, folder.id, item.path, there);
    if (mayGoOn) continue;
    state.plans.delete(folder.id, item.path);
    clashes.push({ path: item.path, sparesDeletion: item.kind === 'delete-remote', holder });
  }
  return clashes;
}

/** Objects that are to come, and objects of files that are gone: those whose name on the disk may be another one's. */
function* withoutFile({ plans }: StateStore, folderId: string): Generator<PlanItem, void, undefined> {
  for (const phase of plans.phases(folderId)) {
    for (const lane of ['small', 'large'] as const) yield* withoutFileIn(plans, folderId, phase, lane);
  }
}

function* withoutFileIn(
  plans: StateStore['plans'],
  folderId: string,
  phase: Phase,
  lane: Lane,
): Generator<PlanItem, void, undefined> {
  for (let after = ''; ;) {
    const page = plans.page(folderId, phase, lane, after, PAGE_ROWS);
    for (const item of page) {
      if (item.local === undefined && (item.kind === 'download' || item.kind === 'delete-remote')) yield item;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    after = last.path;
  }
}

/** Whether the file that holds the name is the one that base knows under the other spelling: it was renamed here. */
function isRenamed({ plans, base }: StateStore, folderId: string, path: string, there: DiskSpelling): boolean {
  if (!there.isWhole || plans.uploadsNew(folderId, there.path)) return true;
  const [before, now] = [base.get(folderId, path), base.get(folderId, there.path)];
  return before !== undefined && now !== undefined && before.fileId === now.fileId;
}
