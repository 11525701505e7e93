import type { BaseEntry } from '../core/entries.ts';
import { baseOf, type RawAgreed } from './base.ts';
import type { Database } from './database.ts';

/** An effect that was about to come about, and what both sides agree on once it has. */
export interface UnderWay {
  /** `up`: an object is written. `down`: a file gets its name. */
  readonly direction: 'up' | 'down';
  readonly agreed: BaseEntry;
}

interface RawUnderWay extends RawAgreed {
  direction: 'up' | 'down';
}

/** The `under_way` table: what is written down before an effect, and goes when the effect itself is written down. */
export class UnderWayTable {
  readonly #put;
  readonly #list;
  readonly #paths;
  readonly #any;
  readonly #delete;
  readonly #clear;
  readonly #deleteBefore;
  readonly #deleteUploads;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO under_way (folder_id, path, etag, direction, size_bytes, mtime_ns, ctime_ns, file_id,
         part_size_bytes, begun_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#list = db
      .prepare<[string, string], RawUnderWay>('SELECT * FROM under_way WHERE folder_id = ? AND path = ?')
      .safeIntegers();
    this.#paths = db.prepare<[string], { path: string }>('SELECT DISTINCT path FROM under_way WHERE folder_id = ?');
    this.#any = db.prepare<[string]>('SELECT 1 FROM under_way WHERE folder_id = ? LIMIT 1');
    this.#delete = db.prepare('DELETE FROM under_way WHERE folder_id = ? AND path = ?');
    this.#clear = db.prepare('DELETE FROM under_way WHERE folder_id = ?');
    this.#deleteBefore = db.prepare('DELETE FROM under_way WHERE folder_id = ? AND begun_ms < ?');
    this.#deleteUploads = db.prepare("DELETE FROM under_way WHERE direction = 'up'");
  }

  put(folderId: string, { direction, agreed }: UnderWay, begunMs: number): void {
    this.#put.run(
      folderId,
      agreed.path,
      agreed.etag,
      direction,
      agreed.sizeBytes,
      agreed.mtimeNs,
      agreed.ctimeNs,
      agreed.fileId,
      agreed.partSizeBytes ?? null,
      begunMs,
    );
  }

  /** All effects on a path of which it is not known whether they came about. */
  list(folderId: string, path: string): UnderWay[] {
    return this.#list.all(folderId, path).map((row) => ({ direction: row.direction, agreed: baseOf(row, false) }));
  }

  /** The paths that there are effects on. */
  paths(folderId: string): string[] {
    return this.#paths.all(folderId).map(({ path }) => path);
  }

  isEmpty(folderId: string): boolean {
    return this.#any.get(folderId) === undefined;
  }

  delete(folderId: string, path: string): void {
    this.#delete.run(folderId, path);
  }

  clear(folderId: string): void {
    this.#clear.run(folderId);
  }

  deleteBefore(folderId: string, atMs: number): void {
    this.#deleteBefore.run(folderId, atMs);
  }

  /** Forgets what was about to be sent from all folders. */
  deleteUploads(): void {
    this.#deleteUploads.run();
  }
}
