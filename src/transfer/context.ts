import type { Environment } from '../core/environment.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { RateLimiter } from './bandwidth.ts';
import type { TransferBudget } from './budget.ts';
import type { Requests } from './requests.ts';

/** Called as bytes move; `from` tells of those that an earlier attempt had moved, so that nobody takes them for speed. */
export type OnBytes = (bytes: number, from?: 'earlier attempt') => void;

/** How far a transfer in parts has come. */
export interface PartsDone {
  readonly done: number;
  readonly total: number;
  /** When the first attempt began that it goes on from. */
  readonly sinceMs: number;
}

/** What transfers in both directions need besides their file. One object an account, bucket and direction. */
export interface TransferContext {
  readonly environment: Environment;
  readonly store: ObjectStore;
  readonly requests: Requests;
  readonly budget: TransferBudget;
  /** Of this direction. */
  readonly limiter: RateLimiter;
  readonly accountId: string;
  readonly bucket: string;
}
