import type { Lane } from '../core/plan.ts';
import type { ProblemCode, Severity } from '../core/problems.ts';
import type { Database } from './database.ts';
import { ANYWHERE } from './plans.ts';

/** Who found a problem, and so who takes it away again. */
export type ProblemSource = 'comparison' | 'transfer' | 'folder' | 'conflict' | 'audit';

export interface ProblemFinding {
  readonly path: string;
  readonly source: ProblemSource;
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly detail: string;
  /** When the engine tries again by itself; undefined where it can not. */
  readonly retryAtMs: number | undefined;
}

export interface ProblemRow extends ProblemFinding {
  readonly id: number;
  readonly folderId: string;
  /** How often it was found in a row. */
  readonly attempts: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

type PutProblem = Omit<ProblemFinding, 'retryAtMs'> & {
  readonly folderId: string;
  readonly retryAtMs: number | null;
  readonly pass: number;
  readonly nowMs: number;
};

interface RawProblem {
  id: number;
  folder_id: string;
  path: string;
  source: ProblemSource;
  code: ProblemCode;
  severity: Severity;
  message: string;
  advice: string;
  detail: string;
  attempts: number;
  retry_at_ms: number | null;
  first_ms: number;
  last_ms: number;
}

/**
 * The `problem` table: one row a path and source, there until it is over; of conflicts one a copy, which `detail` names. No later
 * one gets its number.
 */
export class ProblemTable {
  readonly #foundAgain;
  readonly #insert;
  readonly #get;
  readonly #byId;
  readonly #list;
  readonly #listFolder;
  readonly #delete;
  readonly #settle;
  readonly #renumber;
  readonly #deleteBefore;
  readonly #deleteStale;
  readonly #deleteStaleBelow;
  readonly #deleteUnplanned;
  readonly #deleteUnplannedBelow;
  readonly #deleteUnknown;
  readonly #retryNow;
  readonly #retryBelow;
  readonly #clashes;
  readonly #nextRetry;
  readonly #count;

