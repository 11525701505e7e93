import type { Fingerprint } from '../core/entries.ts';
import type { JournalledPart, JournalledUpload, UploadJournal, UploadOwner, UploadTarget } from '../core/journal.ts';
import type { Database } from './database.ts';

interface RawUpload {
  id: bigint;
  upload_id: string | null;
  part_size_bytes: bigint;
  size_bytes: bigint;
  mtime_ns: bigint;
  ctime_ns: bigint;
  file_id: string;
  started_ms: bigint;
}

/** A row of {@link UploadTable.listAll}. */
export interface UploadListing extends UploadTarget {
  /** Of the journal's row. */
  readonly id: number;
  readonly owner: UploadOwner;
  readonly uploadId: string | undefined;
  readonly sizeBytes: number;
  readonly startedMs: number;
  readonly acknowledgedBytes: number;
}

/** The `upload` and `upload_part` tables: the journal by which an upload goes on after a crash. */
export class UploadTable implements UploadJournal {
  readonly #find;
  readonly #insert;
  readonly #setUploadId;
  readonly #delete;
  readonly #putPart;
  readonly #parts;
  readonly #listAll;

  constructor(db: Database) {
    this.#find = db
      .prepare<[string, string, string], RawUpload>(
        'SELECT * FROM upload WHERE account_id = ? AND bucket = ? AND object_key = ?',
      )
      .safeIntegers();
    // Not the id of a row that is gone, as SQLite would give it: another process may still note under that what it sends.
    this.#insert = db.prepare(
      `INSERT INTO upload (id, folder_id, account_id, bucket, object_key, part_size_bytes, size_bytes, mtime_ns, ctime_ns, file_id, started_ms)
       VALUES (random() & ${Number.MAX_SAFE_INTEGER}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#setUploadId = db.prepare('UPDATE upload SET upload_id = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM upload WHERE id = ?');
    // Another process may have finished or ended the upload meanwhile: then there is nothing to note.
    this.#putPart = db.prepare(
      `INSERT OR REPLACE INTO upload_part (upload, part_number, size_bytes, md5, etag)
       SELECT id, ?, ?, ?, ? FROM upload WHERE id = ?`,
    );
    this.#parts = db.prepare<[number], { part_number: number; size_bytes: number; md5: string; etag: string }>(
      'SELECT part_number, size_bytes, md5, etag FROM upload_part WHERE upload = ? ORDER BY part_number',
    );
    this.#listAll = db.prepare<
      [],
      {
        id: number;
        folder_id: string | null;
        account_id: string;
        bucket: string;
        object_key: string;
        upload_id: string | null;
        size_bytes: number;
        started_ms: number;
        acknowledged: number;
      }
    >(
      `SELECT id, folder_id, account_id, bucket, object_key, upload_id, size_bytes, started_ms,
         (SELECT coalesce(sum(size_bytes), 0) FROM upload_part WHERE upload = upload.id) AS acknowledged
       FROM upload ORDER BY started_ms, object_key`,
    );
  }

  find(target: UploadTarget): JournalledUpload | undefined {
    const row = this.#find.get(target.accountId, target.bucket, target.key);
    return (
      row && {
        id: Number(row.id),
        uploadId: row.upload_id ?? undefined,
        partSizeBytes: Number(row.part_size_bytes),
        fingerprint: {
          sizeBytes: Number(row.size_bytes),
          mtimeNs: row.mtime_ns,
          ctimeNs: row.ctime_ns,
          fileId: row.file_id,
        },
        startedMs: Number(row.started_ms),
      }
    );
  }

  /** Notes that an upload is about to be started. @returns its journal id. */
  begin(
    target: UploadTarget,
    owner: UploadOwner,
    fingerprint: Fingerprint,
    partSizeBytes: number,
    startedMs: number,
  ): number {
    const { lastInsertRowid } = this.#insert.run(
      owner ?? null,
      target.accountId,
      target.bucket,
      target.key,
      partSizeBytes,
      fingerprint.sizeBytes,
      fingerprint.mtimeNs,
      fingerprint.ctimeNs,
      fingerprint.fileId,
      startedMs,
    );
    return Number(lastInsertRowid);
  }

  setUploadId(id: number, uploadId: string): void {
    this.#setUploadId.run(uploadId, id);
  }

  putPart(id: number, part: JournalledPart): void {
    this.#putPart.run(part.partNumber, part.sizeBytes, part.md5, part.etag, id);
  }

  parts(id: number): JournalledPart[] {
    return this.#parts
      .all(id)
      .map((row) => ({ partNumber: row.part_number, sizeBytes: row.size_bytes, md5: row.md5, etag: row.etag }));
  }

  delete(id: number): void {
    this.#delete.run(id);
  }

  listAll(): UploadListing[] {
    return this.#listAll.all().map((row) => ({
      id: row.id,
      owner: row.folder_id ?? undefined,
      accountId: row.account_id,
      bucket: row.bucket,
      key: row.object_key,
      uploadId: row.upload_id ?? undefined,
      sizeBytes: row.size_bytes,
      startedMs: row.started_ms,
      acknowledgedBytes: row.acknowledged,
    }));
  }
}
