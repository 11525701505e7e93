import { hasCode, isOfState, type SyncError } from '../core/errors.ts';

/** The file is not as planned any more: no failure, the next comparison sorts it out. */
export function movedUnderUs(error: SyncError): boolean {
  return error.code === 'file-changed' || error.code === 'file-vanished' || error.code === 'name-taken';
}

/** Trying other files would fail in the same way: the account, the bucket, the root, the program itself or its state has to be seen to. */
export function concernsWholeFolder(error: SyncError): boolean {
  if (isOfState(error)) return true;
  return hasCode(
    error,
    'no-such-bucket',
    'wrong-secret-key',
    'unknown-access-key',
    'clock-skew',
    'wrong-region',
    'untrusted-certificate',
    'not-s3',
    'quota-exceeded',
    'root-missing',
    'root-replaced',
    'internal',
  );
}
