import type { Migration } from './index.ts';

/** What a person asked of the transfers of single files. */
export const transferWishes: Migration = {
  version: 6,
  sql: `
CREATE TABLE transfer_wish (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  wish TEXT NOT NULL CHECK (wish IN ('first', 'paused', 'cancelled')),
  sides TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (folder_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_wish_first ON transfer_wish (folder_id, number) WHERE wish = 'first';
`,
};
