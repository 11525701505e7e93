/** What went wrong, as programs tell it apart. The words for people are made beside the throw (S3: `remote/errors`). */
export type ErrorCode =
  | 'unreachable'
  | 'timeout'
  | 'untrusted-certificate'
  | 'wrong-secret-key'
  | 'unknown-access-key'
  | 'access-denied'
  | 'wrong-region'
  | 'path-style-needed'
  | 'clock-skew'
  | 'not-s3'
  | 'no-such-bucket'
  | 'bucket-exists'
  | 'bucket-not-empty'
  | 'no-such-key'
  | 'no-such-upload'
  | 'invalid-part'
  | 'precondition-failed'
  | 'slow-down'
  | 'server-error'
  | 'server-refused'
  | 'quota-exceeded'
  | 'key-refused'
  | 'type-clash'
  | 'bad-digest'
  | 'too-large'
  | 'listing-disorder'
  | 'not-supported'
  | 'file-vanished'
  | 'file-changed'
  | 'file-unreadable'
  | 'not-a-file'
  | 'link-in-path'
  | 'disk-full'
  | 'disk-error'
  | 'root-missing'
  | 'root-replaced'
  | 'invalid-argument'
  | 'unknown-account'
  | 'unknown-folder'
  | 'account-exists'
  | 'account-in-use'
  | 'folder-overlap'
  | 'no-keychain'
  | 'no-secret'
  | 'engine-busy'
  | 'state-too-new'
  | 'held-by-brake'
  | 'cancelled'
  | 'internal';
/** The form in which errors cross the contract. */
export interface ErrorData {
  readonly code: ErrorCode;
  /** What happened, naming what it happened to. */
  readonly message: string;
  /** What a person can do about it. */
  readonly advice: string;
  /** Whether the same call may succeed later with nothing changed. */
  readonly retryable: boolean;
  /** For experts: the raw code and words of whoever failed. */
  readonly detail: string;
}
/** The one error class that leaves a room. Its cause is kept. */
export declare class SyncError extends Error implements ErrorData {
  readonly name = 'SyncError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable: boolean;
  readonly detail: string;
  constructor(data: {
    code: ErrorCode;
    message: string;
    advice: string;
    retryable?: boolean;
    detail?: string;
    cause?: unknown;
  });
  toData(): ErrorData;
}
/** Whether `error` is a SyncError with one of these codes. */
export declare function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is SyncError;
/** Any thrown value as a SyncError; what is not one is a defect of ours and says so. */
export declare function asSyncError(error: unknown): SyncError;
/** For the default branch of an exhaustive switch. */
export declare function unreachable(value: never): never;
/** The error of work that was called off. */
export declare function cancelled(what: string): SyncError;
