import type { Database } from './database.ts';

/** A link that was made here. The link itself holds a signature and is not kept. */
export interface ShareRow {
  readonly accountId: string;
  readonly bucket: string;
  /** The object that the link is to. */
  readonly key: string;
  readonly method: 'GET' | 'PUT';
  /** What the receiver saves it as, where that is not the key's last part. */
  readonly fileName?: string;
  /** Of a folder: that what lies under `key` was made for this link alone, and from what. */
  readonly folder?: { readonly form: 'page' | 'zip'; readonly prefix: string };
  readonly createdMs: number;
  readonly expiresMs: number;
}

export interface StoredShare extends ShareRow {
  readonly id: number;
  /** ETag of what was made for it; undefined where nothing was, or while it is being made. */
  readonly madeEtag: string | undefined;
}

interface RawShare {
  id: number;
  account_id: string;
  bucket: string;
  object_key: string;
  method: 'GET' | 'PUT';
  file_name: string | null;
  form: 'page' | 'zip' | null;
  folder_prefix: string | null;
  made_etag: string | null;
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
  readonly #over;
  readonly #made;
  readonly #setMade;
  readonly #delete;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO share (account_id, bucket, object_key, method, file_name, form, folder_prefix, created_ms, expires_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#alive = db.prepare<[number, number], RawShare>(
      `SELECT * FROM share WHERE expires_ms > ? AND (form IS NULL OR made_etag IS NOT NULL) ORDER BY id DESC LIMIT ?`,
    );
    this.#byId = db.prepare<[number], RawShare>('SELECT * FROM share WHERE id = ?');
    this.#over = db.prepare<[number], RawShare>(
      `SELECT * FROM share WHERE expires_ms <= ? OR (form IS NOT NULL AND made_etag IS NULL) ORDER BY id`,
    );
    this.#made = db.prepare<[string], RawShare>('SELECT * FROM share WHERE account_id = ? AND form IS NOT NULL');
    this.#setMade = db.prepare('UPDATE share SET made_etag = ?, expires_ms = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM share WHERE id = ?');
  }

  /** @returns its id, which no other one ever has. */
  add(share: ShareRow): number {
    const { lastInsertRowid } = this.#insert.run(
      share.accountId,
      share.bucket,
      share.key,
      share.method,
      share.fileName ?? null,
      share.folder?.form ?? null,
      share.folder?.prefix ?? null,
      share.createdMs,
      share.expiresMs,
    );
    return Number(lastInsertRowid);
  }

  /** What was made for a folder's link is whole. */
  setMade(id: number, etag: string, expiresMs: number): void {
    this.#setMade.run(etag, expiresMs, id);
  }

  /** Those that expire after `nowMs` and can be used, newest first. */
  alive(nowMs: number): StoredShare[] {
    return this.#alive.all(nowMs, MAX_LISTED).map(shareOf);
  }

  byId(id: number): StoredShare | undefined {
    const row = this.#byId.get(id);
    return row && shareOf(row);
  }

  /** Those that have expired, and those for which something was begun and never became whole. */
  over(nowMs: number): StoredShare[] {
    return this.#over.all(nowMs).map(shareOf);
  }

  /** Those of an account for which something was made. */
  madeFor(accountId: string): StoredShare[] {
    return this.#made.all(accountId).map(shareOf);
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
    ...(row.file_name !== null && { fileName: row.file_name }),
    ...(row.form !== null && { folder: { form: row.form, prefix: row.folder_prefix ?? '' } }),
    madeEtag: row.made_etag ?? undefined,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
  };
}
