import type { Migration } from './index.ts';

/** Uploads that are made in one go: what a killed program left of them is ended later. */
export const passingUploads: Migration = {
  version: 11,
  sql: `
CREATE TABLE passing_upload (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  upload_id TEXT,
  started_ms INTEGER NOT NULL
) STRICT;
`,
};
