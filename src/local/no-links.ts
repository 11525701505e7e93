import { constants } from 'node:fs';
import { lstat, open, realpath, unlink, type FileHandle } from 'node:fs/promises';
import { nameOf, parentOf } from '../core/paths.ts';
import type { Disk, DiskHandle } from './disk.ts';
import { diskError, isMissing, linkInPath, notAFile, systemCode, vanished, type DiskCall } from './disk-errors.ts';
import { joinBelow, nativePath } from './disk-path.ts';
import { isSameFile, kindOf, type DiskStat } from './file-stat.ts';
import { inGroups, settleEach, type Settled } from './groups.ts';

/**
 * Proof that a path below a root was reached without following a link. Node has no openat, so each system gets what it
 * has: Linux tells in /proc what a descriptor really is; macOS can refuse links in the whole path; elsewhere every
 * component is looked at before, and the final one again after.
 */

/** macOS: fail when any component of the path is a link. Node does not name it. */
const O_NOFOLLOW_ANY = 0x2000_0000;
/** Not defined on Windows, where they count as no flag. O_NONBLOCK keeps the open of a FIFO from waiting for a writer. */
const { O_RDONLY } = constants;
const O_NOFOLLOW = flag(constants.O_NOFOLLOW);
const O_NONBLOCK = flag(constants.O_NONBLOCK);
const O_DIRECTORY = flag(constants.O_DIRECTORY);

/** An open file and what it was right after it was opened. */
export interface OpenedFile {
  readonly handle: DiskHandle;
  readonly stat: DiskStat;
}

/**
 * Opens a regular file for reading.
 *
 * @throws SyncError link-in-path, not-a-file, file-vanished, file-unreadable, disk-error
 */
export async function openRegularFile(disk: Disk, root: string, path: string): Promise<OpenedFile> {
  const native = nativePath(root, path);
  const call: DiskCall = { doing: 'Reading', path: native };
  const anyLinkFails = process.platform === 'darwin';
  if (!disk.useProc && !anyLinkFails) await proveByComponents(disk, root, path, call);
  const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (anyLinkFails ? O_NOFOLLOW_ANY : 0);
  const handle = await openOrThrow(disk, native, flags, call);
  try {
    const stat = await handle.stat();
    if (kindOf(stat) !== 'file') throw notAFile(call);
    const opened = { fd: handle.fd, stat: async () => stat };
    if (disk.useProc) await proveByProc(disk, root, path, opened, call);
    else if (!anyLinkFails) await proveSameAsNow(disk, root, path, stat, call);
    return { handle, stat };
  } catch (error) {
    await handle.close();
    throw diskError(error, call);
  }
}

/**
 * Runs `use` on a directory below the root. `base` is what to put in front of `/name` to reach its entries: with /proc it
 * is the open descriptor, which stays that directory whatever is renamed meanwhile.
 *
 * @throws SyncError link-in-path, file-vanished (also when it is no directory), file-unreadable, disk-error
 */
