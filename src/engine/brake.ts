import { checkBrake, type BrakeReason, type PlanTotals } from '../core/brake.ts';
import { isPlanned } from '../core/plan.ts';
import type { Compared } from './compare.ts';
import type { Scope } from './scope.ts';

/** After this a whole comparison begins to count anew, in milliseconds; those that come sooner go on. */
const COUNTED_FOR_MS = 3_600_000;

/** So many paths are remembered; beyond them one that comes again counts again, which only holds too early. */
const MAX_REMEMBERED = 10_000;

/** Beyond so many, files are not counted for each plan. */
const MANY_FILES = 10_000;

const NOTHING: Done = { deleted: 0, written: 0 };

/** Different paths: those that came first by their names, the others by their number. */
class Paths {
  readonly remembered = new Set<string>();
  beyond = 0;

  add(path: string): void {
    if (this.remembered.has(path)) return;
    if (this.remembered.size < MAX_REMEMBERED) this.remembered.add(path);
    else this.beyond += 1;
  }
}

/** What was deleted or replaced by plans that the brake let through. */
class Passed {
  readonly deleted = new Paths();
  readonly replaced = new Paths();
}

/** Counts in one comparison what the brake looks at. */
export class BrakeCounter {
  /** Rows of base that were compared: the others are left out of both sides. */
  inView = 0;
  deletions = 0;
  replacements = 0;
  /** Deletions and replacements of paths that have been counted before, and came back. */
  again = 0;
  readonly paths = new Passed();
  readonly #passed: Passed;

  /** @param passed what earlier plans did already, which counts once. */
  constructor(passed: Passed) {
    this.#passed = passed;
  }

  /** To be called for all that is compared, whether anything is done about it now or not. */
  see(compared: Compared): void {
    if (compared.kind === 'path' && compared.merged.base?.retained === false) this.inView += 1;
  }

