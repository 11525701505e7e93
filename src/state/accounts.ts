import type { SecretPlace } from '../core/environment.ts';
import type { AccountSettings, ServerCapabilities } from '../core/object-store.ts';
import type { Database } from './database.ts';

/** An account without its secret, which never comes near the database. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly settings: AccountSettings;
  /** The address that links name, where that is not the endpoint: `https://share.example.com`. */
  readonly publicEndpoint?: string;
  readonly secretPlace: SecretPlace;
  readonly createdMs: number;
}

interface RawAccount {
  id: string;
  name: string;
  endpoint: string;
  region: string;
  access_key_id: string;
  path_style: number;
  ca_file: string | null;
  trusted_fingerprint: string | null;
  proxy: string | null;
  public_endpoint: string | null;
  secret_place: SecretPlace;
  created_ms: number;
}

/** What a bucket's server was found to honour, and when, in milliseconds since 1970. */
export interface KnownCapabilities extends ServerCapabilities {
  readonly probedMs: number;
}

interface RawCapability {
  conditional_put: number;
  conditional_complete: number;
  conditional_delete: number;
  part_crc32: number;
  probed_ms: number;
}

/** The `account` and `bucket_capability` tables. */
export class AccountTable {
  readonly #insert;
  readonly #list;
  readonly #byName;
  readonly #byId;
  readonly #delete;
  readonly #update;
  readonly #setCapabilities;
  readonly #forgetCapabilities;
  readonly #capabilities;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO account (id, name, endpoint, region, access_key_id, path_style, ca_file, trusted_fingerprint, proxy,
         public_endpoint, secret_place, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#list = db.prepare<[], RawAccount>('SELECT * FROM account ORDER BY name');
    this.#byName = db.prepare<[string], RawAccount>('SELECT * FROM account WHERE name = ?');
    this.#byId = db.prepare<[string], RawAccount>('SELECT * FROM account WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM account WHERE id = ?');
    this.#update = db.prepare(
      `UPDATE account SET region = ?, access_key_id = ?, path_style = ?, ca_file = ?, trusted_fingerprint = ?, proxy = ?,
         public_endpoint = ?, secret_place = ? WHERE id = ?`,
    );
    this.#setCapabilities = db.prepare(
      `INSERT INTO bucket_capability (account_id, bucket, conditional_put, conditional_complete, conditional_delete,
         part_crc32, probed_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET conditional_put = excluded.conditional_put,
         conditional_complete = excluded.conditional_complete, conditional_delete = excluded.conditional_delete,
         part_crc32 = excluded.part_crc32, probed_ms = excluded.probed_ms`,
    );
    this.#forgetCapabilities = db.prepare('DELETE FROM bucket_capability WHERE account_id = ?');
    this.#capabilities = db.prepare<[string, string], RawCapability>(
      `SELECT conditional_put, conditional_complete, conditional_delete, part_crc32, probed_ms FROM bucket_capability
       WHERE account_id = ? AND bucket = ?`,
    );
  }

  insert(account: AccountRow): void {
    const s = account.settings;
    this.#insert.run(
      account.id,
      account.name,
      s.endpoint,
      s.region,
      s.accessKeyId,
      Number(s.pathStyle),
      s.caFile ?? null,
      s.trustedFingerprint ?? null,
      s.proxy ?? null,
      account.publicEndpoint ?? null,
      account.secretPlace,
      account.createdMs,
    );
  }

  list(): AccountRow[] {
    return this.#list.all().map(accountOf);
  }

  byName(name: string): AccountRow | undefined {
    const row = this.#byName.get(name);
    return row && accountOf(row);
  }

  byId(id: string): AccountRow | undefined {
    const row = this.#byId.get(id);
    return row && accountOf(row);
  }

  /** Fails on a foreign key while a folder uses the account. */
  delete(id: string): void {
    this.#delete.run(id);
  }

  /** Writes what of an account can change: all but its id, its name and its server. */
  update({ id, settings, publicEndpoint, secretPlace }: AccountRow): void {
    this.#update.run(
      settings.region,
      settings.accessKeyId,
      Number(settings.pathStyle),
      settings.caFile ?? null,
      settings.trustedFingerprint ?? null,
      settings.proxy ?? null,
      publicEndpoint ?? null,
      secretPlace,
      id,
    );
  }

  setCapabilities(accountId: string, bucket: string, found: ServerCapabilities, probedMs: number): void {
    this.#setCapabilities.run(
      accountId,
      bucket,
      Number(found.conditionalPut),
      Number(found.conditionalComplete),
      Number(found.conditionalDelete),
      Number(found.partCrc32),
      probedMs,
    );
  }

  /** The server is reached in another way: what it honours is found out anew. */
  forgetCapabilities(accountId: string): void {
    this.#forgetCapabilities.run(accountId);
  }

  /** What the bucket's server was found to honour, or undefined where it was never probed. */
  capabilities(accountId: string, bucket: string): KnownCapabilities | undefined {
    const row = this.#capabilities.get(accountId, bucket);
    return (
      row && {
        conditionalPut: row.conditional_put === 1,
        conditionalComplete: row.conditional_complete === 1,
        conditionalDelete: row.conditional_delete === 1,
        partCrc32: row.part_crc32 === 1,
        probedMs: row.probed_ms,
      }
    );
  }
}

function accountOf(row: RawAccount): AccountRow {
  return {
    id: row.id,
    name: row.name,
    settings: {
      endpoint: row.endpoint,
      region: row.region,
      accessKeyId: row.access_key_id,
      pathStyle: row.path_style === 1,
      ...(row.ca_file !== null && { caFile: row.ca_file }),
      ...(row.trusted_fingerprint !== null && { trustedFingerprint: row.trusted_fingerprint }),
      ...(row.proxy !== null && { proxy: row.proxy }),
    },
    ...(row.public_endpoint !== null && { publicEndpoint: row.public_endpoint }),
    secretPlace: row.secret_place,
    createdMs: row.created_ms,
  };
}