  constructor(db: Database) {
    this.#foundAgain = db.prepare<[PutProblem]>(
      `UPDATE problem SET code = @code, severity = @severity, message = @message, advice = @advice, detail = @detail,
         attempts = attempts + 1, retry_at_ms = @retryAtMs, last_ms = @nowMs, pass = @pass
       WHERE folder_id = @folderId AND path = @path AND source = @source AND (source <> 'conflict' OR detail = @detail)`,
    );
    this.#insert = db.prepare<[PutProblem]>(
      `INSERT INTO problem (folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms, first_ms,
         last_ms, pass)
       VALUES (@folderId, @path, @source, @code, @severity, @message, @advice, @detail, 1, @retryAtMs, @nowMs, @nowMs, @pass)`,
    );
    this.#get = db.prepare<[string, string, string], RawProblem>(
      'SELECT * FROM problem WHERE folder_id = ? AND path = ? AND source = ?',
    );
    this.#byId = db.prepare<[number], RawProblem>('SELECT * FROM problem WHERE id = ?');
    // A limit leaves out what matters least: a folder may have many thousands of links, and one conflict.
    const worst = "severity = 'error' DESC, severity = 'warning' DESC";
    this.#list = db.prepare<[number], RawProblem>(
      `SELECT * FROM problem ORDER BY ${worst}, folder_id, path, id LIMIT ?`,
    );
    this.#listFolder = db.prepare<[string, number], RawProblem>(
      `SELECT * FROM problem WHERE folder_id = ? ORDER BY ${worst}, path, id LIMIT ?`,
    );
    this.#delete = db.prepare('DELETE FROM problem WHERE folder_id = ? AND path = ? AND source = ?');
    this.#settle = db.prepare(
      "DELETE FROM problem WHERE folder_id = ? AND path = ? AND source = 'conflict' AND detail = ?",
    );
    const all = `folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms, first_ms, last_ms, pass`;
    this.#renumber = db.prepare(
      `REPLACE INTO problem (${all})
       SELECT ${all} FROM problem WHERE folder_id = ? AND path = ? AND source = 'conflict' ORDER BY id`,
    );
    this.#deleteBefore = db.prepare('DELETE FROM problem WHERE folder_id = ? AND source = ? AND last_ms < ?');
    this.#deleteStale = db.prepare("DELETE FROM problem WHERE folder_id = ? AND source = 'comparison' AND pass < ?");
    this.#deleteStaleBelow = db.prepare(
      `DELETE FROM problem WHERE folder_id = ? AND source = 'comparison' AND pass < ?
         AND (path = ? OR (path > ? || '/' AND path < ? || '0'))`,
    );
    const unplanned = `DELETE FROM problem WHERE folder_id = ? AND source = 'transfer' AND NOT EXISTS (
         SELECT 1 FROM plan WHERE plan.folder_id = problem.folder_id AND ${ANYWHERE}
           AND plan.path = problem.path)`;
    this.#deleteUnplanned = db.prepare(unplanned);
    this.#deleteUnplannedBelow = db.prepare(`${unplanned} AND (path = ? OR (path > ? || '/' AND path < ? || '0'))`);
    this.#deleteUnknown = db.prepare(
      `DELETE FROM problem WHERE folder_id = ? AND source = 'audit' AND NOT EXISTS (
         SELECT 1 FROM base WHERE base.folder_id = problem.folder_id AND base.path = problem.path)`,
    );
    this.#retryNow = db.prepare('UPDATE problem SET retry_at_ms = 0 WHERE folder_id = ? AND retry_at_ms IS NOT NULL');
    this.#retryBelow = db.prepare(
      `UPDATE problem SET retry_at_ms = 0 WHERE folder_id = ? AND retry_at_ms IS NOT NULL
         AND (path = ? OR (path > ? || '/' AND path < ? || '0'))`,
    );
    // A transfer that failed so was that of the object itself, or it is asked of in vain. So is the object that a name of other
    // case keeps from coming.
    this.#clashes = db.prepare<[{ folder: string }], { path: string; object: string }>(
      `SELECT path, detail AS object FROM problem WHERE folder_id = @folder AND code = 'type-clash' AND source = 'comparison'
       UNION ALL
       SELECT path, path FROM problem WHERE folder_id = @folder AND (code = 'case-clash' OR code = 'type-clash' AND (
         source <> 'comparison' OR EXISTS (
           SELECT 1 FROM base WHERE base.folder_id = problem.folder_id AND base.path = problem.path)))`,
    );
    this.#nextRetry = db.prepare<[string, Lane], { at: number }>(
      `SELECT retry_at_ms AS at FROM problem WHERE folder_id = ? AND retry_at_ms IS NOT NULL AND EXISTS (
         SELECT 1 FROM plan WHERE plan.folder_id = problem.folder_id AND phase IN (0, 1, 2) AND lane IN ('small', ?)
           AND plan.path = problem.path)
       ORDER BY retry_at_ms LIMIT 1`,
    );
    this.#count = db.prepare<[string], { severity: Severity; count: number }>(
      'SELECT severity, count(*) AS count FROM problem WHERE folder_id = ? GROUP BY severity',
    );
  }

  put(folderId: string, found: ProblemFinding, pass: number, nowMs: number): void {
    const values = { ...found, folderId, retryAtMs: found.retryAtMs ?? null, pass, nowMs };
    // In one statement, one that is found again would use up a number each time.
    if (this.#foundAgain.run(values).changes === 0) this.#insert.run(values);
  }

  get(folderId: string, path: string, source: ProblemSource): ProblemRow | undefined {
    const row = this.#get.get(folderId, path, source);
    return row && problemOf(row);
  }

  byId(id: number): ProblemRow | undefined {
    const row = this.#byId.get(id);
    return row && problemOf(row);
  }

  list(folderId: string | undefined, limit: number): ProblemRow[] {
    const rows = folderId === undefined ? this.#list.all(limit) : this.#listFolder.all(folderId, limit);
    return rows.map(problemOf);
  }

  delete(folderId: string, path: string, source: ProblemSource): void {
    this.#delete.run(folderId, path, source);
  }

  /** Takes away the conflict of a path that left this copy, whatever its number is by now. */
  settleConflict(folderId: string, path: string, copy: string): void {
    this.#settle.run(folderId, path, copy);
  }

  /** Gives the conflicts of a path new numbers: whoever has the old ones before them has not seen what is under the name now. */
  renumberConflicts(folderId: string, path: string): void {
    this.#renumber.run(folderId, path);
  }

  /** Takes away what one source found before a time and not again since. */
  deleteBefore(folderId: string, source: ProblemSource, beforeMs: number): void {
    this.#deleteBefore.run(folderId, source, beforeMs);
  }

  /** Takes away what an earlier comparison found and the one numbered `pass` did not; `below` limits it to what that one saw. */
  deleteStale(folderId: string, pass: number, below?: string): void {
    if (below === undefined) this.#deleteStale.run(folderId, pass);
    else this.#deleteStaleBelow.run(folderId, pass, below, below, below);
  }

  /** After a comparison: takes away the problems of transfers that are not to be made any more; `below` as above. */
  deleteUnplanned(folderId: string, below?: string): void {
    if (below === undefined) this.#deleteUnplanned.run(folderId);
    else this.#deleteUnplannedBelow.run(folderId, below, below, below);
  }

  /** After a comparison of everything: takes away what an audit found of files that base forgot, as nothing else may come of them. */
  deleteUnknown(folderId: string): void {
    this.#deleteUnknown.run(folderId);
  }

  /** Makes what waits for a retry due at once: everything, or a path and all below it. */
  retryNow(folderId: string, below?: string): void {
    if (below === undefined) this.#retryNow.run(folderId);
    else this.#retryBelow.run(folderId, below, below, below);
  }

  /**
   * Objects that were told to stand in the way of files, or files of them, each with the path that it was told of. Where base
   * knows an object of that path, that one too: it was not there when it was told, and base may still say that it is. An object
   * whose name another spelling holds on the disk may be another one than base says, or unknown to it.
   */
  clashes(folderId: string): { readonly path: string; readonly object: string }[] {
    return this.#clashes.all({ folder: folderId });
  }

  /**
   * When the next planned path of a folder is due to be tried again. A large file that is on its way again is not planned.
   *
   * @param lane `small` where no large file could begin.
   */
  nextRetryMs(folderId: string, lane: 'small' | 'any' = 'any'): number | undefined {
    return this.#nextRetry.get(folderId, lane === 'any' ? 'large' : 'small')?.at;
  }

  count(folderId: string): Record<Severity, number> {
    const counts = { notice: 0, warning: 0, error: 0 };
    for (const row of this.#count.all(folderId)) counts[row.severity] = row.count;
    return counts;
  }
}

function problemOf(row: RawProblem): ProblemRow {
  return {
    id: row.id,
    folderId: row.folder_id,
    path: row.path,
    source: row.source,
    code: row.code,
    severity: row.severity,
    message: row.message,
    advice: row.advice,
    detail: row.detail,
    attempts: row.attempts,
    retryAtMs: row.retry_at_ms ?? undefined,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
  };
}
