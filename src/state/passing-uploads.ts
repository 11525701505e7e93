import type { UploadNotes } from '../core/journal.ts';
import type { Database } from './database.ts';

/** An upload that was made in one go. Without an upload id: it was about to be started, and perhaps was. */
export interface PassingUpload {
  readonly id: number;
  readonly key: string;
  readonly uploadId: string | undefined;
  readonly startedMs: number;
  /** Whether this process is making it. */
  readonly isOpen: boolean;
  /** Whether a person's command makes it, mostly in a process of its own: nobody has closed it. */
  readonly byHand: boolean;
}

/** Who makes an upload: the engine that syncs, or a command that a person runs. */
export type UploadMaker = 'engine' | 'hand';

interface RawPassing {
  id: number;
  object_key: string;
  upload_id: string | null;
  started_ms: number;
  by_hand: number;
}

/** The `passing_upload` table: uploads that nobody takes up again, so that what is left of them can be ended. */
export class PassingUploadTable {
  readonly #insert;
  readonly #setUploadId;
  readonly #release;
  readonly #delete;
  readonly #deleteUnsynced;
  readonly #list;
  readonly #open = new Set<number>();

  constructor(db: Database) {
    this.#insert = db.prepare<[string, string, string, number, number]>(
      'INSERT INTO passing_upload (account_id, bucket, object_key, started_ms, by_hand) VALUES (?, ?, ?, ?, ?)',
    );
    this.#setUploadId = db.prepare('UPDATE passing_upload SET upload_id = ? WHERE id = ?');
    this.#release = db.prepare('UPDATE passing_upload SET by_hand = 0 WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM passing_upload WHERE id = ?');
    this.#deleteUnsynced = db.prepare(
      `DELETE FROM passing_upload WHERE started_ms < ? AND NOT EXISTS (
         SELECT 1 FROM folder WHERE folder.account_id = passing_upload.account_id AND folder.bucket = passing_upload.bucket)`,
    );
    this.#list = db.prepare<[string, string], RawPassing>(
      `SELECT id, object_key, upload_id, started_ms, by_hand FROM passing_upload WHERE account_id = ? AND bucket = ?
       ORDER BY id`,
    );
  }

  /** Where an account's uploads are noted. */
  notesOf(accountId: string, maker: UploadMaker = 'engine'): UploadNotes {
    const byHand = maker === 'hand';
    return {
      begin: (bucket, key, startedMs) => {
        const id = Number(this.#insert.run(accountId, bucket, key, startedMs, Number(byHand)).lastInsertRowid);
        this.#open.add(id);
        return {
          begun: (uploadId) => void this.#setUploadId.run(uploadId, id),
          over: () => this.delete(id),
          close: () => {
            this.#open.delete(id);
            if (byHand) this.#release.run(id);
          },
        };
      },
    };
  }

  list(accountId: string, bucket: string): PassingUpload[] {
    return this.#list.all(accountId, bucket).map((row) => ({
      id: row.id,
      key: row.object_key,
      uploadId: row.upload_id ?? undefined,
      startedMs: row.started_ms,
      isOpen: this.#open.has(row.id),
      byHand: row.by_hand === 1,
    }));
  }

  delete(id: number): void {
    this.#delete.run(id);
  }

  /** Forgets the uploads of before a time in buckets that no folder syncs. */
  deleteUnsynced(beforeMs: number): void {
    this.#deleteUnsynced.run(beforeMs);
  }
}
