import { basename, dirname, join } from 'node:path';
import type { ItemState, PathState } from '../api/index.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { EngineParts } from './engine-parts.ts';
import { relativeTo } from './folders.ts';
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
  const running = runningTransfers(parts);
  return keys.map((key) => {
    const place = folderOfKey(parts, accountId, bucket, key);
    return place === undefined ? plain(key, 'remote-only') : stateOf(parts, key, place, running);
  });
}

/**
 * How paths of this computer stand, in their order; one that ends in a slash stands for all below it. What is asked of the
 * disk is where the directories that they are in really are: each once.
 */
export async function stateOfPaths(
  parts: Pick<EngineParts, 'state' | 'transfers' | 'environment'>,
  paths: readonly string[],
): Promise<PathState[]> {
  const { fs } = parts.environment;
  const directories = new Map<string, Promise<string>>();
  const resolved = async (path: string) => {
    const directory = dirname(path);
    // One that is gone, or may not be looked at, is in no folder under any other name.
    const real = directories.get(directory) ?? fs.resolveRoot(directory).catch(() => directory);
    directories.set(directory, real);
    return join(await real, basename(path));
  };
  const real = await Promise.all(paths.map(resolved));
  const folders = parts.state.folders.list();
  const running = runningTransfers(parts);
  return paths.map((path, index) => {
    for (const folder of folders) {
      const below = relativeTo(folder.localRoot, real[index] ?? '');
      if (below === undefined) continue;
      const place = { folder, path: below.normalize('NFC'), isDirectory: below === '' || path.endsWith('/') };
      const { state } = stateOf(parts, path, place, running);
      // A file manager has no mark for what waits for a person.
      if (state === 'paused') return 'waiting';
      return state === 'remote-only' ? 'unknown' : state;
    }
    return 'outside';
  });
}

function runningTransfers({ transfers }: Pick<EngineParts, 'transfers'>): ReadonlyMap<string, RunningTransfer> {
  return new Map(transfers.list().map((transfer) => [nameOf(transfer.folderId, transfer.path), transfer]));
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
  const isPlanned = state.items.isPlanned(folder.id, path, isDirectory);
  const isKnown = state.items.isKnown(folder.id, path, isDirectory);
  // Of two names that are equal in Unicode one holds the path: what is told of it is the other one's.
  const isAnothers = problem?.code === 'unicode-clash' && !isDirectory && (isPlanned || isKnown);
  if (problem !== undefined && problem.severity !== 'notice' && !isAnothers) {
    return { ...plain(key, problemState(problem)), reason: problem.message, code: problem.code };
  }
  if (isPlanned) return waitingState(state, key, folder.id, path);
  if (isKnown) return plain(key, 'in-sync');
  return problem === undefined
    ? plain(key, 'remote-only')
    : { ...plain(key, 'skipped'), reason: problem.message, code: problem.code };
}

function waitingState({ wishes }: StateStore, key: string, folderId: string, path: string): ItemState {
  switch (wishes.get(folderId, path)?.wish) {
    case 'paused':
      return plain(key, 'paused');
    case 'cancelled':
      return { ...plain(key, 'skipped'), reason: CANCELLED, code: 'cancelled' };
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
  return { key, state, doneBytes: 0, sizeBytes: 0, reason: '', code: '' };
}

function nameOf(folderId: string, path: string): string {
  return `${folderId}/${path}`;
}
