import type { StateStore } from '../state/index.ts';
import type { CycleListener } from './cycle.ts';
import type { FolderProgress } from './folder-status.ts';
import type { LargeLane } from './large-lane.ts';

/** Keeps a folder's progress up to date with its cycles, and tells that it changed. */
export function showProgress(
  progress: FolderProgress,
  plans: StateStore['plans'],
  folderId: string,
  large: LargeLane,
  changed: () => void,
): Omit<CycleListener, 'largeEnded'> {
  return {
    comparing: () => {
      progress.activity = { kind: 'comparing' };
      progress.filesScanned = 0;
      changed();
    },
    compared: () => {
      progress.filesScanned += 1;
      changed();
    },
    executing: () => {
      const summary = plans.summary(folderId);
      progress.plannedFiles = large.size + summary.reduce((sum, { count }) => sum + count, 0);
      progress.plannedBytes = large.sizeBytes + summary.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      progress.doneFiles = 0;
      progress.doneBytes = 0;
      progress.activity = { kind: 'syncing' };
      changed();
    },
    settled: (item) => {
      progress.doneFiles += 1;
      progress.doneBytes += item.sizeBytes;
      changed();
    },
    // What nobody is going to do now is no part of the work.
    leftOut: (item) => {
      progress.plannedFiles -= 1;
      progress.plannedBytes -= item.sizeBytes;
      changed();
    },
  };
}
