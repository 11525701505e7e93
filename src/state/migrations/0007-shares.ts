import type { Migration } from './index.ts';

/**
 * The address that links name where it is not the account's own, the name that a receiver sees, and what was made in a
 * bucket for a shared folder: noted before it is made, and complete once its ETag is known.
 */
export const shares: Migration = {
  version: 7,
  sql: `
ALTER TABLE account ADD COLUMN public_endpoint TEXT;

ALTER TABLE share ADD COLUMN file_name TEXT;
ALTER TABLE share ADD COLUMN form TEXT CHECK (form IN ('page', 'zip'));
ALTER TABLE share ADD COLUMN folder_prefix TEXT CHECK ((folder_prefix IS NULL) = (form IS NULL));
ALTER TABLE share ADD COLUMN made_etag TEXT;
`,
};
