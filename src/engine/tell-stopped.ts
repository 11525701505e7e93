import type { SyncError } from '../core/errors.ts';
import type { EngineParts } from './folder-runner.ts';
import type { FolderProgress } from './folder-status.ts';

/** Shows something that concerns a whole folder as the folder's state. It is tried again like all others. */
export function showStopped(
  { environment, changed }: EngineParts,
  folderId: string,
  progress: FolderProgress,
  error: SyncError,
): void {
  const { code, message, detail } = error;
  environment.log.warn('The folder stopped', { folder: folderId, code, message, detail });
  progress.activity = { kind: 'stopped', error };
  changed();
}

/** Lists it among the problems too, until a cycle goes through. */
export function listStopped({ state, environment }: EngineParts, folderId: string, error: SyncError): void {
  const { code, message, advice, detail } = error;
  const finding = { path: '', source: 'folder', severity: 'error', retryAtMs: undefined } as const;
  state.problems.put(folderId, { ...finding, code, message, advice, detail }, 0, environment.clock.now());
}
