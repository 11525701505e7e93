-- A state database as the program of schema 15 left it.
PRAGMA user_version = 15;
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
, public_endpoint TEXT) STRICT;
CREATE TABLE bucket_capability (
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  conditional_put INTEGER NOT NULL CHECK (conditional_put IN (0, 1)),
  conditional_complete INTEGER NOT NULL CHECK (conditional_complete IN (0, 1)),
  conditional_delete INTEGER NOT NULL CHECK (conditional_delete IN (0, 1)),
  probed_ms INTEGER NOT NULL, part_crc32 INTEGER NOT NULL DEFAULT 0 CHECK (part_crc32 IN (0, 1)),
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
, chosen TEXT, bucket_trash_tidied_ms INTEGER, choice_id TEXT, hold_revision INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE TABLE "share" (
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
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE "held_change" (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  effect TEXT NOT NULL CHECK (effect IN ('deletion', 'replacement')),
  path TEXT NOT NULL,
  PRIMARY KEY (folder_id, effect, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE "problem" (
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
CREATE TABLE transfer_wish (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  wish TEXT NOT NULL CHECK (wish IN ('first', 'paused', 'cancelled')),
  sides TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (folder_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_by_time ON activity (at_ms);
CREATE INDEX activity_by_path ON activity (folder_id, path);
CREATE INDEX transfer_wish_first ON transfer_wish (folder_id, number) WHERE wish = 'first';
CREATE UNIQUE INDEX problem_by_path ON problem (folder_id, path, source);
CREATE INDEX problem_by_retry ON problem (folder_id, retry_at_ms) WHERE retry_at_ms IS NOT NULL;
CREATE INDEX problem_by_severity ON problem (folder_id, severity);
CREATE INDEX problem_clash ON problem (folder_id) WHERE code = 'type-clash';
CREATE TABLE under_way (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  etag TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('up', 'down')),
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  file_id TEXT NOT NULL,
  part_size_bytes INTEGER,
  begun_ms INTEGER NOT NULL,
  PRIMARY KEY (folder_id, path, etag)
) STRICT, WITHOUT ROWID;
CREATE TABLE passing_upload (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  upload_id TEXT,
  started_ms INTEGER NOT NULL
, by_hand INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO account VALUES ('acc1', 'home', 'http://192.168.1.100:9000', 'us-east-1', 'alice', 1, NULL, NULL, NULL, 'keychain', 1700000000000, NULL);
INSERT INTO account VALUES ('acc2', '工作', 'https://s3.example:9000', 'eu-1', 'bob', 0, '/etc/ca.pem', 'AB:CD', 'http://proxy:3128', 'file', 1700000000001, NULL);
INSERT INTO bucket_capability VALUES ('acc1', 'photos', 1, 1, 0, 1700000000011, 1);
INSERT INTO folder VALUES ('f1', '/home/ann/Pictures', '2049', 'acc1', 'photos', '2026/', 'two-way', 1, '["*.tmp"]', 1, 'deletes-most', 10, 6, 1, 0, 7, 1700000000003, 1700000000002, '["2025","raw/日本"]', 1700000000013, 'k3jq', 2);
INSERT INTO folder VALUES ('f2', '/home/ann/工作 "x"', '2050', 'acc2', 'work', '', 'upload', 0, '[]', 0, NULL, 0, 0, 0, 0, 3, NULL, 1700000000004, NULL, NULL, NULL, 0);
INSERT INTO base VALUES ('f1', 'a.jpg', 3, 1700000000123456789, 1700000000987654321, '281474976710655.17', '900150983cd24fb0d6963f7d28e17f72', NULL, 0);
INSERT INTO base VALUES ('f1', 'film ''1''.mov', 22020096, 1700000000000000000, 1700000000000000001, '18', '9bb58f26192e4ba00f01e2e7b136bbd8-3', 8388608, 0);
INSERT INTO base VALUES ('f1', 'kept/日本.txt', 5497558138880, -1, 0, '19', 'd41d8cd98f00b204e9800998ecf8427e', NULL, 1);
INSERT INTO plan VALUES ('f1', 2, 'small', 'gone.txt', 'delete-remote', 5, NULL, NULL, NULL, NULL, NULL, '0cc175b9c0f1b6a831c399e269772661', NULL);
INSERT INTO upload VALUES (4, 'f1', 'acc1', 'photos', '2026/film.mov', 'id-1', 8388608, 22020096, 1700000000000000000, 1700000000000000001, '18', 1700000000005);
INSERT INTO upload_part VALUES (4, 1, 8388608, '0cc175b9c0f1b6a831c399e269772661', '0cc175b9c0f1b6a831c399e269772661');
INSERT INTO activity VALUES (9, 1700000000006, 'f1', 'uploaded', 'a.jpg', 3, '');
INSERT INTO share VALUES (2, 'acc1', 'photos', '2026/a.jpg', 'GET', 1700000000009, 4000000000000, NULL, NULL, NULL, NULL);
INSERT INTO setting VALUES ('paused', 'true');
INSERT INTO setting VALUES ('uploadLimitBytesPerSecond', '2097152');
INSERT INTO download VALUES (3, 'acc1', 'photos', '2026/big.bin', '/home/ann/Pictures', '9bb58f26192e4ba00f01e2e7b136bbd8-3', 22020096, 8388608, 'big.bin', '.rustfs-sync/tmp/x', 1700000000010);
INSERT INTO download_part VALUES (3, 1, '0cc175b9c0f1b6a831c399e269772661');
INSERT INTO held_change VALUES ('f1', 'deletion', 'gone.txt');
INSERT INTO problem VALUES (11, 'f1', 'link', 'comparison', 'symlink', 'notice', 'Symbolic links are not synced.', 'Put the file itself.', '', 1, NULL, 1700000000007, 1700000000008, 7);
INSERT INTO problem VALUES (12, 'f1', 'a (conflict).jpg', 'conflict', 'conflict-copy', 'warning', 'Both kept.', 'Compare.', '{}', 1, NULL, 1700000000007, 1700000000008, 7);
INSERT INTO problem VALUES (13, 'f1', 'a.jpg', 'audit', 'bit-rot', 'error', 'Damaged.', 'Restore it.', '', 1, NULL, 1700000000012, 1700000000012, 7);
INSERT INTO under_way VALUES ('f1', 'b.jpg', '0cc175b9c0f1b6a831c399e269772661', 'up', 1, 1700000000000000000, 1700000000000000000, '7', NULL, 1700000000012);
INSERT INTO passing_upload VALUES (1, 'acc1', 'photos', '2026/renamed.mov', 'id-2', 1700000000013, 0);
UPDATE sqlite_sequence SET seq = 20 WHERE name = 'problem';
UPDATE sqlite_sequence SET seq = 6 WHERE name = 'share';
