import { checkBrake, type BrakeReason, type PlanTotals } from '../core/brake.ts';
import type { Compared } from './compare.ts';
import type { Scope } from './scope.ts';

/** What one plan would do to a side. */
export interface PlanCounts {
  readonly deletions: number;
  readonly replacements: number;
}

/** Counts in one comparison what the mass-change brake looks at. */
export class BrakeCounter {
  #deletions = 0;
  #replacements = 0;

  take(compared: Compared): void {
    if (compared.kind === 'skipped') return;
    const { action, merged } = compared;
    if (action.kind === 'delete-remote' || action.kind === 'delete-local') this.#deletions += 1;
    // Only a change of size counts as a replacement: times that moved alone (a restore, chmod -R) are no mass change.
    else if (merged.base && merged.local && merged.base.sizeBytes !== merged.local.sizeBytes) this.#replacements += 1;
  }

  /** Moves are no deletions. */
  discount(moves: number): void {
    this.#deletions -= moves;
  }

  counts(): PlanCounts {
    return { deletions: this.#deletions, replacements: this.#replacements };
  }
}

/** What the brake says of a plan. */
export interface BrakeVerdict {
  readonly reason: BrakeReason | undefined;
  readonly totals: PlanTotals;
}

/**
 * The brake of a folder while it is watched. Files that are deleted slowly come in many small plans; so what was let through
 * since the last whole comparison counts too, against the files that there were then.
 */
export class Brake {
  readonly #countKnown: () => number;
  #passed: PlanCounts = { deletions: 0, replacements: 0 };
  #knownAtFullPass: number | undefined;

  /** @param countKnown counts the files that both sides have; asked only where there is enough to hold. */
  constructor(countKnown: () => number) {
    this.#countKnown = countKnown;
  }

  check(plan: PlanCounts, scope: Scope, diskChanged: boolean): BrakeVerdict {
    if (scope.kind === 'everything') {
      this.#passed = { deletions: 0, replacements: 0 };
      this.#knownAtFullPass = undefined;
    }
    const deletions = plan.deletions + this.#passed.deletions;
    const replacements = plan.replacements + this.#passed.replacements;
    // Counting reads all of base: not for the one change that most plans are.
    const known =
      deletions + replacements < 2 ? Number.POSITIVE_INFINITY : (this.#knownAtFullPass ??= this.#countKnown());
    const totals = { known, deletions, replacements, diskChanged };
    const reason = plan.deletions + plan.replacements === 0 ? undefined : checkBrake(totals);
    if (reason === undefined) this.#passed = { deletions, replacements };
    return { reason, totals };
  }
}
