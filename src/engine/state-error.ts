import { SyncError, type ErrorCode } from '../core/errors.ts';
import { systemCode } from '../local/disk-errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
  readonly advice: string;
}

const ELSEWHERE = 'or set RUSTFS_SYNC_HOME to a directory on another disk.';
const FULL: Meaning = {
  code: 'disk-full',
  what: 'the disk or its quota is full',
  advice: `Free some space, ${ELSEWHERE}`,
};
const REFUSED: Meaning = {
  code: 'file-unreadable',
  what: 'this user may not write there',
  advice: `Give the user who runs RustFS Sync access to it, ${ELSEWHERE}`,
};
const READ_ONLY: Meaning = {
  code: 'disk-error',
  what: 'it can not be written there',
  advice: `Make it writable, ${ELSEWHERE}`,
};
const BROKEN: Meaning = {
  code: 'disk-error',
  what: 'the disk reported an error',
  advice: `Check the disk, ${ELSEWHERE}`,
};

/** What the system says of a directory, and SQLite of a file in it. */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)$/, FULL],
  [/^(EACCES|EPERM|SQLITE_PERM)$/, REFUSED],
  // Making directories on a read-only disk says ENOENT where the one above is missing too.
  [/^(EROFS|ENOENT|ENOTDIR|EEXIST|SQLITE_READONLY|SQLITE_CANTOPEN)/, READ_ONLY],
  [/^(EIO|SQLITE_IOERR)/, BROKEN],
];

/** Why the state of the program can not be kept in `home`, in words; what is no fault of the disk passes unchanged. */
export function stateError(error: unknown, home: string): unknown {
  if (error instanceof SyncError) return error;
  const code = systemCode(error) ?? '';
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  if (meaning === undefined || !(error instanceof Error)) return error;
  return new SyncError({
    code: meaning.code,
    message: `RustFS Sync keeps its state in ${home}, and could not: ${meaning.what}.`,
    advice: meaning.advice,
    detail: `${code} ${error.message}`,
    cause: error,
  });
}
