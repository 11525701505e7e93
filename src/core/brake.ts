/** What a plan would do to one side, counted while it is made. */
export interface PlanTotals {
  /** Files known on that side before. */
  readonly known: number;
  readonly deletions: number;
  /** Files of that side whose content would be replaced. */
  readonly replacements: number;
}

/** Why a plan is held for a person to look at. */
export type BrakeReason = 'deletes-most' | 'empties-side' | 'replaces-all';

/** Below this many files a person sees at a glance what happened, and no brake is needed. */
const SMALL_PLAN = 10;

/**
 * The mass-change brake (safety rule 3): a plan that would delete more than half of a side, empty it, or replace every
 * file is held until a person approves it. An emptied side is held from two files on; the other reasons from eleven.
 */
export function checkBrake(totals: PlanTotals): BrakeReason | undefined {
  const { known, deletions, replacements } = totals;
  if (known > 1 && deletions >= known) return 'empties-side';
  if (deletions > SMALL_PLAN && deletions * 2 > known) return 'deletes-most';
  if (replacements > SMALL_PLAN && replacements >= known) return 'replaces-all';
  return undefined;
}
