import type { ItemState } from '../api/index.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { EngineParts } from './folder-runner.ts';
import type { RunningTransfer } from './transfer-list.ts';

const CANCELLED = 'You cancelled its transfer. It is taken up again when it changes, or when you retry it.';

/** A key of a bucket as a synced folder sees it. */
export interface FolderPath {
  readonly folder: FolderRow;
  /** Below the folder's root; without the slash in which a prefix ends. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** The synced folder that a key belongs to; undefined when it belongs to none, or lies above it. */
export function folderOfKey(
  { state }: Pick<EngineParts, 'state'>,
  accountId: string,
  bucket: string,
  key: string,
): FolderPath | undefined {
  for (const folder of state.folders.list()) {
    if (folder.accountId !== accountId || folder.bucket !== bucket || !key.startsWith(folder.prefix)) continue;
    const below = key.slice(folder.prefix.length);
    const isDirectory = below === '' || below.endsWith('/');
    return { folder, path: isDirectory ? below.slice(0, -1) : below, isDirectory };
  }
  return undefined;
}

/** How keys stand to the synced folders, by what is remembered alone. */
export function stateOfKeys(
  parts: Pick<EngineParts, 'state' | 'transfers'>,
  accountId: string,
  bucket: string,
  keys: readonly string[],
): ItemState[] {
  const running = new Map(
    parts.transfers.list().map((transfer) => [nameOf(transfer.folderId, transfer.path), transfer]),
  );
  return keys.map((key) => {
    const place = folderOfKey(parts, accountId, bucket, key);
    return place === undefined ? plain(key, 'remote-only') : stateOf(parts, key, place, running);
  });
}

function stateOf(
  { state }: Pick<EngineParts, 'state'>,
  key: string,
  { folder, path, isDirectory }: FolderPath,
  running: ReadonlyMap<string, RunningTransfer>,
): ItemState {
  const moving = running.get(nameOf(folder.id, path));
  if (moving !== undefined) {
    const { direction, doneBytes, sizeBytes } = moving;
    return { ...plain(key, direction === 'up' ? 'uploading' : 'downloading'), doneBytes, sizeBytes };
  }
  const problem = state.items.problem(folder.id, path, isDirectory);
  if (problem !== undefined && problem.severity !== 'notice') {
    return { ...plain(key, problemState(problem)), reason: problem.message };
  }
  if (state.items.isPlanned(folder.id, path, isDirectory)) return waitingState(state, key, folder.id, path);
  if (state.items.isKnown(folder.id, path, isDirectory)) return plain(key, 'in-sync');
  return problem === undefined ? plain(key, 'remote-only') : { ...plain(key, 'skipped'), reason: problem.message };
}

function waitingState({ wishes }: StateStore, key: string, folderId: string, path: string): ItemState {
  switch (wishes.get(folderId, path)?.wish) {
    case 'paused':
      return plain(key, 'paused');
    case 'cancelled':
      return { ...plain(key, 'skipped'), reason: CANCELLED };
    case 'first':
    case undefined:
      return plain(key, 'waiting');
  }
}

function problemState({ code, severity }: { code: string; severity: string }): ItemState['state'] {
  if (code === 'conflict' || code === 'conflict-copy') return 'conflict';
  return severity === 'error' ? 'failed' : 'skipped';
}

function plain(key: string, state: ItemState['state']): ItemState {
  return { key, state, doneBytes: 0, sizeBytes: 0, reason: '' };
}

function nameOf(folderId: string, path: string): string {
  return `${folderId}/${path}`;
}
