import type { Migration } from './index.ts';

/** The journal by which downloads go on after a crash. */
export const downloads: Migration = {
  version: 2,
  sql: `
CREATE TABLE download (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  root TEXT NOT NULL,
  etag TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  part_size_bytes INTEGER NOT NULL CHECK (part_size_bytes > 0),
  path TEXT NOT NULL,
  temporary_path TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  UNIQUE (root, account_id, bucket, object_key)
) STRICT;

CREATE TABLE download_part (
  download INTEGER NOT NULL REFERENCES download (id) ON DELETE CASCADE,
  part_number INTEGER NOT NULL,
  md5 TEXT,
  PRIMARY KEY (download, part_number)
) STRICT, WITHOUT ROWID;
`,
};
