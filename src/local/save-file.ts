import { link, open, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { SyncError } from '../core/errors.ts';
import { canNotLink, diskError, isMissing, systemCode } from './disk-errors.ts';
import { hasProc, pooledDisk } from './disk.ts';
import { flushDirectory } from './flush-directory.ts';
import { asFarAsKept } from './writable-file.ts';

/**
 * Saves a stream as a file: written beside its place under a temporary name, flushed to the disk, and only then given its
 * name. When anything fails, the temporary file is removed and what was under the name stays.
 *
 * @throws SyncError invalid-argument when something is there and `overwrite` is false; disk-full and other disk errors;
 * whatever the stream throws, at its end too.
 */
export async function saveFile(path: string, body: AsyncIterable<Uint8Array>, overwrite: boolean): Promise<void> {
  if (!overwrite) await refuseExisting(path);
  const mode = overwrite ? await modeOf(path) : undefined;
  // Short, for the disk may just hold the name itself; and the default rules leave it out, should this be a synced folder.
  const temporary = join(dirname(path), `.#rustfs-sync-${randomBytes(9).toString('hex')}`);
  try {
    await write(temporary, body, mode);
    if (overwrite) await rename(temporary, path);
    else await nameWithoutOverwriting(temporary, path);
    await flushDirectory(pooledDisk(hasProc()), dirname(path), undefined);
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw systemCode(error) === undefined ? error : diskError(error, { doing: 'writing', path });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Who may read the file that is replaced; undefined where there is none, and on Windows, which knows no such bits. */
async function modeOf(path: string): Promise<number | undefined> {
  if (process.platform === 'win32') return undefined;
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(error, { doing: 'looking at', path });
  }
}

async function write(path: string, body: AsyncIterable<Uint8Array>, mode: number | undefined): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The umask has taken from it.
    if (mode !== undefined) await asFarAsKept(() => file.chmod(mode));
    for await (const chunk of body) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (isMissing(error)) return;
    throw diskError(error, { doing: 'looking at', path });
  }
  throw alreadyThere(path);
}

/** A hard link fails where the name is taken, also by somebody who came in between; rename would replace it. */
async function nameWithoutOverwriting(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw alreadyThere(path);
    if (!canNotLink(error)) throw error;
    await refuseExisting(path);
    await rename(temporary, path);
  }
}

function alreadyThere(path: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `${path} is there already.`,
    advice: 'Choose another file, or replace it.',
    command: 'rustfs-sync get ACCOUNT:BUCKET/KEY FILE --force',
  });
}
