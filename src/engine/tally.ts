import type { SyncError } from '../core/errors.ts';
import type { Outcome } from './outcome.ts';

/** What was done. */
export class Counts {
  uploadedFiles = 0;
  uploadedBytes = 0;
  downloadedFiles = 0;
  downloadedBytes = 0;
  deletedFiles = 0;
  adoptedFiles = 0;
  movedFiles = 0;
  /** Taken off this computer, since they are not chosen for it. */
  releasedFiles = 0;
}

/** How the work on a plan went. */
export class Tally extends Counts {
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
export function count(counts: Counts, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'uploaded':
      counts.uploadedFiles += 1;
      counts.uploadedBytes += outcome.sizeBytes;
      return;
    case 'adopted':
      counts.adoptedFiles += 1;
      return;
    case 'downloaded':
      counts.downloadedFiles += 1;
      counts.downloadedBytes += outcome.sizeBytes;
      return;
    case 'deleted-remote':
    case 'deleted-local':
      counts.deletedFiles += 1;
      return;
    case 'moved':
      counts.movedFiles += 1;
      return;
    case 'conflict':
    case 'unlisted':
    case 'forgotten':
    case 'told':
    case 'stale':
  }
}
