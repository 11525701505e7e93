import type { Migration } from './index.ts';

/**
 * What a held plan would delete and replace is taken down as soon as it is held, rather than when it is approved, with a number
 * that grows when more of it comes. So what is approved is what was shown.
 */
export const heldChanges: Migration = {
  version: 12,
  sql: `
ALTER TABLE approved_change RENAME TO held_change;
ALTER TABLE folder ADD COLUMN hold_revision INTEGER NOT NULL DEFAULT 0;
`,
};
