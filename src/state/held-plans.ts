import type { BrakeReason, PlanTotals } from '../core/brake.ts';
import type { Database } from './database.ts';

type Effect = 'deletion' | 'replacement';

/** What the brake looks at in a plan, as it counts it: see `engine/brake`. */
const ROWS: Readonly<Record<Effect, string>> = {
  deletion: "SELECT path FROM plan WHERE folder_id = @folder AND kind IN ('delete-remote', 'delete-local')",
  replacement: `SELECT plan.path FROM plan JOIN base ON base.folder_id = plan.folder_id AND base.path = plan.path
    WHERE plan.folder_id = @folder AND plan.file_id IS NOT NULL
      AND plan.kind IN ('upload', 'download', 'reconcile', 'confirm-local')
      AND (plan.kind = 'download' OR plan.local_size_bytes <> base.size_bytes)`,
};

interface Statements {
  readonly note: { run(folder: { folder: string }): unknown };
  readonly exceeds: { get(folder: { folder: string }): unknown };
  readonly isLess: { get(folder: { folder: string }): unknown };
  readonly forgetBase: { run(folder: { folder: string }): { changes: number } };
}

/**
 * Plans that the brake holds, and the `held_change` table: what they would delete and replace. That is what a person sees and
 * lets go on, however often the plan is made anew meanwhile.
 */
export class HeldPlanTable {
  readonly #deletion: Statements;
  readonly #replacement: Statements;
  readonly #effects: readonly Statements[];
  readonly #count;
  readonly #clear;

  constructor(db: Database) {
    this.#deletion = statementsOf(db, 'deletion');
    this.#replacement = statementsOf(db, 'replacement');
    this.#effects = [this.#deletion, this.#replacement];
    this.#count = db.prepare<[string], { effect: Effect; count: number }>(
      'SELECT effect, count(*) AS count FROM held_change WHERE folder_id = ? GROUP BY effect',
    );
    this.#clear = db.prepare('DELETE FROM held_change WHERE folder_id = ?');
  }

  /**
   * Notes what the plan as it stands would delete and replace.
   *
   * @returns whether there is anything in it that was not noted before.
   */
  note(folderId: string): boolean {
    const isMore = this.#effects.some(({ exceeds }) => exceeds.get({ folder: folderId }) !== undefined);
    if (!isMore && !this.#isLess(folderId)) return false;
    this.clear(folderId);
    for (const { note } of this.#effects) note.run({ folder: folderId });
    return isMore;
  }

  /** Whether the plan is the one that was noted: it is not while it is made anew, nor after that was broken off. */
  isWhole(folderId: string): boolean {
    return (
      !this.#effects.some(({ exceeds }) => exceeds.get({ folder: folderId }) !== undefined) && !this.#isLess(folderId)
    );
  }

  /** Whether the plan as it stands has something of what it is held for that was not noted. */
  exceedsNoted(folderId: string, reason: BrakeReason): boolean {
    return this.#of(reason).exceeds.get({ folder: folderId }) !== undefined;
  }

  /**
   * What was let through before the plan that is held and was counted with it: what it came to beyond what is noted. Of a hold
   * of a version that noted nothing that can not be told.
   */
  doneBefore(
    folderId: string,
    { deletions, replacements }: PlanTotals,
  ): { readonly deleted: number; readonly written: number } {
    const noted = { deletion: 0, replacement: 0 };
    for (const { effect, count } of this.#count.all(folderId)) noted[effect] = count;
    if (noted.deletion + noted.replacement === 0) return { deleted: 0, written: 0 };
    return {
      deleted: Math.max(0, deletions - noted.deletion),
      written: Math.max(0, replacements - noted.replacement),
    };
  }

  #isLess(folderId: string): boolean {
    return this.#effects.some(({ isLess }) => isLess.get({ folder: folderId }) !== undefined);
  }

  /**
   * Forgets what both sides agreed on of the noted paths that the plan is held for. Without that nothing is a deletion: what one
   * side lost comes back from the other, and of what was replaced both versions are kept. The plan itself may be gone by then, or
   * not be whole, where making it anew was broken off.
   *
   * @returns how many paths.
   */
  forgetCause(folderId: string, reason: BrakeReason): number {
    return this.#of(reason).forgetBase.run({ folder: folderId }).changes;
  }

  clear(folderId: string): void {
    this.#clear.run(folderId);
  }

  #of(reason: BrakeReason): Statements {
    return reason === 'replaces-all' ? this.#replacement : this.#deletion;
  }
}

function statementsOf(db: Database, effect: Effect): Statements {
  const rows = ROWS[effect];
  return {
    note: db.prepare(
      `INSERT INTO held_change (folder_id, effect, path) SELECT @folder, '${effect}', path FROM (${rows})`,
    ),
    exceeds: db.prepare(
      `${rows} AND NOT EXISTS (SELECT 1 FROM held_change WHERE held_change.folder_id = plan.folder_id
         AND held_change.effect = '${effect}' AND held_change.path = plan.path) LIMIT 1`,
    ),
    isLess: db.prepare(
      `SELECT 1 FROM held_change WHERE folder_id = @folder AND effect = '${effect}' AND path NOT IN (${rows}) LIMIT 1`,
    ),
    forgetBase: db.prepare(
      `DELETE FROM base WHERE folder_id = @folder
         AND path IN (SELECT path FROM held_change WHERE folder_id = @folder AND effect = '${effect}')`,
    ),
  };
}
