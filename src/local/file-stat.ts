import { constants, type BigIntStats } from 'node:fs';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import type { EntryKind, FileStat } from '../core/environment.ts';
import type { Disk } from './disk.ts';
import { isMissing } from './disk-errors.ts';

/** The owner's execute bit. */
const OWNER_EXECUTES = 0o100n;

/** What is used of that which Node says of a file. */
export type DiskStat = Pick<
  BigIntStats,
  'dev' | 'ino' | 'mode' | 'nlink' | 'size' | 'mtimeNs' | 'ctimeNs' | 'birthtimeNs'
>;

/** What Node says of a file, in the words of the port. */
export function toFileStat(stat: DiskStat): FileStat {
  return {
    kind: kindOf(stat),
    sizeBytes: Number(stat.size),
    mtimeNs: inRange(stat.mtimeNs),
    ctimeNs: inRange(stat.ctimeNs),
    birthtimeNs: inRange(stat.birthtimeNs),
    fileId: stat.ino.toString(),
    deviceId: stat.dev.toString(),
    executable: process.platform === 'win32' ? undefined : (stat.mode & OWNER_EXECUTES) !== 0n,
    hasOtherNames: stat.nlink > 1n && kindOf(stat) === 'file',
  };
}

/** Whether something has this name, a link to nowhere included. @throws the system's error, unless it says "missing" */
export async function isThere(disk: Disk, native: string): Promise<boolean> {
  try {
    await disk.lstat(native);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether two stats are of one file, whatever happened to it in between. */
export function isSameFile(a: DiskStat, b: DiskStat): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Whether a file still has the content with which it was to be moved; giving it names moves its ctime alone. */
export function isAsExpected(found: DiskStat, expect: Fingerprint): boolean {
  return sameFingerprint({ ...toFileStat(found), ctimeNs: expect.ctimeNs }, expect) && kindOf(found) === 'file';
}

/** Times that do not fit into 64 bits (before 1677, after 2262) wrap around: only whether they moved counts. */
function inRange(ns: bigint): bigint {
  return BigInt.asIntN(64, ns);
}

export function kindOf({ mode }: DiskStat): EntryKind {
  switch (Number(mode) & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'directory';
    case constants.S_IFLNK:
      return 'symlink';
    default:
      return 'other';
  }
}
