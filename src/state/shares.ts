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

/** The `share` table. */
export class ShareTable {
  readonly #insert;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO share (account_id, bucket, object_key, method, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  add(share: ShareRow): void {
    this.#insert.run(share.accountId, share.bucket, share.key, share.method, share.createdMs, share.expiresMs);
  }
}
