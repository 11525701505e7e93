import type { Migration } from './index.ts';

/** What is asked of the problems again and again, the next one to retry above all, is found without looking at all of them. */
export const problemIndexes: Migration = {
  version: 14,
  sql: `
CREATE INDEX problem_by_retry ON problem (folder_id, retry_at_ms) WHERE retry_at_ms IS NOT NULL;
CREATE INDEX problem_by_severity ON problem (folder_id, severity);
CREATE INDEX problem_clash ON problem (folder_id) WHERE code = 'type-clash';
`,
};
