import type { Migration } from './index.ts';

/**
 * The number of a problem or a link that is gone is given to no later one: a person may still have it before them, and settle a
 * conflict or end a link by it. SQLite promises that of a table made with AUTOINCREMENT alone, and so both are made anew.
 */
export const numbersOnce: Migration = {
  version: 15,
  sql: `
CREATE TABLE problem_numbered (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('comparison', 'transfer', 'folder', 'conflict', 'audit')),
  code TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('notice', 'warning', 'error')),
  message TEXT NOT NULL,
  advice TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at_ms INTEGER,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  pass INTEGER NOT NULL
) STRICT;
INSERT INTO problem_numbered (id, folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms,
    first_ms, last_ms, pass)
  SELECT id, folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms, first_ms, last_ms, pass
  FROM problem;
DROP TABLE problem;
ALTER TABLE problem_numbered RENAME TO problem;
CREATE UNIQUE INDEX problem_by_path ON problem (folder_id, path, source);
CREATE INDEX problem_by_retry ON problem (folder_id, retry_at_ms) WHERE retry_at_ms IS NOT NULL;
CREATE INDEX problem_by_severity ON problem (folder_id, severity);
CREATE INDEX problem_clash ON problem (folder_id) WHERE code = 'type-clash';

CREATE TABLE share_numbered (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('GET', 'PUT')),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  file_name TEXT,
  form TEXT CHECK (form IN ('page', 'zip')),
  folder_prefix TEXT CHECK ((folder_prefix IS NULL) = (form IS NULL)),
  made_etag TEXT
) STRICT;
INSERT INTO share_numbered (id, account_id, bucket, object_key, method, created_ms, expires_ms, file_name, form, folder_prefix,
    made_etag)
  SELECT id, account_id, bucket, object_key, method, created_ms, expires_ms, file_name, form, folder_prefix, made_etag FROM share;
DROP TABLE share;
ALTER TABLE share_numbered RENAME TO share;
`,
};