export async function withDirectory<T>(
  disk: Disk,
  root: string,
  path: string,
  doing: string,
  use: (base: string, handle: DiskHandle | undefined) => Promise<T>,
): Promise<T> {
  const native = nativePath(root, path);
  const call: DiskCall = { doing, path: native };
  try {
    if (!disk.useProc) return await withDirectoryByComponents(disk, root, path, call, use);
    const handle = await openDirectory(disk, native, call);
    try {
      await proveByProc(disk, root, path, handle, call);
      return await use(`/proc/self/fd/${handle.fd}`, handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw diskError(error, call);
  }
}

/** A file open for writing. */
export interface OpenedToWrite {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  /** Whether this call made it: it is empty, and has the mode that was asked for. */
  readonly isNew: boolean;
}

interface ToOpen {
  readonly disk: Disk;
  readonly root: string;
  readonly path: string;
  readonly mode: number;
}

/** Those of one directory share its proof. */
const openInGroups = inGroups(openTogether);

/**
 * Opens a file for reading and writing, creating it where nothing is, in a directory below the root that is there. It has
 * no other name on the disk: one that does is replaced by a new, empty file. The opener closes it.
 *
 * @param mode for a file that is created; the umask takes from it.
 * @throws SyncError link-in-path, not-a-file, file-vanished (no directory above it), disk-full, file-unreadable, disk-error
 */
export async function openToWrite(disk: Disk, root: string, path: string, mode: number): Promise<OpenedToWrite> {
  const native = nativePath(root, path);
  try {
    return await openInGroups(nativePath(root, parentOf(path)), { disk, root, path, mode });
  } catch (error) {
    throw diskError(error, { doing: 'Writing', path: native });
  }
}

async function openTogether(files: readonly ToOpen[]): Promise<readonly Settled<OpenedToWrite>[]> {
  const [first] = files;
  if (first === undefined) return [];
  let opened: readonly Settled<OpenedToWrite>[] = [];
  try {
    await withDirectory(first.disk, first.root, parentOf(first.path), 'Writing', async (base) => {
      opened = await settleEach(files, async ({ root, path, mode }) =>
        openOnlyName(joinBelow(base, nameOf(path)), mode, { doing: 'Writing', path: nativePath(root, path) }),
      );
    });
    return opened;
  } catch (error) {
    for (const one of opened) if (one.status === 'fulfilled') await one.value.handle.close();
    throw error;
  }
}

const WRITE_FLAGS = constants.O_RDWR | constants.O_CREAT | O_NOFOLLOW | O_NONBLOCK;

async function openOnlyName(native: string, mode: number, call: DiskCall): Promise<OpenedToWrite> {
  try {
    return await openNew(native, mode);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  const handle = await open(native, WRITE_FLAGS, mode);
  try {
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile()) throw notAFile(call);
    // Where the system has no O_NOFOLLOW, a link was followed. Nothing was written yet.
    if (O_NOFOLLOW === 0 && !isSameFile(stat, await lstat(native, { bigint: true }))) throw linkInPath(call);
    if (stat.nlink <= 1n) return { handle, sizeBytes: Number(stat.size), isNew: false };
  } catch (error) {
    await handle.close();
    throw error;
  }
  // The other name is a person's: a move of this file was cut off after it gave the file its place and before it took this
  // name away. Writing here would change the content there.
  await handle.close();
  await unlink(native);
  return openNew(native, mode);
}

/** O_EXCL fails where anything is, a link too. */
async function openNew(native: string, mode: number): Promise<OpenedToWrite> {
  return { handle: await open(native, WRITE_FLAGS | constants.O_EXCL, mode), sizeBytes: 0, isNew: true };
}

/**
 * Resolves when no directory above `path` is a link, false when one of them is not there (so `path` is not either).
 *
 * @throws SyncError link-in-path, file-unreadable, disk-error
 */
export async function proveParents(disk: Disk, root: string, parent: string, call: DiskCall): Promise<boolean> {
  const native = nativePath(root, parent);
  try {
    if (disk.useProc && (await realpath(native)) === native) return true;
    // Either a link, or a file system that takes other spellings (case-insensitive): the components tell.
    return await noLinkAmong(disk, root, parent, call);
  } catch (error) {
    if (isMissing(error)) return false;
    throw diskError(error, call);
  }
}

async function openOrThrow(disk: Disk, native: string, flags: number, call: DiskCall): Promise<DiskHandle> {
  try {
    return await disk.open(native, flags);
  } catch (error) {
    throw diskError(error, call);
  }
}

async function openDirectory(disk: Disk, native: string, call: DiskCall): Promise<DiskHandle> {
  try {
    return await disk.open(native, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    // With O_DIRECTORY the kernel says ENOTDIR of a link too.
    if (!isMissing(error)) throw error;
    const there = await disk.lstat(native).catch(() => undefined);
    throw there !== undefined && kindOf(there) === 'symlink' ? linkInPath(call) : error;
  }
}

async function proveByProc(
  disk: Disk,
  root: string,
  path: string,
  handle: Pick<DiskHandle, 'fd' | 'stat'>,
  call: DiskCall,
): Promise<void> {
  const native = nativePath(root, path);
  const actual = await disk.readlink(`/proc/self/fd/${handle.fd}`);
  if (actual === native) return;
  if (actual === `${native} (deleted)`) throw vanished(call);
  if (!actual.startsWith(joinBelow(root, ''))) throw linkInPath(call);
  // It is below the root. Either a link was followed there, or the file system takes other spellings (case-insensitive):
  // the components tell.
  await proveSameAsNow(disk, root, path, await handle.stat(), call);
}

async function proveByComponents(disk: Disk, root: string, path: string, call: DiskCall): Promise<void> {
  try {
    if (!(await noLinkAmong(disk, root, path, call))) throw vanished(call);
  } catch (error) {
    throw diskError(error, call);
  }
}

async function proveSameAsNow(disk: Disk, root: string, path: string, opened: DiskStat, call: DiskCall): Promise<void> {
  await proveByComponents(disk, root, parentOf(path), call);
  const now = await disk.lstat(nativePath(root, path));
  if (!isSameFile(now, opened)) throw linkInPath(call);
}

async function withDirectoryByComponents<T>(
  disk: Disk,
  root: string,
  path: string,
  call: DiskCall,
  use: (base: string, handle: DiskHandle | undefined) => Promise<T>,
): Promise<T> {
  await proveByComponents(disk, root, path, call);
  const native = nativePath(root, path);
  const before = await disk.lstat(native);
  if (kindOf(before) !== 'directory') throw vanished(call);
  const result = await use(native, undefined);
  await proveByComponents(disk, root, path, call);
  if (!isSameFile(await disk.lstat(native), before)) throw linkInPath(call);
  return result;
}

/** False when a component is missing. @throws link-in-path, or the system's error */
async function noLinkAmong(disk: Disk, root: string, path: string, call: DiskCall): Promise<boolean> {
  let native = root;
  for (const segment of path === '' ? [] : path.split('/')) {
    native = joinBelow(native, segment);
    try {
      if (kindOf(await disk.lstat(native)) === 'symlink') throw linkInPath(call);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
  return true;
}

function flag(value: number | undefined): number {
  return value ?? 0;
}
