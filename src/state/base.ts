import type { BaseEntry } from '../core/entries.ts';
import { IGNORE_FILE } from '../core/filters.ts';
import type { RelativePath } from '../core/paths.ts';
import type { Database } from './database.ts';

/** Rows read at a time: enough that the query costs nothing beside the rows, few enough to hold at once. */
const PAGE_ROWS = 1_000;

/** What both sides agreed on, as SQLite gives it with `safeIntegers`. */
export interface RawAgreed {
  path: string;
  size_bytes: bigint;
  mtime_ns: bigint;
  ctime_ns: bigint;
  file_id: string;
  etag: string;
  part_size_bytes: bigint | null;
}

interface RawBase extends RawAgreed {
  retained: bigint;
}

/** The `base` table: what both sides of a folder last agreed on. */
export class BaseTable {
  readonly #put;
  readonly #delete;
  readonly #get;
  readonly #page;
  readonly #count;
  readonly #retain;
  readonly #keepOnly;
  readonly #ofFiles;
  readonly #clear;
  readonly #forgetLast;
  readonly #writtenSince;
  readonly #isPresent;
  /** How many files each folder has that was counted, as far as one row after the other tells. */
  readonly #present = new Map<string, number>();

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO base (folder_id, path, size_bytes, mtime_ns, ctime_ns, file_id, etag, part_size_bytes, retained)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = db.prepare('DELETE FROM base WHERE folder_id = ? AND path = ?');
    this.#get = db
      .prepare<[string, string], RawBase>('SELECT * FROM base WHERE folder_id = ? AND path = ?')
      .safeIntegers();
    this.#page = db
      .prepare<[string, string, string | Buffer, number], RawBase>(
        'SELECT * FROM base WHERE folder_id = ? AND path > ? AND path < ? ORDER BY path LIMIT ?',
      )
      .safeIntegers();
    this.#count = db.prepare<[string], { present: number; retained: number }>(
      'SELECT count(*) - coalesce(sum(retained), 0) AS present, coalesce(sum(retained), 0) AS retained FROM base WHERE folder_id = ?',
    );
    this.#keepOnly = db.prepare(
      `DELETE FROM base WHERE folder_id = ? AND path <> '${IGNORE_FILE}' AND NOT EXISTS (
         SELECT 1 FROM json_each(?) AS kept WHERE base.path = kept.value
           OR (base.path > kept.value || '/' AND base.path < kept.value || '0'))`,
    );
    this.#ofFiles = db
      .prepare<[string, string], RawBase>(
        'SELECT * FROM base WHERE folder_id = ? AND retained = 0 AND file_id IN (SELECT value FROM json_each(?))',
      )
      .safeIntegers();
    this.#clear = db.prepare('DELETE FROM base WHERE folder_id = ?');
    const lastMs = '(SELECT at_ms FROM activity ORDER BY id DESC LIMIT 1)';
    this.#forgetLast = db.prepare<[{ within: number }]>(
      `DELETE FROM base WHERE ctime_ns >= (coalesce(${lastMs}, 0) - @within) * 1000000 OR (folder_id, path) IN (
         SELECT folder_id, path FROM activity WHERE kind IN ('uploaded', 'adopted', 'moved')
           AND abs(at_ms - ${lastMs}) <= @within)`,
    );
    this.#writtenSince = db.prepare<[number, number], { root: string; path: string }>(
      `SELECT local_root AS root, path FROM base JOIN folder ON folder.id = folder_id
       WHERE retained = 0 AND ctime_ns >= ? * 1000000 AND NOT EXISTS (
         SELECT 1 FROM activity WHERE activity.folder_id = base.folder_id AND activity.path = base.path
           AND kind = 'downloaded' AND (at_ms + 1) * 1000000 >= ctime_ns) LIMIT ?`,
    );
    this.#isPresent = db.prepare<[string, string]>(
      'SELECT 1 FROM base WHERE folder_id = ? AND path = ? AND retained = 0',
    );
    this.#retain = db.prepare('UPDATE base SET retained = ? WHERE folder_id = ? AND path = ?');
  }

  put(folderId: string, entry: BaseEntry): void {
    this.#change(folderId, entry.path, () =>
      this.#put.run(
        folderId,
        entry.path,
        entry.sizeBytes,
        entry.mtimeNs,
        entry.ctimeNs,
        entry.fileId,
        entry.etag,
        entry.partSizeBytes ?? null,
        Number(entry.retained),
      ),
    );
  }

  delete(folderId: string, path: string): void {
    this.#change(folderId, path, () => this.#delete.run(folderId, path));
  }

  /** Forgets all paths of a folder but these and what is below them, as `core/chosen` has it. */
  keepOnly(folderId: string, paths: readonly string[]): void {
    this.#keepOnly.run(folderId, JSON.stringify(paths));
    this.#present.delete(folderId);
  }

  /** Forgets all that both sides agreed on: equal files are recognised again, and nothing reads as deleted. */
  clear(folderId: string): void {
    this.#clear.run(folderId);
    this.#present.delete(folderId);
  }

  /**
   * Forgets the files of all folders that were sent, or found equal, so shortly before the last thing that happened, and those
   * that were written since: one that was saved anew with the same content is sent by nobody, and is no activity.
   *
   * @returns how many.
   */
  forgetLast(withinMs: number): number {
    this.#present.clear();
    return this.#forgetLast.run({ within: withinMs }).changes;
  }

  /**
   * Some files of all folders that both sides have and that were written since then, but not by us: those are flushed already.
   * Reads all rows.
   */
  writtenSince(sinceMs: number, limit: number): { readonly root: string; readonly path: string }[] {
    return this.#writtenSince.all(sinceMs, limit);
  }

  /** Notes whether the local file is gone or left out while the object stays on purpose. */
  retain(folderId: string, path: string, isRetained: boolean): void {
    this.#change(folderId, path, () => this.#retain.run(Number(isRetained), folderId, path));
  }

  get(folderId: string, path: string): BaseEntry | undefined {
    const row = this.#get.get(folderId, path);
    return row && baseOf(row, row.retained === 1n);
  }

  /** The rows of some files, by their ids. Reads all rows of the folder. */
  ofFiles(folderId: string, fileIds: readonly string[]): BaseEntry[] {
    return this.#ofFiles.all(folderId, JSON.stringify(fileIds)).map((row) => baseOf(row, false));
  }

  /** Files that are (`present`) or were (`retained`) on both sides. Reads all rows of the folder: a million take 0.1 s. */
  count(folderId: string): { present: number; retained: number } {
    const counted = this.#count.get(folderId) ?? { present: 0, retained: 0 };
    this.#present.set(folderId, counted.present);
    return counted;
  }

  /**
   * Files that are on both sides, without counting them again: for people to see. Changes that a failed transaction took back,
   * and those that other tables make, are only in it after the next {@link count}.
   */
  present(folderId: string): number {
    return this.#present.get(folderId) ?? this.count(folderId).present;
  }

  #change(folderId: string, path: string, change: () => void): void {
    const present = this.#present.get(folderId);
    if (present === undefined) {
      change();
      return;
    }
    const was = this.#isPresent.get(folderId, path) !== undefined;
    change();
    const is = this.#isPresent.get(folderId, path) !== undefined;
    this.#present.set(folderId, present + Number(is) - Number(was));
  }

  /**
   * All rows of a folder in key order, or those below `directory` alone; a page in memory at a time. Rows may be written
   * while this is read: what is put or deleted ahead of the page in memory is seen as it then is, what lies within it as it
   * was.
   */
  async *stream(folderId: string, directory = ''): AsyncGenerator<BaseEntry, void, undefined> {
    // '0' is the character after '/': the range holds exactly what starts with `directory/`.
    let after = directory === '' ? '' : `${directory}/`;
    // To SQLite every blob comes after every text, and so after every path.
    const end = directory === '' ? Buffer.alloc(0) : `${directory}0`;
    for (;;) {
      const rows = this.#page.all(folderId, after, end, PAGE_ROWS);
      for (const row of rows) yield baseOf(row, row.retained === 1n);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return;
      after = last.path;
    }
  }
}

/** A row in the words of the core. */
export function baseOf(row: RawAgreed, retained: boolean): BaseEntry {
  const entry = {
    path: row.path as RelativePath,
    sizeBytes: Number(row.size_bytes),
    mtimeNs: row.mtime_ns,
    ctimeNs: row.ctime_ns,
    fileId: row.file_id,
    etag: row.etag,
    retained,
  };
  return row.part_size_bytes === null ? entry : { ...entry, partSizeBytes: Number(row.part_size_bytes) };
}
