import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SyncError } from '../core/errors.ts';
import { noteEngineProcess, readEngineProcess } from './process-file.ts';
import { stateError } from './state-error.ts';

/** Held by the engine that syncs, and by whoever writes to its state. */
export interface EngineLock {
  release(): void;
}

/**
 * Makes sure that one process at a time writes to a data directory. The lock is SQLite's on a file of its own: the operating system
 * gives it up with the process, so that a killed engine leaves nothing locked.
 *
 * @throws SyncError engine-busy, with the other's process id; what the disk says where it can not be locked at all.
 */
export function lockEngine(home: string): EngineLock {
  let database: Sqlite.Database | undefined;
  try {
    database = new Sqlite(join(home, 'engine.lock'), { timeout: 0 });
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    noteEngineProcess(home);
  } catch (cause) {
    database?.close();
    if (!isTaken(cause)) throw stateError(cause, home);
    throw new SyncError({
      code: 'engine-busy',
      message: `RustFS Sync is at work already${inWords(readEngineProcess(home))}.`,
      advice: 'Let it work, or end it first.',
      command: 'rustfs-sync status',
      cause,
    });
  }
  const held = database;
  return { release: () => held.close() };
}

function isTaken(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function inWords(processId: number | undefined): string {
  return processId === undefined ? '' : ` (process ${processId})`;
}
