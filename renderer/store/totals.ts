import type { EngineStatus, FolderStatus } from '../../src/api/index.ts';

/** What all folders together still have to do, and did of it. */
export interface Totals {
  readonly files: number;
  readonly doneFiles: number;
  readonly bytes: number;
  readonly doneBytes: number;
}

const WORKING: ReadonlySet<FolderStatus['state']> = new Set(['syncing', 'starting', 'comparing']);

export function isWorking({ state }: FolderStatus): boolean {
  return WORKING.has(state);
}

export function totalsOf(status: EngineStatus | undefined): Totals {
  const busy = status?.folders.filter(({ state }) => state === 'syncing') ?? [];
  const sum = (part: (folder: FolderStatus) => number) => busy.reduce((total, folder) => total + part(folder), 0);
  const bytes = sum(({ planned }) => planned.bytes);
  return {
    files: sum(({ planned }) => planned.files),
    doneFiles: sum(({ done }) => done.files),
    bytes,
    // What is on its way counts as far as it is.
    doneBytes: Math.min(bytes, sum(({ done }) => done.bytes) + (status?.moving.doneBytes ?? 0)),
  };
}

/** Each file costs about as much as so many bytes more: asking, looking, writing down. */
const FILE_COST_BYTES = 256_000;

/** How much of a folder's work is done, from 0 to 1: the whole of it only when no file is left. */
export function shareDone({ planned, done }: Pick<FolderStatus, 'planned' | 'done'>): number {
  if (done.files >= planned.files) return 1;
  return (done.bytes + done.files * FILE_COST_BYTES) / (planned.bytes + planned.files * FILE_COST_BYTES);
}

/** Files that are planned and not done. */
export function waitingOf(status: EngineStatus | undefined): number {
  const { files, doneFiles } = totalsOf(status);
  return Math.max(0, files - doneFiles);
}

/** What a person has to look at: warnings, errors, and plans that wait for a word. */
export function problemsOf(status: EngineStatus | undefined): number {
  const folders = status?.folders ?? [];
  return folders.reduce(
    (total, { problems, state }) => total + problems.warning + problems.error + (state === 'held' ? 1 : 0),
    0,
  );
}

/** Files of a folder that a person paused or cancelled one by one. */
export function setAsideOf(setAside: FolderStatus['setAside']): number {
  return setAside === undefined ? 0 : setAside.paused + setAside.cancelled;
}
