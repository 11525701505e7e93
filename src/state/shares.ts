import type { Database } from './database.ts';

/** A link that was made here. The link itself holds a signature and is not kept. */
export interface ShareRow {
  readonly accountId: string;
  readonly bucket: string;
  readonly key: string;
  readonly method: 'GET' | 'PUT';
  readonly createdMs: number;
  readonly expiresMs: number;
}

export interface StoredShare extends ShareRow {
  readonly id: number;
}

interface RawShare {
  id: number;
  account_id: string;
  bucket: string;
  object_key: string;
  method: 'GET' | 'PUT';
  created_ms: number;
  expires_ms: number;
}

/** The list shows so many links at most. */
const MAX_LISTED = 1_000;

/** The `share` table. */
export class ShareTable {
  readonly #insert;
  readonly #alive;
  readonly #byId;
  readonly #delete;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO share (account_id, bucket, object_key, method, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#alive = db.prepare<[number, number], RawShare>(
      'SELECT * FROM share WHERE expires_ms > ? ORDER BY id DESC LIMIT ?',
    );
    this.#byId = db.prepare<[number], RawShare>('SELECT * FROM share WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM share WHERE id = ?');
  }

  add(share: ShareRow): void {
    this.#insert.run(share.accountId, share.bucket, share.key, share.method, share.createdMs, share.expiresMs);
  }

  /** Those that expire after `nowMs`, newest first. */
  alive(nowMs: number): StoredShare[] {
    return this.#alive.all(nowMs, MAX_LISTED).map(shareOf);
  }

  byId(id: number): StoredShare | undefined {
    const row = this.#byId.get(id);
    return row && shareOf(row);
  }

  delete(id: number): void {
    this.#delete.run(id);
  }
}

function shareOf(row: RawShare): StoredShare {
  return {
    id: row.id,
    accountId: row.account_id,
    bucket: row.bucket,
    key: row.object_key,
    method: row.method,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
  };
}
