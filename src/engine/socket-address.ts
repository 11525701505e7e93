import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SyncError } from '../core/errors.ts';

/** What a socket's address may hold, with room to spare: 108 bytes on Linux, 104 on macOS. */
const MOST_ADDRESS_BYTES = 100;

/** In the data directory: where the engine that runs on it listens. */
const ADDRESS_FILE = 'engine.address';

/**
 * Where an engine may listen, the best first: in its data directory, or where that path is too long for a socket or its
 * disk holds none, in a directory of this person. On Windows a pipe with a name that nobody can guess.
 */
export function* addressesFor(home: string): Generator<string> {
  if (process.platform === 'win32') {
    yield `\\\\.\\pipe\\rustfs-sync-${randomBytes(16).toString('hex')}`;
    return;
  }
  const inHome = join(home, 'engine.sock');
  if (Buffer.byteLength(inHome) <= MOST_ADDRESS_BYTES) yield inHome;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  yield join(runtimeDirectory(), `${name}.sock`);
}

/** A file of its own says it: another process may have other environment variables. */
export function noteAddress(home: string, address: string): void {
  const path = join(home, ADDRESS_FILE);
  // Nobody reads half of it.
  writeFileSync(`${path}.new`, `${address}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Where the engine of a data directory was last known to listen. */
export function readAddress(home: string): string | undefined {
  try {
    return readFileSync(join(home, ADDRESS_FILE), 'utf8').trim();
  } catch {
    // No engine ever listened here, or this person may not look: connecting tells which.
    return undefined;
  }
}

/** A directory that nobody else can write to. @throws SyncError disk-error when somebody else got there first. */
function runtimeDirectory(): string {
  const given = process.env['XDG_RUNTIME_DIR'] ?? '';
  const userId = process.getuid?.() ?? 0;
  const directory = isAbsolute(given) ? join(given, 'rustfs-sync') : join(tmpdir(), `rustfs-sync-${userId}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(directory);
  if (uid === userId && (mode & 0o170077) === 0o040000) return directory;
  throw new SyncError({
    code: 'disk-error',
    message: `${directory} does not belong to you alone.`,
    advice: 'Remove it, or choose a shorter path for RUSTFS_SYNC_HOME.',
  });
}
