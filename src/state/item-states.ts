import type { Lane, Phase, PlannedKind } from '../core/plan.ts';
import type { Severity } from '../core/problems.ts';
import { compareUtf8 } from '../core/text.ts';
import type { Database } from './database.ts';
import { ANYWHERE } from './plans.ts';
import type { TransferWish } from './wishes.ts';

/** A planned write of a file that may not be in the bucket yet. */
export interface PlannedWrite {
  readonly path: string;
  readonly sizeBytes: number;
}

/** A row of the plan, as a list shows it. */
export interface WaitingRow {
  readonly folderId: string;
  readonly path: string;
  readonly kind: PlannedKind;
  readonly sizeBytes: number;
}

/** One of which a person asked something. */
export interface WishedPlanRow extends WaitingRow {
  readonly wish: TransferWish;
}

/** What is known of a path, or of the worst path below a directory. */
export interface KnownProblem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
}

/** How the plan is worked through. */
const IN_ORDER = ([0, 1, 2] as const).flatMap((phase) => [[phase, 'small'] as const, [phase, 'large'] as const]);

interface RawWaiting {
  folder_id: string;
  path: string;
  kind: PlannedKind;
  size_bytes: number;
}

/** Questions over the tables `base`, `plan` and `problem` that a window asks of single items. Nothing here writes. */
export class ItemStateQueries {
  readonly #isBase;
  readonly #hasBaseBelow;
  readonly #isPlanned;
  readonly #hasPlanBelow;
  readonly #problem;
  readonly #problemBelow;
  readonly #nextWrite;
  readonly #waiting;
  readonly #going;
  readonly #waitingTotals;
  readonly #wished;

  constructor(db: Database) {
    // A plan that the brake holds is not on its way to anything.
    const notHeld = '(hold_reason IS NULL OR hold_approved = 1)';
    const below = 'path >= ? AND path < ?';
    const worst = "ORDER BY severity = 'error' DESC, severity = 'warning' DESC LIMIT 1";
    this.#isBase = db.prepare<[string, string]>('SELECT 1 FROM base WHERE folder_id = ? AND path = ? AND retained = 0');
    this.#hasBaseBelow = db.prepare<[string, string, string]>(
      `SELECT 1 FROM base WHERE folder_id = ? AND ${below} AND retained = 0 LIMIT 1`,
    );
    this.#isPlanned = db.prepare<[string, string]>(
      `SELECT 1 FROM plan WHERE folder_id = ? AND ${ANYWHERE} AND path = ? LIMIT 1`,
    );
    this.#hasPlanBelow = db.prepare<[string, string, string]>(
      `SELECT 1 FROM plan WHERE folder_id = ? AND ${ANYWHERE} AND ${below} LIMIT 1`,
    );
    this.#problem = db.prepare<[string, string], KnownProblem>(
      `SELECT code, severity, message FROM problem WHERE folder_id = ? AND path = ? ${worst}`,
    );
    this.#problemBelow = db.prepare<[string, string, string], KnownProblem>(
      `SELECT code, severity, message FROM problem WHERE folder_id = ? AND ${below} AND severity <> 'notice' ${worst}`,
    );
    this.#nextWrite = db.prepare<[string, string, string, string], { path: string; size_bytes: number }>(
      `SELECT path, size_bytes FROM plan WHERE folder_id = ? AND phase = 1 AND lane = ? AND kind = 'upload'
         AND path >= ? AND path < ? ORDER BY path LIMIT 1`,
    );
    // In the order of the table, so that the first rows of many are had without sorting all.
    this.#waiting = db.prepare<[string, Phase, Lane, number], RawWaiting>(
      `SELECT folder_id, path, kind, size_bytes FROM plan WHERE folder_id = ? AND phase = ? AND lane = ?
       ORDER BY path LIMIT ?`,
    );
    this.#going = db.prepare<[], { id: string }>(`SELECT id FROM folder WHERE ${notHeld} ORDER BY id`);
    // CROSS: the few rows of the first table lead to those of the plan. SQLite would rather go through all of the plan.
    this.#wished = db.prepare<[], RawWaiting & { wish: TransferWish }>(
      `SELECT folder_id, path, kind, size_bytes, wish FROM transfer_wish AS asked CROSS JOIN plan USING (folder_id, path)
         JOIN folder ON folder.id = folder_id WHERE ${ANYWHERE} AND ${notHeld}
       ORDER BY wish = 'first' DESC, asked.number DESC, folder_id, path`,
    );
    this.#waitingTotals = db.prepare<[], { files: number; bytes: number }>(
      `SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes
         FROM folder CROSS JOIN plan ON plan.folder_id = folder.id WHERE ${notHeld}`,
    );
  }

  /** Whether both sides agree on a path, or on anything below a directory. */
  isKnown(folderId: string, path: string, isDirectory: boolean): boolean {
    if (isDirectory) return this.#hasBaseBelow.get(folderId, ...below(path)) !== undefined;
    return this.#isBase.get(folderId, path) !== undefined;
  }

  isPlanned(folderId: string, path: string, isDirectory: boolean): boolean {
    if (isDirectory) return this.#hasPlanBelow.get(folderId, ...below(path)) !== undefined;
    return this.#isPlanned.get(folderId, path) !== undefined;
  }

  /** The worst that is known of a path, or of what is below a directory (there without notices). */
  problem(folderId: string, path: string, isDirectory: boolean): KnownProblem | undefined {
    return isDirectory ? this.#problemBelow.get(folderId, ...below(path)) : this.#problem.get(folderId, path);
  }

  /** The first planned upload at `from` or behind it, and before `end`, in path order. */
  nextPlannedUpload(folderId: string, from: string, end: string): PlannedWrite | undefined {
    const small = this.#nextWrite.get(folderId, 'small', from, end);
    const large = this.#nextWrite.get(folderId, 'large', from, end);
    const [first] = [small, large].filter((row) => row !== undefined).sort((a, b) => compareUtf8(a.path, b.path));
    return first && { path: first.path, sizeBytes: first.size_bytes };
  }

  /** What is planned over all folders, in the order in which it is begun. */
  waiting(limit: number): WaitingRow[] {
    const rows: WaitingRow[] = [];
    for (const { id } of this.#going.all()) {
      for (const [phase, lane] of IN_ORDER) {
        if (rows.length < limit) rows.push(...this.#waiting.all(id, phase, lane, limit - rows.length).map(waitingOf));
      }
    }
    return rows;
  }

  /** Those of which a person asked something: what is to be first at the front. */
  wished(): WishedPlanRow[] {
    return this.#wished.all().map((row) => ({ ...waitingOf(row), wish: row.wish }));
  }

  waitingTotals(): { files: number; bytes: number } {
    return this.#waitingTotals.get() ?? { files: 0, bytes: 0 };
  }
}

function waitingOf({ folder_id: folderId, path, kind, size_bytes: sizeBytes }: RawWaiting): WaitingRow {
  return { folderId, path, kind, sizeBytes };
}

/** Where what is below a directory begins and ends; '' is the folder itself, with its own problems. */
function below(directory: string): [from: string, end: string] {
  // '0' is the character after '/': the range holds exactly what starts with `directory/`. No name sorts behind the last one.
  return directory === '' ? ['', '\u{10ffff}'] : [`${directory}/`, `${directory}0`];
}
