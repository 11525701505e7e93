import { stateFault } from './state-fault.ts';

/** What went wrong, as programs tell it apart. The words for people are made beside the throw (S3: `remote/errors`). */
export const ERROR_CODES = [
  // Reaching the server and signing in
  'unreachable',
  'timeout',
  'untrusted-certificate',
  'wrong-secret-key',
  'unknown-access-key',
  'access-denied',
  'wrong-region',
  'path-style-needed',
  'clock-skew',
  'not-s3',
  // What the server said of a request
  'no-such-bucket',
  'bucket-exists',
  'bucket-not-empty',
  'no-such-key',
  'no-such-upload',
  'invalid-part',
  'precondition-failed',
  'slow-down',
  'server-error',
  'server-refused',
  'quota-exceeded',
  'key-refused',
  'type-clash',
  'bad-digest',
  'too-large',
  'listing-disorder',
  'not-supported',
  // The disk
  'file-vanished',
  'file-changed',
  'file-unreadable',
  'not-a-file',
  'link-in-path',
  'name-taken',
  'unsafe-name',
  'disk-full',
  'disk-error',
  'root-missing',
  'root-replaced',
  // Using the program
  'invalid-argument',
  'unknown-account',
  'unknown-folder',
  'account-exists',
  'account-in-use',
  'folder-overlap',
  'no-keychain',
  'no-secret',
  'engine-busy',
  // Speaking with an engine in another process
  'engine-lost',
  'engine-version',
  'state-too-new',
  'not-uploaded',
  'not-in-folder',
  'held-by-brake',
  'plan-changed',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The form in which errors cross the contract. */
export interface ErrorData {
  readonly code: ErrorCode;
  /** What happened, naming what it happened to. */
  readonly message: string;
  /** What a person can do about it, wherever they are told. */
  readonly advice: string;
  /** The same for a terminal: what to type there. */
  readonly command?: string | undefined;
  /** Whether the same call may succeed later with nothing changed. */
  readonly retryable: boolean;
  /** For experts: the raw code and words of whoever failed. */
  readonly detail: string;
}

/** The one error class that leaves a room. Its cause is kept. */
export class SyncError extends Error implements ErrorData {
  override readonly name = 'SyncError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly command: string | undefined;
  readonly retryable: boolean;
  readonly detail: string;

  constructor(data: {
    code: ErrorCode;
    message: string;
    advice: string;
    command?: string | undefined;
    retryable?: boolean;
    detail?: string;
    cause?: unknown;
  }) {
    super(data.message, data.cause === undefined ? undefined : { cause: data.cause });
    this.code = data.code;
    this.advice = data.advice;
    this.command = data.command;
    this.retryable = data.retryable ?? false;
    this.detail = data.detail ?? '';
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      advice: this.advice,
      ...(this.command !== undefined && { command: this.command }),
      retryable: this.retryable,
      detail: this.detail,
    };
  }
}

/** Whether `error` is a SyncError with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is SyncError {
  return error instanceof SyncError && codes.includes(error.code);
}

/**
 * Any thrown value as a SyncError; what is not one is a defect of ours and says so. What the disk under the state does to SQLite,
 * any use of the state may throw.
 */
export function asSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = sqliteCode(error);
  const fault = code === undefined ? undefined : stateFault(code);
  if (fault !== undefined) {
    return new SyncError({
      code: fault.code,
      message: `RustFS Sync could not use its own state: ${fault.what}.`,
      advice: fault.advice,
      retryable: true,
      detail: `${code} ${message}`,
      cause: error,
    });
  }
  return new SyncError({
    code: 'internal',
    message: `Something went wrong inside RustFS Sync: ${message}`,
    advice: 'Nothing was lost. Please report this with the detail below.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    cause: error,
  });
}

/** Whether it was the state that could not be used. */
export function isOfState(error: SyncError): boolean {
  return sqliteCode(error.cause) !== undefined;
}

function sqliteCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}

/** The error of work that was called off. */
export function cancelled(what: string): SyncError {
  return new SyncError({
    code: 'cancelled',
    message: `${what} was cancelled.`,
    advice: 'Start it again when you like.',
  });
}
