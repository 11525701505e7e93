import type { Migration } from './index.ts';

/** The part of a folder that is kept on this computer (JSON, null for all), and what a person saw and approved of a held plan. */
export const chosenAndApproved: Migration = {
  version: 4,
  sql: `
ALTER TABLE folder ADD COLUMN chosen TEXT;

CREATE TABLE approved_change (
  folder_id TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  effect TEXT NOT NULL CHECK (effect IN ('deletion', 'replacement')),
  path TEXT NOT NULL,
  PRIMARY KEY (folder_id, effect, path)
) STRICT, WITHOUT ROWID;
`,
};
