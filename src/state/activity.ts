import type { Database } from './database.ts';

/** History is kept for 90 days and 100,000 rows, whichever is less. */
export const ACTIVITY_MAX_AGE_MS = 90 * 24 * 3_600_000;
export const ACTIVITY_MAX_ROWS = 100_000;

export type ActivityKind =
  'uploaded' | 'downloaded' | 'deleted-remote' | 'deleted-local' | 'released' | 'adopted' | 'moved' | 'conflict';

export interface ActivityRow {
  readonly atMs: number;
  readonly folderId: string;
  readonly kind: ActivityKind;
  readonly path: string;
  readonly sizeBytes: number;
  readonly detail: string;
}

/** The `activity` table: what happened. */
export class ActivityTable {
  readonly #insert;
  readonly #recent;
  readonly #firstSince;
  readonly #trimAge;
  readonly #trimRows;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO activity (at_ms, folder_id, kind, path, size_bytes, detail) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#recent = db.prepare<
      [string, string, number],
      { at_ms: number; folder_id: string; kind: ActivityKind; path: string; size_bytes: number; detail: string }
    >(
      "SELECT at_ms, folder_id, kind, path, size_bytes, detail FROM activity WHERE ? = '' OR instr(lower(path), lower(?)) > 0 ORDER BY id DESC LIMIT ?",
    );
    this.#firstSince = db.prepare<[string, string, number, number], { kind: ActivityKind }>(
      `SELECT kind FROM activity WHERE folder_id = ? AND path = ? AND at_ms >= ?
         AND (at_ms >= ? OR kind IN ('downloaded', 'deleted-local', 'deleted-remote')) ORDER BY id LIMIT 1`,
    );
    this.#trimAge = db.prepare('DELETE FROM activity WHERE at_ms < ?');
    this.#trimRows = db.prepare('DELETE FROM activity WHERE id <= (SELECT max(id) FROM activity) - ?');
  }

  add(row: ActivityRow): void {
    this.#insert.run(row.atMs, row.folderId, row.kind, row.path, row.sizeBytes, row.detail);
  }

  /** Newest first; those alone that have `text` in their path. */
  recent(limit: number, text = ''): ActivityRow[] {
    return this.#recent.all(text, text, limit).map((row) => ({
      atMs: row.at_ms,
      folderId: row.folder_id,
      kind: row.kind,
      path: row.path,
      sizeBytes: row.size_bytes,
      detail: row.detail,
    }));
  }

  /**
   * What brought a path into the trash: the first that happened to it since then. The time is known to the second; of what
   * happened within that one, only what can have done it counts.
   */
  firstSince(folderId: string, path: string, trashedMs: number): ActivityKind | undefined {
    return this.#firstSince.get(folderId, path, trashedMs, trashedMs + 1_000)?.kind;
  }

  /** Drops what is older or more than the history keeps. */
  trim(nowMs: number): void {
    this.#trimAge.run(nowMs - ACTIVITY_MAX_AGE_MS);
    this.#trimRows.run(ACTIVITY_MAX_ROWS);
  }
}
