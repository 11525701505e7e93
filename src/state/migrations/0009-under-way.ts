import type { Migration } from './index.ts';

/** What was about to be sent or put in place when the program ended, so that it is known again by its content. */
export const underWay: Migration = {
  version: 9,
  sql: `
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
`,
};
