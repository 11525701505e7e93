import type { ErrorCode } from './errors.ts';

/** Why the program can not keep its own state: the disk's doing, and no defect of ours. */
export interface StateFault {
  readonly code: ErrorCode;
  readonly what: string;
  readonly advice: string;
}

const ELSEWHERE = 'or set RUSTFS_SYNC_HOME to a directory on another disk.';
const FULL: StateFault = {
  code: 'disk-full',
  what: 'the disk or its quota is full',
  advice: `Free some space, ${ELSEWHERE}`,
};
const REFUSED: StateFault = {
  code: 'file-unreadable',
  what: 'this user may not write there',
  advice: `Give the user who runs RustFS Sync access to it, ${ELSEWHERE}`,
};
const READ_ONLY: StateFault = {
  code: 'disk-error',
  what: 'it can not be written there',
  advice: `Make it writable, ${ELSEWHERE}`,
};
const BROKEN: StateFault = {
  code: 'disk-error',
  what: 'the disk reported an error',
  advice: `Check the disk, ${ELSEWHERE}`,
};

const DAMAGED: StateFault = {
  code: 'disk-error',
  what: 'its database is damaged',
  advice:
    'End RustFS Sync and start it again: what is damaged is set aside, all is compared anew, and nothing is deleted.',
};

/** What the system says of a directory, and SQLite of a file in it. */
const FAULTS: readonly (readonly [RegExp, StateFault])[] = [
  // The last one is said where the file that readers of the database share finds no room.
  [/^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE)$/, FULL],
  [/^(EACCES|EPERM|SQLITE_PERM)$/, REFUSED],
  // Making directories on a read-only disk says ENOENT where the one above is missing too.
  [/^(EROFS|ENOENT|ENOTDIR|EEXIST|SQLITE_READONLY|SQLITE_CANTOPEN)/, READ_ONLY],
  [/^(EIO|SQLITE_IOERR)/, BROKEN],
  [/^SQLITE_(CORRUPT|NOTADB)/, DAMAGED],
];

/** What a code of the system or of SQLite says of the place where the state lies; undefined for a defect. */
export function stateFault(code: string): StateFault | undefined {
  return FAULTS.find(([pattern]) => pattern.test(code))?.[1];
}
