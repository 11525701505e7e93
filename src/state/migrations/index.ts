import type { Database } from 'better-sqlite3';
import { initial } from './0001-initial.ts';

/** One step of the schema. Never edited once it was released; a later step changes what it made. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const MIGRATIONS: readonly Migration[] = [initial];

/** The schema that this program reads and writes, as SQLite's `user_version`. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Applies what is missing, each step in a transaction of its own. */
export function migrate(database: Database, from: number): void {
  for (const migration of MIGRATIONS.slice(from)) {
    database.transaction(() => {
      database.exec(migration.sql);
      database.pragma(`user_version = ${migration.version}`);
    })();
  }
}
