import { checkBrake, type BrakeReason, type PlanTotals } from '../core/brake.ts';
import type { Compared } from './compare.ts';
import type { Scope } from './scope.ts';

/** So many paths of small plans are remembered; beyond them a path may count twice, which only holds too early. */
const MAX_REMEMBERED = 10_000;

/** Paths that were deleted or replaced by plans that the brake let through. */
interface Passed {
  readonly deleted: Set<string>;
  readonly replaced: Set<string>;
}

/** Counts in one comparison what the brake looks at. */
export class BrakeCounter {
  deletions = 0;
  replacements = 0;
  readonly paths: Passed = { deleted: new Set(), replaced: new Set() };
  readonly #passed: Passed;

  /** @param passed what earlier plans did already, which counts once. */
  constructor(passed: Passed) {
    this.#passed = passed;
  }

  take(compared: Compared): void {
    if (compared.kind === 'skipped') return;
    const { action, merged } = compared;
    const { base, local, path } = merged;
    if (action.kind === 'delete-remote' || action.kind === 'delete-local') {
      if (!this.#passed.deleted.has(path)) this.deletions += 1;
      remember(this.paths.deleted, path);
      return;
    }
    if (base === undefined || local === undefined) return;
    // Of files only a change of size counts as a replacement: times that moved alone (a restore, chmod -R) are no mass
    // change. What is fetched replaces a file whatever its size.
    if (action.kind !== 'download' && base.sizeBytes === local.sizeBytes) return;
    if (!this.#passed.replaced.has(path)) this.replacements += 1;
    remember(this.paths.replaced, path);
  }

  /** Moves are no deletions. */
  discount(moves: number): void {
    this.deletions -= moves;
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
  readonly #isKnown: (path: string) => boolean;
  #passed: Passed = { deleted: new Set(), replaced: new Set() };
  #knownAtFullPass: number | undefined;

  /**
   * @param countKnown counts the files that both sides have; asked only where there is enough to hold.
   * @param isKnown whether both sides have one.
   */
  constructor(countKnown: () => number, isKnown: (path: string) => boolean) {
    this.#countKnown = countKnown;
    this.#isKnown = isKnown;
  }

  /** Begins to count a comparison; one of everything begins anew. */
  count(scope: Scope): BrakeCounter {
    if (scope.kind === 'everything') {
      this.#passed = { deleted: new Set(), replaced: new Set() };
      this.#knownAtFullPass = undefined;
    }
    return new BrakeCounter(this.#passed);
  }

  check(plan: BrakeCounter, diskChanged: boolean): BrakeVerdict {
    const deletions = plan.deletions + this.#passed.deleted.size;
    const replacements = plan.replacements + this.#passed.replaced.size;
    // Counting reads all of base: not for the one change that most plans are.
    const isSmall = deletions + replacements < 2 && !diskChanged;
    const known = isSmall
      ? Number.POSITIVE_INFINITY
      : (this.#knownAtFullPass ??= this.#countKnown() + this.#countGone());
    const totals = { known, deletions, replacements, diskChanged };
    const reason = plan.deletions + plan.replacements > 0 ? checkBrake(totals) : undefined;
    if (reason === undefined) {
      for (const path of plan.paths.deleted) remember(this.#passed.deleted, path);
      for (const path of plan.paths.replaced) remember(this.#passed.replaced, path);
    }
    return { reason, totals };
  }

  /** Files that were known at the last whole comparison, and that plans which were let through have deleted since. */
  #countGone(): number {
    return [...this.#passed.deleted].filter((path) => !this.#isKnown(path)).length;
  }
}

function remember(paths: Set<string>, path: string): void {
  if (paths.size < MAX_REMEMBERED) paths.add(path);
}
