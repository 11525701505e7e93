/** What a plan would do to one side, counted while it is made. */
export interface PlanTotals {
  /** Files known on that side before. */
  readonly known: number;
  readonly deletions: number;
  /** Files of that side whose content would be replaced. */
  readonly replacements: number;
  /**
   * The root is on another file system than before, with our marker in it. Device numbers may change with a reboot, so
   * that alone stops nothing; but a disk that was copied in part looks like this too, so then no deletion is believed.
   */
  readonly diskChanged: boolean;
}

/** Why a plan is held for a person to look at. */
export type BrakeReason = 'deletes-most' | 'empties-side' | 'replaces-all' | 'disk-changed';

/** Below this many files a person sees at a glance what happened, and no brake is needed. */
const SMALL_PLAN = 10;

/**
 * The mass-change brake (safety rule 3): a plan that would delete more than half of a side, empty it, or replace every
 * file is held until a person approves it, and so is any deletion found on a disk that is not the one seen before. An emptied
 * side is held from two files on; the other reasons from eleven.
 */
export function checkBrake(totals: PlanTotals): BrakeReason | undefined {
  const { known, deletions, replacements, diskChanged } = totals;
  if (diskChanged && deletions > 0) return 'disk-changed';
  if (deletions > 1 && deletions >= known) return 'empties-side';
  if (deletions > SMALL_PLAN && deletions * 2 > known) return 'deletes-most';
  if (replacements > SMALL_PLAN && replacements >= known) return 'replaces-all';
  return undefined;
}
