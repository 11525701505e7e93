import type { FolderInfo, FolderStatus } from '../api/index.ts';
import { hasCode, type SyncError } from '../core/errors.ts';
import type { AccountRow, FolderRow, StateStore } from '../state/index.ts';

/** What a folder is doing. */
export type Activity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'comparing' }
  | { readonly kind: 'syncing' }
  /** Stopped by something that concerns all of it; tried again by itself. */
  | { readonly kind: 'stopped'; readonly error: SyncError };

/** The numbers of a folder's present cycle, for the status line. */
export class FolderProgress {
  activity: Activity = { kind: 'idle' };
  /** False until the first full pass of this run went through. */
  compared = false;
  /** Whether changes of others come as live events; undefined where they do not matter. */
  liveEvents: boolean | undefined;
  /** As counted at the end of the last cycle, and before the first one: counting takes a while where they are many. */
  filesInSync: number;
  filesScanned = 0;
  plannedFiles = 0;
  plannedBytes = 0;
  doneFiles = 0;
  doneBytes = 0;

  constructor(filesInSync: number) {
    this.filesInSync = filesInSync;
  }
}

/** Whether a folder does nothing for now: paused by itself, or with all the others. */
export function isPaused(state: StateStore, folder: FolderRow): boolean {
  return folder.paused || state.settings.read().paused;
}

export function folderInfoOf(folder: FolderRow, account: AccountRow | undefined): FolderInfo {
  const { id, localRoot, bucket, prefix, mode, mirrorDeletes, ignoreGlobs, chosen, paused } = folder;
  return {
    id,
    localRoot,
    account: account?.name ?? folder.accountId,
    bucket,
    prefix,
    mode,
    mirrorDeletes,
    ignoreGlobs: [...ignoreGlobs],
    ...(chosen !== undefined && { chosen: [...chosen] }),
    paused,
  };
}

/** A folder's status as the contract has it. `offline` is the error of a server that can not be reached. */
export function folderStatusOf(
  state: StateStore,
  folder: FolderRow,
  progress: FolderProgress | undefined,
  hasPending: boolean,
  offline: SyncError | undefined,
): FolderStatus {
  const problems = state.problems.count(folder.id);
  const { paused, cancelled } = state.wishes.count(folder.id);
  const { name, error } = stateOf(folder, progress, hasPending, offline, problems, isPaused(state, folder));
  return {
    folder: folderInfoOf(folder, state.accounts.byId(folder.accountId)),
    state: name,
    reason: error?.message ?? '',
    advice: error?.advice ?? '',
    code: error?.code ?? '',
    filesInSync: progress?.filesInSync ?? state.base.count(folder.id).present,
    filesScanned: progress?.filesScanned ?? 0,
    planned: { files: progress?.plannedFiles ?? 0, bytes: progress?.plannedBytes ?? 0 },
    done: { files: progress?.doneFiles ?? 0, bytes: progress?.doneBytes ?? 0 },
    problems,
    ...(paused + cancelled > 0 && { setAside: { paused, cancelled } }),
    ...(folder.hold !== undefined && {
      hold: {
        reason: folder.hold.reason,
        known: folder.hold.totals.known,
        deletions: folder.hold.totals.deletions,
        replacements: folder.hold.totals.replacements,
      },
    }),
    ...(progress?.liveEvents !== undefined && { liveEvents: progress.liveEvents }),
    ...(folder.lastFullPassMs !== undefined && { lastFullPassMs: folder.lastFullPassMs }),
  };
}

function stateOf(
  folder: FolderRow,
  progress: FolderProgress | undefined,
  hasPending: boolean,
  offline: SyncError | undefined,
  problems: FolderStatus['problems'],
  pausedNow: boolean,
): { readonly name: FolderStatus['state']; readonly error?: SyncError } {
  if (pausedNow) return { name: 'paused' };
  if (progress?.activity.kind === 'stopped') {
    const { error } = progress.activity;
    return { name: hasCode(error, 'unreachable', 'timeout') ? 'offline' : 'stopped', error };
  }
  if (offline !== undefined) return { name: 'offline', error: offline };
  if (folder.hold !== undefined && !folder.hold.approved) return { name: 'held' };
  if (progress === undefined) return { name: 'not-running' };
  if (progress.activity.kind !== 'idle') return { name: progress.activity.kind };
  if (!progress.compared) return { name: 'starting' };
  if (hasPending) return { name: 'syncing' };
  return { name: problems.error + problems.warning > 0 ? 'attention' : 'in-sync' };
}
