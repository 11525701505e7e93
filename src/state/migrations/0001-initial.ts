import type { Migration } from './index.ts';

/** Units stand in the names: `_ms` milliseconds since 1970, `_ns` nanoseconds since 1970, `_bytes` bytes. */
export const initial: Migration = {
  version: 1,
  sql: `
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  endpoint TEXT NOT NULL,
  region TEXT NOT NULL,
  access_key_id TEXT NOT NULL,
  path_style INTEGER NOT NULL CHECK (path_style IN (0, 1)),
  ca_file TEXT,
  trusted_fingerprint TEXT,
  proxy TEXT,
  secret_place TEXT NOT NULL CHECK (secret_place IN ('keychain', 'file')),
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE bucket_capability (
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  conditional_put INTEGER NOT NULL CHECK (conditional_put IN (0, 1)),
  conditional_complete INTEGER NOT NULL CHECK (conditional_complete IN (0, 1)),
  conditional_delete INTEGER NOT NULL CHECK (conditional_delete IN (0, 1)),
  probed_ms INTEGER NOT NULL,
  PRIMARY KEY (account_id, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE folder (
  id TEXT PRIMARY KEY,
  local_root TEXT NOT NULL UNIQUE,
  root_device_id TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES account (id),
  bucket TEXT NOT NULL,
  prefix TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('two-way', 'upload', 'download')),
  mirror_deletes INTEGER NOT NULL CHECK (mirror_deletes IN (0, 1)),
  ignore_globs TEXT NOT NULL,
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  hold_reason TEXT,
  hold_known INTEGER NOT NULL DEFAULT 0,
  hold_deletions INTEGER NOT NULL DEFAULT 0,
  hold_replacements INTEGER NOT NULL DEFAULT 0,
  hold_approved INTEGER NOT NULL DEFAULT 0 CHECK (hold_approved IN (0, 1)),
  last_pass INTEGER NOT NULL DEFAULT 0,
  last_full_pass_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE base (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  file_id TEXT NOT NULL,
  etag TEXT NOT NULL,
  part_size_bytes INTEGER,
  retained INTEGER NOT NULL CHECK (retained IN (0, 1)),
  PRIMARY KEY (folder_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  phase INTEGER NOT NULL CHECK (phase IN (0, 1, 2)),
  lane TEXT NOT NULL CHECK (lane IN ('small', 'large')),
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  disk_path TEXT,
  local_size_bytes INTEGER,
  mtime_ns INTEGER,
  ctime_ns INTEGER,
  file_id TEXT,
  expect_etag TEXT,
  from_path TEXT,
  PRIMARY KEY (folder_id, phase, lane, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_by_file ON plan (folder_id, kind, file_id);
CREATE INDEX plan_by_etag ON plan (folder_id, kind, expect_etag);

CREATE TABLE upload (
  id INTEGER PRIMARY KEY,
  folder_id TEXT,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  upload_id TEXT,
  part_size_bytes INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  file_id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  UNIQUE (account_id, bucket, object_key)
) STRICT;

CREATE TABLE upload_part (
  upload INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  part_number INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  md5 TEXT NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (upload, part_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX activity_by_time ON activity (at_ms);

CREATE TABLE problem (
  id INTEGER PRIMARY KEY,
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('comparison', 'transfer', 'folder', 'conflict')),
  code TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('notice', 'warning', 'error')),
  message TEXT NOT NULL,
  advice TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at_ms INTEGER,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  pass INTEGER NOT NULL,
  UNIQUE (folder_id, path, source)
) STRICT;

CREATE TABLE share (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('GET', 'PUT')),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
