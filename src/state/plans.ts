import { heldSpelling } from '../core/case-fold.ts';
import { ancestors, isBelow, type RelativePath } from '../core/paths.ts';
import { laneOf, phaseOf, type Lane, type Phase, type PlanItem, type PlannedKind } from '../core/plan.ts';
import type { Database } from './database.ts';
import { Renamed, type Rename } from './renamed.ts';

/** What a plan adds up to. */
export interface PlanSummary {
  readonly kind: PlannedKind;
  readonly count: number;
  readonly sizeBytes: number;
}

interface RawPlan {
  path: string;
  kind: PlannedKind;
  size_bytes: bigint;
  disk_path: string | null;
  local_size_bytes: bigint | null;
  mtime_ns: bigint | null;
  ctime_ns: bigint | null;
  file_id: string | null;
  expect_etag: string | null;
  from_path: string | null;
}

/** A path's row is found in each of the six places that it may be in: the rows are kept in the order of their work. */
export const ANYWHERE = "phase IN (0, 1, 2) AND lane IN ('small', 'large')";

/** Of a path and all below it. What sorts between the two, like `a-b` between `a` and `a/b`, is read and left out. */
const AT_OR_BELOW = "(path >= @path AND path < @path || '0' AND (path = @path OR path > @path || '/'))";

/** Of rows that make a new object. */
const IS_NEW = "kind IN ('upload', 'move-remote') AND expect_etag IS NULL";

interface Place {
  folder: string;
  path: string;
}

/** The `plan` table: what the last comparison found to do. Derived, so that losing it costs a comparison and nothing else. */
export class PlanTable {
  readonly #put;
  readonly #page;
  readonly #get;
  readonly #nextWished;
  readonly #delete;
  readonly #deleteUnder;
  readonly #otherNames;
  readonly #deleteNew;
  readonly #has;
  readonly #any;
  readonly #clear;
  readonly #last;
  readonly #summary;
  readonly #phases;
  readonly #writesAt;
  readonly #clearTheWay;
  readonly #newBelow;
  readonly #takes;
  readonly #renamed;
  readonly #makeMove;
  readonly #stays;
  readonly #clearPlace;
  readonly #byFoldedName;
  #additions = 0;

