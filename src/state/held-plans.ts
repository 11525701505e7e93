import type { BrakeReason } from '../core/brake.ts';
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
  readonly approve: { run(folder: { folder: string }): unknown };
  readonly exceeds: { get(folder: { folder: string }): unknown };
  readonly forgetBase: { run(folder: { folder: string }): { changes: number } };
}

/** Plans that the brake held, and the `approved_change` table: what of them a person saw and let go on. */
export class HeldPlanTable {
  readonly #deletion: Statements;
  readonly #replacement: Statements;
  readonly #clear;

  constructor(db: Database) {
    this.#deletion = statementsOf(db, 'deletion');
    this.#replacement = statementsOf(db, 'replacement');
    this.#clear = db.prepare('DELETE FROM approved_change WHERE folder_id = ?');
  }

  /** Notes what the plan as it stands would delete and replace: that much is approved, and nothing else. */
  approve(folderId: string): void {
    this.clear(folderId);
    for (const { approve } of [this.#deletion, this.#replacement]) approve.run({ folder: folderId });
  }

  /** Whether the plan as it stands has something of what it is held for that nobody approved. */
  exceedsApproval(folderId: string, reason: BrakeReason): boolean {
    return this.#of(reason).exceeds.get({ folder: folderId }) !== undefined;
  }

  /**
   * Forgets what both sides agreed on of the paths that the plan is held for. Without that nothing is a deletion: what one side
   * lost comes back from the other, and of what was replaced both versions are kept.
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
    approve: db.prepare(
      `INSERT INTO approved_change (folder_id, effect, path) SELECT @folder, '${effect}', path FROM (${rows})`,
    ),
    exceeds: db.prepare(
      `${rows} AND NOT EXISTS (SELECT 1 FROM approved_change WHERE approved_change.folder_id = plan.folder_id
         AND approved_change.effect = '${effect}' AND approved_change.path = plan.path) LIMIT 1`,
    ),
    forgetBase: db.prepare(`DELETE FROM base WHERE folder_id = @folder AND path IN (${rows})`),
  };
}
