import { SyncError, type ErrorCode } from '../../src/core/errors.ts';
import type { S3Error, S3ErrorCode } from '../../src/trial/s3/errors.ts';

const CODES: Partial<Record<S3ErrorCode, ErrorCode>> = {
  AccessDenied: 'access-denied',
  BadDigest: 'bad-digest',
  BucketAlreadyOwnedByYou: 'bucket-exists',
  BucketNotEmpty: 'bucket-not-empty',
  EntityTooSmall: 'invalid-part',
  InternalError: 'server-error',
  InvalidPart: 'invalid-part',
  InvalidPartOrder: 'invalid-part',
  KeyTooLongError: 'key-refused',
  NoSuchBucket: 'no-such-bucket',
  NoSuchKey: 'no-such-key',
  NoSuchUpload: 'no-such-upload',
  PreconditionFailed: 'precondition-failed',
  SlowDown: 'slow-down',
};

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timeout',
  'slow-down',
  'server-error',
  'bad-digest',
]);

/** A SyncError as the remote room makes it. */
export function refusal(code: ErrorCode): SyncError {
  return new SyncError({
    code,
    message: `The server in memory says ${code}.`,
    advice: 'None; this is a test.',
    retryable: RETRYABLE.has(code),
  });
}

/** What the model says, in the words of the port. */
export function translate(error: S3Error): SyncError {
  return refusal(CODES[error.code] ?? 'server-refused');
}

/** Asked anew each time: a signal may be raised while a call is awaited. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
