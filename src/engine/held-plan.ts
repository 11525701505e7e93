import type { HeldPlanItem } from '../api/index.ts';
import { SyncError } from '../core/errors.ts';
import type { FolderHold, FolderRow, StateStore } from '../state/index.ts';
import { planRows } from './plan-rows.ts';
import { previewAction } from './preview.ts';

/**
 * The plan of a folder that the mass-change brake holds: why, what it adds up to, then path by path. Read from the plan that
 * waits to be carried out, a page at a time.
 *
 * @throws SyncError invalid-argument when nothing is held; plan-changed when the plan is not whole, or is made anew before all
 * of it was shown.
 */
export async function* showHeldPlan(
  state: StateStore,
  folder: FolderRow,
): AsyncGenerator<HeldPlanItem, void, undefined> {
  const { reason, totals, approved, revision } = requireHold(state.folders.byId(folder.id) ?? folder);
  const { plans } = state;
  const rowsMade = requireWhole(state, folder);
  const { known, deletions, replacements } = totals;
  yield { kind: 'held', hold: { reason, known, deletions, replacements }, approved, revision };
  for (const { kind, count, sizeBytes } of plans.summary(folder.id)) {
    yield { kind: 'total', action: kind, files: count, bytes: sizeBytes };
  }
  for (const item of planRows(plans, folder.id)) yield previewAction(item);
  if (requireWhole(state, folder) !== rowsMade) throw madeAnew(folder);
}

/** @returns another number than before when rows were made meanwhile. */
function requireWhole({ plans, heldPlans }: StateStore, folder: FolderRow): number {
  if (!heldPlans.isWhole(folder.id)) throw madeAnew(folder);
  return plans.additions;
}

function madeAnew({ localRoot }: FolderRow): SyncError {
  return new SyncError({
    code: 'plan-changed',
    message: `The plan of ${localRoot} is made anew at the moment.`,
    advice: 'Look again in a moment. Where nothing syncs, it is made anew by the next sync.',
    retryable: true,
  });
}

/**
 * Lets the plan go on: what of it was seen, and not a path more.
 *
 * @param seen the revision that was shown.
 * @throws SyncError invalid-argument when nothing is held; plan-changed when it holds more by now than what was seen.
 */
export function approveHeldPlan(state: StateStore, folder: FolderRow, seen: number): void {
  state.transaction(() => {
    const { revision } = requireHold(state.folders.byId(folder.id) ?? folder);
    if (revision !== seen) {
      throw new SyncError({
        code: 'plan-changed',
        message: `The plan of ${folder.localRoot} would delete or replace more by now than what was shown. Nothing was done.`,
        advice: 'Look at it again, and decide then.',
      });
    }
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
