import type { SyncError } from '../core/errors.ts';
import type { PlanItem } from '../core/plan.ts';
import type { Outcome } from './outcome.ts';

/** How the work on a plan went. */
export class Tally {
  uploadedFiles = 0;
  uploadedBytes = 0;
  downloadedFiles = 0;
  downloadedBytes = 0;
  deletedFiles = 0;
  adoptedFiles = 0;
  movedFiles = 0;
  failedFiles = 0;
  /** Paths that moved under us: to be compared again once they are quiet. */
  readonly stalePaths: string[] = [];
  /** What stops the folder as a whole: the account, the bucket or the server's disk. */
  fatal: SyncError | undefined;
  /** The bucket takes nothing more. Nothing is sent to it, and all else goes on: deletions may make room. */
  full: SyncError | undefined;
}

/** The same of one cycle. */
export class Execution extends Tally {
  /** Of large files, which may be on their way still. */
  readonly large = new Tally();
  /** Somebody waits for a path that has to be compared first: the rest of the plan is left to the next cycle. */
  isCutShort = false;
}

/** Adds what came of one path. */
export function count(execution: Tally, item: PlanItem, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'uploaded':
      execution.uploadedFiles += 1;
      execution.uploadedBytes += outcome.sizeBytes;
      return;
    case 'adopted':
      execution.adoptedFiles += 1;
      return;
    case 'downloaded':
      execution.downloadedFiles += 1;
      execution.downloadedBytes += outcome.sizeBytes;
      return;
    case 'deleted-remote':
    case 'deleted-local':
      execution.deletedFiles += 1;
      return;
    case 'moved':
      execution.movedFiles += 1;
      return;
    case 'conflict':
    case 'forgotten':
    case 'told':
      return;
    case 'stale':
      execution.stalePaths.push(item.path);
  }
}
