import type { Environment } from '../core/environment.ts';
import type { StateStore } from '../state/index.ts';
import type { RateLimiter, TransferBudget } from '../transfer/index.ts';
import type { Connections } from './connections.ts';
import type { KeyTurns } from './key-turns.ts';
import type { TransferList } from './transfer-list.ts';

/** What all folders of an engine share. */
export interface EngineParts {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly connections: Connections;
  readonly budget: TransferBudget;
  readonly uploadLimiter: RateLimiter;
  readonly downloadLimiter: RateLimiter;
  readonly transfers: TransferList;
  /** For what is moved in a bucket. */
  readonly keyTurns: KeyTurns;
  /** Names this computer in conflict copies. */
  readonly deviceName: string;
  /** Something that a status shows has changed. */
  readonly changed: () => void;
}
