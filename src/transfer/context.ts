import type { Environment } from '../core/environment.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { RateLimiter } from './bandwidth.ts';
import type { TransferBudget } from './budget.ts';
import type { Requests } from './requests.ts';

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
