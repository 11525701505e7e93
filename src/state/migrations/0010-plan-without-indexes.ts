import type { Migration } from './index.ts';

/** What they were for is found by going through the plan once; keeping them cost each row twice its price. */
export const planWithoutIndexes: Migration = {
  version: 10,
  sql: `
DROP INDEX plan_by_file;
DROP INDEX plan_by_etag;
`,
};