  /** @param db of a scratch table, see {@link openScratchPlan}, gives out statements on that one. */
  constructor(db: Pick<Database, 'prepare'>) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO plan (folder_id, phase, lane, path, kind, size_bytes, disk_path, local_size_bytes, mtime_ns,
         ctime_ns, file_id, expect_etag) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = db
      .prepare<[string, Phase, Lane, string, number], RawPlan>(
        'SELECT * FROM plan WHERE folder_id = ? AND phase = ? AND lane = ? AND path > ? ORDER BY path LIMIT ?',
      )
      .safeIntegers();
    this.#get = db
      .prepare<[string, string], RawPlan>(`SELECT * FROM plan WHERE folder_id = ? AND ${ANYWHERE} AND path = ?`)
      .safeIntegers();
    this.#nextWished = db
      .prepare<[string, Phase, Lane], RawPlan>(
        `SELECT plan.* FROM transfer_wish AS asked JOIN plan ON plan.folder_id = asked.folder_id AND plan.path = asked.path
         WHERE asked.folder_id = ? AND asked.wish = 'first' AND plan.phase = ? AND plan.lane = ?
         ORDER BY asked.number DESC LIMIT 1`,
      )
      .safeIntegers();
    this.#delete = db.prepare(`DELETE FROM plan WHERE folder_id = ? AND ${ANYWHERE} AND path = ?`);
    this.#deleteUnder = db.prepare<[Place]>(
      `DELETE FROM plan WHERE folder_id = @folder AND ${ANYWHERE} AND ${AT_OR_BELOW}`,
    );
    this.#otherNames = db.prepare<[Place], { path: string }>(
      `SELECT from_path AS path FROM plan
         WHERE folder_id = @folder AND ${ANYWHERE} AND ${AT_OR_BELOW} AND from_path IS NOT NULL
       UNION ALL SELECT path FROM plan WHERE folder_id = @folder AND phase = 0 AND kind = 'move-remote'
         AND (from_path = @path OR (from_path > @path || '/' AND from_path < @path || '0'))`,
    );
    this.#deleteNew = db.prepare<[string, string], { from_path: string | null }>(
      `DELETE FROM plan WHERE folder_id = ? AND phase IN (0, 1) AND lane IN ('small', 'large') AND path = ? AND ${IS_NEW}
       RETURNING from_path`,
    );
    this.#has = db.prepare<[string, string]>(`SELECT 1 FROM plan WHERE folder_id = ? AND ${ANYWHERE} AND path = ?`);
    this.#any = db.prepare<[string]>('SELECT 1 FROM plan WHERE folder_id = ? LIMIT 1');
    this.#clear = db.prepare('DELETE FROM plan WHERE folder_id = ?');
    this.#last = db
      .prepare<[string, Phase, Lane], RawPlan>(
        'SELECT * FROM plan WHERE folder_id = ? AND phase = ? AND lane = ? ORDER BY path DESC LIMIT 1',
      )
      .safeIntegers();
    this.#summary = db.prepare<[string], { kind: PlannedKind; count: number; bytes: number }>(
      'SELECT kind, count(*) AS count, sum(size_bytes) AS bytes FROM plan WHERE folder_id = ? GROUP BY kind ORDER BY kind',
    );
    this.#phases = db.prepare<[string], { phase: Phase }>('SELECT DISTINCT phase FROM plan WHERE folder_id = ?');
    this.#writesAt = db.prepare<[string, string]>(
      "SELECT 1 FROM plan WHERE folder_id = ? AND phase = 1 AND lane IN ('small', 'large') AND path = ?",
    );
    this.#renamed = new Renamed(db);
    this.#stays = db.prepare<[Place]>(
      `SELECT 1 FROM base WHERE folder_id = @folder AND retained = 0 AND ${AT_OR_BELOW} AND NOT EXISTS (
         SELECT 1 FROM plan WHERE plan.folder_id = base.folder_id AND plan.phase IN (0, 2)
           AND plan.lane IN ('small', 'large') AND plan.path = base.path AND plan.kind = 'delete-local')
       UNION ALL
       SELECT 1 FROM plan WHERE folder_id = @folder AND ${ANYWHERE} AND kind = 'upload' AND ${AT_OR_BELOW} LIMIT 1`,
    );
    this.#clearPlace = db.prepare<[Place]>(
      `UPDATE plan SET phase = 0 WHERE folder_id = @folder AND ${ANYWHERE} AND kind = 'delete-local' AND ${AT_OR_BELOW}`,
    );
    this.#byFoldedName = db.prepare<[string], { path: string }>(
      `SELECT plan.path FROM plan LEFT JOIN base ON base.folder_id = plan.folder_id AND base.path = plan.path
       WHERE plan.folder_id = ? AND kind = 'download' AND plan.file_id IS NULL
       ORDER BY fold_case(plan.path), base.path IS NULL, plan.path`,
    );
    this.#makeMove = db.prepare(
      `UPDATE plan SET kind = ?, from_path = ?, phase = 0 WHERE folder_id = ? AND ${ANYWHERE} AND path = ?`,
    );
    this.#newBelow = db.prepare<[string, string, string], { path: string }>(
      `SELECT path FROM plan WHERE folder_id = ? AND phase IN (0, 1) AND lane IN ('small', 'large')
         AND path > ? || '/' AND path < ? || '0' AND ${IS_NEW} ORDER BY path`,
    );
    this.#takes = db.prepare<[Place]>(
      `SELECT 1 FROM plan WHERE folder_id = @folder AND ${ANYWHERE} AND path = @path AND kind = 'delete-remote'
       UNION ALL SELECT 1 FROM plan WHERE folder_id = @folder AND phase = 0 AND kind = 'move-remote' AND from_path = @path`,
    );
    this.#clearTheWay = db.prepare(
      `UPDATE plan SET phase = 0 WHERE folder_id = ? AND phase = 2 AND EXISTS (
         SELECT 1 FROM plan AS write WHERE write.folder_id = plan.folder_id AND write.phase = 1
           AND write.lane IN ('small', 'large') AND write.path > plan.path || '/' AND write.path < plan.path || '0')`,
    );
  }

  /**
   * Makes one move of each deletion and upload (or download) that are the same file (or object) under another name. To be
   * called once the plan is complete, before the brake looks at it.
   *
   * @returns how many.
   */
  pairMoves(folderId: string): number {
    return (
      this.#makeMoves(folderId, 'move-remote', this.#renamed.files(folderId)) +
      this.#makeMoves(folderId, 'move-local', this.#renamed.objects(folderId))
    );
  }

  #makeMoves(folderId: string, kind: 'move-remote' | 'move-local', pairs: readonly Rename[]): number {
    let moves = 0;
    for (const { from, to } of pairs) {
      // A file that becomes a directory of its own name, or the reverse: both keys at once is more than the bucket can hold.
      if (isBelow(to, from) || isBelow(from, to)) continue;
      this.delete(folderId, from);
      this.#makeMove.run(kind, from, folderId, to);
      moves += 1;
    }
    return moves;
  }

  /** Grows with each row: who found none need not look again until it does. */
  get additions(): number {
    return this.#additions;
  }

  /** @param clearsTheWay says that something is to be written where this deletion's path stands in the way. */
  put(folderId: string, item: PlanItem, clearsTheWay = false): void {
    this.#additions += 1;
    const local = item.local;
    this.#put.run(
      folderId,
      phaseOf(item.kind, clearsTheWay),
      laneOf(item),
      item.path,
      item.kind,
      item.sizeBytes,
      local?.diskPath ?? null,
      local?.sizeBytes ?? null,
      local?.mtimeNs ?? null,
      local?.ctimeNs ?? null,
      local?.fileId ?? null,
      item.expect.kind === 'etag' ? item.expect.etag : null,
    );
  }

  /** Whether the object at a path is to go: it is deleted, or gets another name. */
  takesObject(folderId: string, path: string): boolean {
    return this.#takes.get({ folder: folderId, path }) !== undefined;
  }

  /** The paths above and below one at which a new object is to be made, be it by sending a file or by moving another object there. */
  newNear(folderId: string, path: string): string[] {
    const above = ancestors(path).filter((one) => isNew(this.get(folderId, one)));
    return [...above, ...this.#newBelow.all(folderId, path, path).map((row) => row.path)];
  }

  /**
   * Drops the plan to make a new object at a path.
   *
   * @returns for a move its old name, which stays.
   */
  deleteNew(folderId: string, path: string): string | undefined {
    return this.#deleteNew.get(folderId, path)?.from_path ?? undefined;
  }

  /**
   * For a disk that ignores case: takes out of the plan the objects to fetch whose names meet that of another one to fetch. The
   * one that base knows stays, else the first.
   *
   * @returns their paths, each with what holds its name.
   */
  takeSameNames(folderId: string): { readonly path: string; readonly holder: string }[] {
    const taken: { path: string; holder: string }[] = [];
    let held: readonly string[] = [];
    // In the order of their folded form, names that meet follow each other, below directories that meet as well.
    for (const { path } of this.#byFoldedName.iterate(folderId)) {
      const holder = heldSpelling(path, held);
      if (holder === undefined) held = path.split('/');
      else taken.push({ path, holder });
    }
    for (const { path } of taken) this.delete(folderId, path);
    return taken;
  }

  /**
   * Whether the file at this path, or all that is known below the directory, is to go from the disk. If so, that is put before
   * everything else: something of another spelling is to take its place.
   */
  clears(folderId: string, path: string): boolean {
    const place = { folder: folderId, path };
    return this.#stays.get(place) === undefined && this.#clearPlace.run(place).changes > 0;
  }

  /** Whether something is to be written at exactly this path. */
  writesAt(folderId: string, path: string): boolean {
    return this.#writesAt.get(folderId, path) !== undefined;
  }

  /** Puts the deletions of files that became directories before everything else. To be called once the plan is complete. */
  orderClearances(folderId: string): void {
    this.#clearTheWay.run(folderId);
  }

  delete(folderId: string, path: string): void {
    this.#delete.run(folderId, path);
  }

  /** Drops what was planned for a path and all below it. */
  deleteUnder(folderId: string, path: string): void {
    this.#deleteUnder.run({ folder: folderId, path });
  }

  /**
   * The old names of what waits to get a new one at a path or below it, and the new names in the bucket of what waits to give up
   * its old one there.
   */
  otherNames(folderId: string, path: string): string[] {
    return this.#otherNames.all({ folder: folderId, path }).map((row) => row.path);
  }

  has(folderId: string, path: string): boolean {
    return this.#has.get(folderId, path) !== undefined;
  }

  isEmpty(folderId: string): boolean {
    return this.#any.get(folderId) === undefined;
  }

  clear(folderId: string): void {
    this.#clear.run(folderId);
  }

  summary(folderId: string): PlanSummary[] {
    return this.#summary.all(folderId).map((row) => ({ kind: row.kind, count: row.count, sizeBytes: row.bytes }));
  }

  /** The phases that have something to do, in order. */
  phases(folderId: string): Phase[] {
    return this.#phases
      .all(folderId)
      .map((row) => row.phase)
      .sort((a, b) => a - b);
  }

  /** The last row of a phase and lane. */
  last(folderId: string, phase: Phase, lane: Lane): PlanItem | undefined {
    const row = this.#last.get(folderId, phase, lane);
    return row && planOf(row);
  }

  get(folderId: string, path: string): PlanItem | undefined {
    const row = this.#get.get(folderId, path);
    return row && planOf(row);
  }

  /** The row of a phase and lane that a person wants before all others: the one asked for last. */
  nextWished(folderId: string, phase: Phase, lane: Lane): PlanItem | undefined {
    const row = this.#nextWished.get(folderId, phase, lane);
    return row && planOf(row);
  }

  /** One page of a phase and lane in key order, after `afterPath`. */
  page(folderId: string, phase: Phase, lane: Lane, afterPath: string, rows: number): PlanItem[] {
    return this.#page.all(folderId, phase, lane, afterPath, rows).map(planOf);
  }
}

