import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SyncError } from '../core/errors.ts';

/** Held while an engine syncs. */
export interface EngineLock {
  release(): void;
}

/**
 * Makes sure that one engine syncs per data directory. The lock is SQLite's on a file of its own: the operating system
 * gives it up with the process, so that a killed engine leaves nothing locked.
 *
 * @throws SyncError engine-busy, with the other's process id.
 */
export function lockEngine(home: string): EngineLock {
  const database = new Sqlite(join(home, 'engine.lock'), { timeout: 0 });
  const pidFile = join(home, 'engine.pid');
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new SyncError({
      code: 'engine-busy',
      message: `RustFS Sync is syncing already${otherProcess(pidFile)}.`,
      advice: 'Let it work, or end it first. “rustfs-sync status” shows what it does.',
      cause,
    });
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return { release: () => database.close() };
}

function otherProcess(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    // The other engine has the lock and has not written its number yet; the message does without it.
    return '';
  }
}
