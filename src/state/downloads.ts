import type {
  DownloadJournal,
  DownloadPlan,
  DownloadSource,
  FetchedPart,
  JournalledDownload,
} from '../core/journal.ts';
import type { Database } from './database.ts';

interface RawDownload {
  id: number;
  object_key: string;
  etag: string;
  size_bytes: number;
  part_size_bytes: number;
  path: string;
  temporary_path: string;
  started_ms: number;
}

/** The `download` and `download_part` tables: the journal by which a download goes on after a crash. */
export class DownloadTable implements DownloadJournal {
  readonly #find;
  readonly #insert;
  readonly #delete;
  readonly #putPart;
  readonly #parts;
  readonly #listRoot;

  constructor(db: Database) {
    this.#find = db.prepare<[string, string, string, string], RawDownload>(
      'SELECT * FROM download WHERE root = ? AND account_id = ? AND bucket = ? AND object_key = ?',
    );
    this.#insert = db.prepare(
      `INSERT INTO download (root, account_id, bucket, object_key, etag, size_bytes, part_size_bytes, path, temporary_path, started_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = db.prepare('DELETE FROM download WHERE id = ?');
    this.#putPart = db.prepare('INSERT OR REPLACE INTO download_part (download, part_number, md5) VALUES (?, ?, ?)');
    this.#parts = db.prepare<[number], { part_number: number; md5: string | null }>(
      'SELECT part_number, md5 FROM download_part WHERE download = ? ORDER BY part_number',
    );
    this.#listRoot = db.prepare<[string], RawDownload>('SELECT * FROM download WHERE root = ? ORDER BY id');
  }

  find(source: DownloadSource): JournalledDownload | undefined {
    const row = this.#find.get(source.root, source.accountId, source.bucket, source.key);
    return row && downloadOf(row);
  }

  begin(source: DownloadSource, plan: DownloadPlan, startedMs: number): number {
    const { lastInsertRowid } = this.#insert.run(
      source.root,
      source.accountId,
      source.bucket,
      source.key,
      plan.etag,
      plan.sizeBytes,
      plan.partSizeBytes,
      plan.path,
      plan.temporaryPath,
      startedMs,
    );
    return Number(lastInsertRowid);
  }

  putPart(id: number, part: FetchedPart): void {
    this.#putPart.run(id, part.partNumber, part.md5 ?? null);
  }

  parts(id: number): FetchedPart[] {
    return this.#parts.all(id).map((row) => ({ partNumber: row.part_number, md5: row.md5 ?? undefined }));
  }

  delete(id: number): void {
    this.#delete.run(id);
  }

  listRoot(root: string): JournalledDownload[] {
    return this.#listRoot.all(root).map(downloadOf);
  }
}

function downloadOf(row: RawDownload): JournalledDownload {
  return {
    id: row.id,
    key: row.object_key,
    etag: row.etag,
    sizeBytes: row.size_bytes,
    partSizeBytes: row.part_size_bytes,
    path: row.path,
    temporaryPath: row.temporary_path,
    startedMs: row.started_ms,
  };
}
