import { constants } from 'node:fs';
import type { Disk, DiskHandle } from './disk.ts';
import { systemCode } from './disk-errors.ts';

/** What file systems say that know no flushing of a directory (some network and FUSE ones). */
const CAN_NOT = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Flushes the names in a directory to the disk, as far as its file system can.
 *
 * @param handle the directory, open; without one it is opened by its path. Windows can do neither and needs not: NTFS
 * journals its names.
 */
export async function flushDirectory(disk: Disk, native: string, handle: DiskHandle | undefined): Promise<void> {
  if (handle !== undefined) {
    await flush(handle);
    return;
  }
  if (process.platform === 'win32') return;
  let opened: DiskHandle;
  try {
    opened = await disk.open(native, constants.O_RDONLY);
  } catch (error) {
    // Names may be made in it and not be listed.
    if (systemCode(error) === 'EACCES') return;
    throw error;
  }
  try {
    await flush(opened);
  } finally {
    await opened.close();
  }
}

async function flush(handle: Pick<DiskHandle, 'sync'>): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!CAN_NOT.has(systemCode(error) ?? '')) throw error;
  }
}
