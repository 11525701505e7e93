import type { Database } from 'better-sqlite3';
import { initial } from './0001-initial.ts';
import { downloads } from './0002-downloads.ts';
import { partCrc32 } from './0003-part-crc32.ts';
import { chosenAndApproved } from './0004-chosen-and-approved.ts';
import { history } from './0005-history.ts';
import { transferWishes } from './0006-transfer-wishes.ts';
import { shares } from './0007-shares.ts';
import { choiceNumber } from './0008-choice-number.ts';
import { underWay } from './0009-under-way.ts';
import { planWithoutIndexes } from './0010-plan-without-indexes.ts';
import { passingUploads } from './0011-passing-uploads.ts';
import { heldChanges } from './0012-held-changes.ts';
import { putByHand } from './0013-put-by-hand.ts';
import { problemIndexes } from './0014-problem-indexes.ts';
import { numbersOnce } from './0015-numbers-once.ts';
import { eachConflict } from './0016-each-conflict.ts';

/** One step of the schema. Never edited once it was released; a later step changes what it made. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const MIGRATIONS: readonly Migration[] = [
  initial,
  downloads,
  partCrc32,
  chosenAndApproved,
  history,
  transferWishes,
  shares,
  choiceNumber,
  underWay,
  planWithoutIndexes,
  passingUploads,
  heldChanges,
  putByHand,
  problemIndexes,
  numbersOnce,
  eachConflict,
];

/** The schema that this program reads and writes, as SQLite's `user_version`. */
export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(({ version }) => version));

/** The version of the schema in a database; 0 for an empty one. */
export function schemaVersionOf(database: Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/**
 * Applies what is missing, each step in a transaction of its own. Whether a step is missing is asked under the write lock,
 * since another process may be opening the same database.
 */
export function migrate(database: Database): void {
  if (schemaVersionOf(database) >= SCHEMA_VERSION) return;
  for (const migration of MIGRATIONS) {
    database
      .transaction(() => {
        if (schemaVersionOf(database) >= migration.version) return;
        database.exec(migration.sql);
        database.pragma(`user_version = ${migration.version}`);
      })
      .immediate();
  }
}
