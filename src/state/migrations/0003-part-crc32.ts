import type { Migration } from './index.ts';

/** Whether parts may go with a CRC32. What was found out about servers before is asked again. */
export const partCrc32: Migration = {
  version: 3,
  sql: `
DELETE FROM bucket_capability;
ALTER TABLE bucket_capability ADD COLUMN part_crc32 INTEGER NOT NULL DEFAULT 0 CHECK (part_crc32 IN (0, 1));
`,
};
