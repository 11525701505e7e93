import type { Migration } from './index.ts';

/** What a person puts goes from the command's own process: the engine can not see that it is still at work. */
export const putByHand: Migration = {
  version: 13,
  sql: `
ALTER TABLE passing_upload ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;
`,
};
