import type { SyncOutcome } from '../api/index.ts';
import type { ErrorCode } from '../core/errors.ts';

/** 0: done and in sync. 1: wrong usage. 2: can not reach or sign in. 3: problems are left. 4: held by a safety brake. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  unreachable: 2,
  timeout: 2,
  'untrusted-certificate': 2,
  'wrong-secret-key': 2,
  'unknown-access-key': 2,
  'access-denied': 2,
  'wrong-region': 2,
  'path-style-needed': 2,
  'clock-skew': 2,
  'not-s3': 2,
  'no-such-bucket': 2,
  'no-secret': 2,

  'invalid-argument': 1,
  'not-in-folder': 1,
  'unknown-account': 1,
  'unknown-folder': 1,
  'account-exists': 1,
  'account-in-use': 1,
  'folder-overlap': 1,
  'no-keychain': 1,

  'held-by-brake': 4,
  'plan-changed': 4,

  'not-uploaded': 3,
  'bucket-exists': 3,
  'bucket-not-empty': 3,
  'no-such-key': 3,
  'no-such-upload': 3,
  'invalid-part': 3,
  'precondition-failed': 3,
  'slow-down': 3,
  'server-error': 3,
  'server-refused': 3,
  'quota-exceeded': 3,
  'key-refused': 3,
  'type-clash': 3,
  'bad-digest': 3,
  'too-large': 3,
  'listing-disorder': 3,
  'not-supported': 3,
  'file-vanished': 3,
  'file-changed': 3,
  'file-unreadable': 3,
  'not-a-file': 3,
  'link-in-path': 3,
  'name-taken': 3,
  'unsafe-name': 3,
  'disk-full': 3,
  'disk-error': 3,
  'root-missing': 3,
  'root-replaced': 3,
  'engine-busy': 3,
  'engine-lost': 3,
  'engine-version': 3,
  'state-too-new': 3,
  cancelled: 3,
  internal: 3,
};

/** The exit code for an error. Takes any text, since codes cross the contract as text; one it does not know is 3. */
export function exitCodeOfError(code: string): ExitCode {
  return Object.hasOwn(EXIT_CODES, code) ? EXIT_CODES[code as ErrorCode] : 3;
}

/** The exit code for the end of `sync --once`. */
export function exitCodeOfOutcome(result: SyncOutcome['result']): ExitCode {
  switch (result) {
    case 'in-sync':
      return 0;
    case 'unreachable':
      return 2;
    case 'problems':
    case 'paused':
    case 'stopped':
      return 3;
    case 'held':
      return 4;
  }
}
