import type { ErrorCode } from '../core/errors.ts';
import type { Doing } from './actions.ts';

/** Everything that the words of an error may draw on. None of it is secret. */
export interface Facts {
  readonly doing: Doing;
  readonly endpoint: string;
  readonly pathStyle: boolean;
  /** Address of the proxy between, where there is one; without name and password. */
  readonly proxy: string | undefined;
  /** The region of the account's settings. */
  readonly region: string;
  /** This computer's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** What an error means: its code, why it happened (the end of a sentence), and what to do. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly because: string;
  readonly advice: string;
  readonly retryable?: boolean;
}
