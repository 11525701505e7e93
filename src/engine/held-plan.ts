import type { HeldPlanItem } from '../api/index.ts';
import { SyncError } from '../core/errors.ts';
import type { FolderHold, FolderRow, StateStore } from '../state/index.ts';
import { planRows } from './plan-rows.ts';
import { previewAction } from './preview.ts';

/**
 * The plan of a folder that the mass-change brake holds: why, what it adds up to, then path by path. Read from the plan that
 * waits to be carried out, a page at a time.
 *
 * @throws SyncError invalid-argument when nothing is held.
 */
export async function* showHeldPlan(
  { folders, plans }: StateStore,
  folder: FolderRow,
): AsyncGenerator<HeldPlanItem, void, undefined> {
  const { reason, totals, approved } = requireHold(folders.byId(folder.id) ?? folder);
  const { known, deletions, replacements } = totals;
  yield { kind: 'held', hold: { reason, known, deletions, replacements }, approved };
  for (const { kind, count, sizeBytes } of plans.summary(folder.id)) {
    yield { kind: 'total', action: kind, files: count, bytes: sizeBytes };
  }
  for (const item of planRows(plans, folder.id)) yield previewAction(item);
}

/**
 * Lets the plan go on: what it deletes and replaces as it stands now, and not a path more.
 *
 * @throws SyncError invalid-argument when nothing is held.
 */
export function approveHeldPlan(state: StateStore, folder: FolderRow): void {
  state.transaction(() => {
    requireHold(state.folders.byId(folder.id) ?? folder);
    state.heldPlans.approve(folder.id);
    state.folders.approve(folder.id);
  });
}

/**
 * Undoes what the plan is held for, rather than carry it out. What both sides agreed on of those paths is forgotten, in one
 * transaction; from then on every comparison finds by itself what to do, however often it is cut off: a file that is gone on
 * one side comes back from the other, and of one that was replaced both versions are kept. No content goes on either side.
 *
 * To be called while no cycle of the folder is under way.
 *
 * @returns how many paths it is about.
 * @throws SyncError invalid-argument when nothing is held.
 */
export function revertHeldPlan(state: StateStore, folder: FolderRow): number {
  return state.transaction(() => {
    const { reason } = requireHold(state.folders.byId(folder.id) ?? folder);
    const paths = state.heldPlans.forgetCause(folder.id, reason);
    state.plans.clear(folder.id);
    state.heldPlans.clear(folder.id);
    state.folders.clearHold(folder.id);
    return paths;
  });
}

function requireHold({ id, hold }: FolderRow): FolderHold {
  if (hold !== undefined) return hold;
  throw new SyncError({
    code: 'invalid-argument',
    message: `The folder ${id} has no plan that is held.`,
    advice: 'There is nothing to decide.',
    command: 'rustfs-sync sync --dry-run',
  });
}
