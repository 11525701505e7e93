import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SyncError } from '../core/errors.ts';
import { noteEngineProcess, readEngineProcess } from './process-file.ts';

/** Held by the engine that syncs, and by whoever writes to its state. */
export interface EngineLock {
  release(): void;
}

/**
 * Makes sure that one process at a time writes to a data directory. The lock is SQLite's on a file of its own: the operating system
 * gives it up with the process, so that a killed engine leaves nothing locked.
 *
 * @throws SyncError engine-busy, with the other's process id.
 */
export function lockEngine(home: string): EngineLock {
  const database = new Sqlite(join(home, 'engine.lock'), { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new SyncError({
      code: 'engine-busy',
      message: `RustFS Sync is at work already${inWords(readEngineProcess(home))}.`,
      advice: 'Let it work, or end it first. “rustfs-sync status” shows what it does.',
      cause,
    });
  }
  noteEngineProcess(home);
  return { release: () => database.close() };
}

function inWords(processId: number | undefined): string {
  return processId === undefined ? '' : ` (process ${processId})`;
}
