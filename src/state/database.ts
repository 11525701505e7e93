import { existsSync, renameSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { foldCase } from '../core/case-fold.ts';
import { SyncError } from '../core/errors.ts';
import { migrate, SCHEMA_VERSION, schemaVersionOf } from './migrations/index.ts';

/** The state database. Only this room prepares statements on it. */
export type Database = Sqlite.Database;

/** So long SQLite waits for others by itself, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** Together two seconds, in milliseconds. */
const BUSY_ATTEMPTS = 100;
const BUSY_PAUSE_MS = 20;

/** Does work while nobody else works with the state. @throws what says that somebody does. */
export type Alone = <T>(work: () => T) => T;

/** What opening found, for the log and for the person. */
export interface OpenedDatabase {
  readonly database: Database;
  /** Where a database that could not be read was set aside; the new one is empty. */
  readonly setAside?: string;
}

/**
 * Opens (or makes) the state database and brings its schema up to date.
 *
 * Write-ahead log with `synchronous = NORMAL`: a killed process loses nothing that was committed; a power cut may lose the
 * last commits, which the next comparison finds again by itself, and never the database. Checkpoints are SQLite's own.
 *
 * @param path of the file, or `:memory:`.
 * @param stamp names a file that has to be set aside, so that the name does not come from a clock of ours.
 * @param alone an earlier schema is brought up to date, and a file set aside, with that: an engine of an earlier version may be
 * at work, whose statements would fail from then on.
 * @throws SyncError state-too-new when a later version of the program wrote it; nothing is changed then.
 */
export function openDatabase(path: string, stamp: string, alone: Alone): OpenedDatabase {
  try {
    return isOfEarlier(path) ? alone(() => open(path)) : open(path);
  } catch (error) {
    if (!isUnreadable(error) || path === ':memory:') throw error;
    return alone(() => openInstead(path, stamp));
  }
}

/** Sets a database aside that can not be read, and makes a new one. Whoever was alone before may have done that. */
function openInstead(path: string, stamp: string): OpenedDatabase {
  try {
    return open(path);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const setAside = `${path}.unreadable-${stamp}`;
    renameSync(path, setAside);
    for (const suffix of ['-wal', '-shm']) moveIfThere(path + suffix, setAside + suffix);
    return { ...open(path), setAside };
  }
}

/**
 * Whether an earlier version of the program wrote it. Looks through a connection that can not write: closing another one would
 * move the write-ahead log of a later version into its database.
 *
 * @throws SyncError state-too-new
 */
function isOfEarlier(path: string): boolean {
  if (path === ':memory:' || !existsSync(path)) return false;
  let database: Database | undefined;
  try {
    database = new Sqlite(path, { readonly: true });
    refuseLater(database);
    const found = schemaVersionOf(database);
    return found > 0 && found < SCHEMA_VERSION;
  } catch (error) {
    // What a crash in the very first write left has to be mended before anything can be read; it is of no other version.
    if (!(error instanceof Sqlite.SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code))) throw error;
    return false;
  } finally {
    database?.close();
  }
}

/**
 * SQLite does not always wait by itself where several processes turn the write-ahead log of a new database on at once. Where it
 * does, it is not to do so in each attempt.
 */
function useWriteAheadLog(database: Database): void {
  database.pragma('busy_timeout = 0');
  for (let attempt = 1; ; attempt++) {
    try {
      database.pragma('journal_mode = WAL');
      database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      return;
    } catch (error) {
      const isBusy = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!isBusy || attempt === BUSY_ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
  }
}

/** @throws SyncError state-too-new */
export function refuseLater(database: Database): void {
  const found = schemaVersionOf(database);
  if (found > SCHEMA_VERSION) throw tooNew(database.name, found);
}

function open(path: string): OpenedDatabase {
  const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Another program may have come in between.
    refuseLater(database);
    proveSound(database);
    useWriteAheadLog(database);
    database.pragma('synchronous = NORMAL');
    // macOS calls a write done that its disk may still lose or put behind a later one; elsewhere this changes nothing.
    database.pragma('checkpoint_fullfsync = ON');
    database.pragma('foreign_keys = ON');
    database.pragma('cache_size = -8000');
    migrate(database);
    database.function('fold_case', { deterministic: true }, (path: unknown) => foldCase(String(path)));
    return { database };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Reads every page once (a million files: 0.15 s), so that damage is met now and not in the middle of a comparison. */
function proveSound(database: Database): void {
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw new Sqlite.SqliteError(String(verdict), 'SQLITE_CORRUPT');
}

function tooNew(path: string, found: number): SyncError {
  return new SyncError({
    code: 'state-too-new',
    message: `The state in ${path} was written by a later version of RustFS Sync (schema ${found}, this one knows ${SCHEMA_VERSION}).`,
    advice: 'Install the later version again. Nothing was changed.',
  });
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof Sqlite.SqliteError && (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
  );
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
