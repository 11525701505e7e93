import type { Migration } from './index.ts';

/**
 * What the audit finds (a source of problems of its own, which SQLite only allows in a table made anew), when the bucket's
 * trash was last gone through, and the way to the history of a path.
 */
export const history: Migration = {
  version: 5,
  sql: `
CREATE TABLE problem_with_audit (
  id INTEGER PRIMARY KEY,
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
  pass INTEGER NOT NULL,
  UNIQUE (folder_id, path, source)
) STRICT;
INSERT INTO problem_with_audit (id, folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms,
    first_ms, last_ms, pass)
  SELECT id, folder_id, path, source, code, severity, message, advice, detail, attempts, retry_at_ms, first_ms, last_ms, pass
  FROM problem;
DROP TABLE problem;
ALTER TABLE problem_with_audit RENAME TO problem;

ALTER TABLE folder ADD COLUMN bucket_trash_tidied_ms INTEGER;

CREATE INDEX activity_by_path ON activity (folder_id, path);
`,
};