  /** To be called for what may go into the plan. Nothing else counts: what is only told replaces nothing. */
  take(compared: Compared): void {
    if (compared.kind !== 'path' || !isPlanned(compared.action)) return;
    const { action, merged } = compared;
    const { base, local, path } = merged;
    if (action.kind === 'delete-remote' || action.kind === 'delete-local') {
      if (this.#passed.deleted.remembered.has(path)) this.again += 1;
      else this.deletions += 1;
      this.paths.deleted.add(path);
      return;
    }
    if (base === undefined || local === undefined) return;
    // Of files only a change of size counts as a replacement: times that moved alone (a restore, chmod -R) are no mass
    // change. What is fetched replaces a file whatever its size.
    if (action.kind !== 'download' && base.sizeBytes === local.sizeBytes) return;
    if (this.#passed.replaced.remembered.has(path)) this.again += 1;
    else this.replacements += 1;
    this.paths.replaced.add(path);
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

/** What the brake asks of a folder. */
export interface BrakeFacts {
  /** Counts the files that both sides have. */
  readonly countKnown: () => number;
  /** Whether both sides have a file. */
  readonly isKnown: (path: string) => boolean;
  /** Whether something is to be done about a path by itself. */
  readonly isPlanned: (path: string) => boolean;
  /** How many files were deleted, and sent or fetched, since the folder is watched. */
  readonly done: () => Done;
  /** A clock that never jumps, in milliseconds. */
  readonly elapsedMs: () => number;
}

interface Done {
  readonly deleted: number;
  readonly written: number;
}

/**
 * The brake of a folder while it is watched. Files that are deleted slowly come in many small plans; so what was let through
 * within about an hour counts too, against the files that there were. Files that are left out, by a rule or by
 * a link in their place, do not count: all others can go without them.
 */
export class Brake {
  readonly #facts: BrakeFacts;
  #countsSinceMs: number | undefined;
  #passed = new Passed();
  /** What had been done when that began to count. */
  #doneBefore: Done = NOTHING;
  /** What counting them last came to; undefined when it is to be done anew. */
  #lastCount: number | undefined;
  /** Files known when a whole comparison began; undefined when the last one was of some paths. */
  #knownBefore: number | undefined;
  /** How many of them it left out. */
  #outOfView = 0;

  constructor(facts: BrakeFacts) {
    this.#facts = facts;
  }

  /**
   * What was let through does not count any more, since a person approved of what it came to.
   *
   * @param before what counts all the same: of that only the number is known.
   */
  beginAnew(before: Done = NOTHING): void {
    this.#passed = new Passed();
    this.#passed.deleted.beyond = before.deleted;
    this.#passed.replaced.beyond = before.written;
    const { deleted, written } = this.#facts.done();
    this.#doneBefore = { deleted: deleted - before.deleted, written: written - before.written };
    this.#lastCount = undefined;
    this.#countsSinceMs = this.#facts.elapsedMs();
  }

  /**
   * Begins to count a comparison. One of everything begins anew, unless the last one that did is not long ago (an edited rule
   * or a watcher that lost track brings one about in the middle of deletions), or it is to show whether what is held still
   * stands: the last of several deletions would then be let through as the only one.
   *
   * @param beforeHeld where a plan is held: what was let through before it and counts with it. Who has not counted yet, since
   * the program was started anew, goes on from there.
   */
  count(scope: Scope, beforeHeld?: Done): BrakeCounter {
    const isWhole = scope.kind === 'everything';
    this.#knownBefore = isWhole ? this.#facts.countKnown() : undefined;
    if (isWhole) {
      this.#lastCount = undefined;
      const sinceMs = this.#countsSinceMs;
      const isLongAgo = sinceMs === undefined || this.#facts.elapsedMs() - sinceMs >= COUNTED_FOR_MS;
      if (beforeHeld === undefined ? isLongAgo : sinceMs === undefined) this.beginAnew(beforeHeld);
    }
    return new BrakeCounter(this.#passed);
  }

  check(plan: BrakeCounter, diskChanged: boolean): BrakeVerdict {
    // A large file that arrives meanwhile may be among those in view and not have been known before.
    if (this.#knownBefore !== undefined) this.#outOfView = Math.max(0, this.#knownBefore - plan.inView);
    const deletions = plan.deletions + this.#passed.deleted.remembered.size + this.#deletedBeyond();
    const replacements = plan.replacements + this.#passed.replaced.remembered.size + this.#replacedBeyond();
    // Not for the one change that most plans are.
    const isSmall = deletions + replacements < 2 && !diskChanged;
    const known = isSmall ? Number.POSITIVE_INFINITY : this.#countKnown(Math.max(deletions, replacements));
    const totals = { known, deletions, replacements, diskChanged };
    const changes = plan.deletions + plan.replacements + plan.again;
    const reason = changes > 0 ? checkBrake(totals) : undefined;
    if (reason === undefined) this.#letThrough(plan);
    return { reason, totals };
  }

  #letThrough({ paths }: BrakeCounter): void {
    const { deleted, replaced } = this.#passed;
    // The old name of what was found to have moved is not in the plan any more.
    for (const path of paths.deleted.remembered) if (this.#facts.isPlanned(path)) deleted.add(path);
    deleted.beyond += paths.deleted.beyond;
    for (const path of paths.replaced.remembered) replaced.add(path);
    replaced.beyond += paths.replaced.beyond;
  }

  /**
   * Files that are known, and those that plans which were let through have taken away: if all that are known are to go now, the
   * two are as many as are deleted in all. Counting reads all of base, so that where it is large an earlier count will do for
   * what is a small part of it.
   */
  #countKnown(changes: number): number {
    const last = this.#lastCount ?? 0;
    if (last > MANY_FILES && changes * 4 < last) return last;
    return (this.#lastCount = this.#facts.countKnown() + this.#countGone() - this.#outOfView);
  }

  /** Files that plans which were let through have deleted, and that did not come back. */
  #countGone(): number {
    const isGone = (path: string) => !this.#facts.isKnown(path);
    return [...this.#passed.deleted.remembered].filter(isGone).length + this.#deletedBeyond();
  }

  #deletedBeyond(): number {
    return carriedOut(this.#passed.deleted, this.#facts.done().deleted - this.#doneBefore.deleted);
  }

  #replacedBeyond(): number {
    return carriedOut(this.#passed.replaced, this.#facts.done().written - this.#doneBefore.written);
  }
}

/** How many of the paths that are not remembered are done with: what was let through and called off is planned again. */
function carriedOut({ remembered, beyond }: Paths, done: number): number {
  return Math.min(beyond, Math.max(0, done - remembered.size));
}