/** A plan that is only looked at. Its rows are in the connection's memory and never in the database. */
export interface ScratchPlan {
  readonly plans: PlanTable;
  /** Drops it. */
  close(): void;
}

/** @param number of its own, so that two can be looked at side by side. */
export function openScratchPlan(database: Database, number: number): ScratchPlan {
  const table = `scratch_plan_${number}`;
  database.exec(
    `CREATE TEMP TABLE ${table} AS SELECT * FROM plan LIMIT 0;
     CREATE UNIQUE INDEX temp.${table}_by_path ON ${table} (folder_id, phase, lane, path)`,
  );
  // The generic signature is that of the database itself.
  const prepare = ((sql: string) => database.prepare(sql.replace(/\bplan\b/g, table))) as Database['prepare'];
  return { plans: new PlanTable({ prepare }), close: () => database.exec(`DROP TABLE temp.${table}`) };
}

/** The same as {@link IS_NEW}. */
function isNew(item: PlanItem | undefined): boolean {
  return (item?.kind === 'upload' || item?.kind === 'move-remote') && item.expect.kind === 'absent';
}

function planOf(row: RawPlan): PlanItem {
  const local =
    row.mtime_ns === null || row.ctime_ns === null || row.file_id === null
      ? undefined
      : {
          sizeBytes: Number(row.local_size_bytes),
          mtimeNs: row.mtime_ns,
          ctimeNs: row.ctime_ns,
          fileId: row.file_id,
          ...(row.disk_path !== null && { diskPath: row.disk_path }),
        };
  return {
    path: row.path as RelativePath,
    kind: row.kind,
    local,
    expect: row.expect_etag === null ? { kind: 'absent' } : { kind: 'etag', etag: row.expect_etag },
    sizeBytes: Number(row.size_bytes),
    ...(row.from_path !== null && { from: row.from_path as RelativePath }),
  };
}
