import type { Migration } from './index.ts';

/** A path that comes into conflict again has two copies beside it: each is listed until it is settled. `detail` names the copy. */
export const eachConflict: Migration = {
  version: 16,
  sql: `
DROP INDEX problem_by_path;
CREATE UNIQUE INDEX problem_by_path ON problem (folder_id, path, source, iif(source = 'conflict', detail, ''));
`,
};
