import type { Migration } from './index.ts';

/** Tells the choice of a folder's part from earlier ones: the root has a note of the last, see `engine/choice-note`. */
export const choiceNumber: Migration = {
  version: 8,
  sql: `
ALTER TABLE folder ADD COLUMN choice_id TEXT;
`,
};
