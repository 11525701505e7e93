import type { Download, PartsInfo, ProblemInfo, TransferInfo, WaitingTransfer } from '../../../src/api/index.ts';
import type { HandUpload } from '../../store/types.ts';

export type TransferKind = 'up' | 'down' | 'move' | 'delete' | 'check';

/** One line of the list of transfers, wherever it comes from. */
export interface TransferRow {
  /** The same while the file waits, is on its way and fails, so that it stays selected. */
  readonly key: string;
  readonly kind: TransferKind;
  readonly path: string;
  /** The synced folder's name, or the bucket of a file that was sent by hand. */
  readonly where: string;
  readonly folderId: string | undefined;
  readonly uploadId: number | undefined;
  readonly downloadId: number | undefined;
  readonly state: 'running' | 'waiting' | 'first' | 'paused' | 'failed' | 'done' | 'cancelled' | 'taken';
  readonly sizeBytes: number;
  readonly doneBytes: number;
  readonly bytesPerSecond: number;
  /** Why it failed, or the attempt before this one, and what to do. */
  readonly message: string;
  readonly advice: string;
  readonly retryAtMs: number | undefined;
  readonly parts: PartsInfo | undefined;
  readonly attempt: number;
}

export type FolderNames = ReadonlyMap<string, string>;

/** An error in the words that people read. */
export type Words = (error: {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly detail: string;
}) => {
  readonly message: string;
  readonly advice: string;
};

const PLAIN = {
  uploadId: undefined,
  downloadId: undefined,
  doneBytes: 0,
  bytesPerSecond: 0,
  message: '',
  advice: '',
  retryAtMs: undefined,
  parts: undefined,
  attempt: 1,
} as const;

/** What of a row follows from the file that it is about. */
function fileOf({ folderId, path }: { readonly folderId: string; readonly path: string }, names: FolderNames) {
  return { ...PLAIN, key: `file/${folderId}/${path}`, path, folderId, where: names.get(folderId) ?? '' };
}

export function runningRow(transfer: TransferInfo, names: FolderNames, words: Words): TransferRow {
  const { direction, sizeBytes, doneBytes, bytesPerSecond, parts, attempt, lastError } = transfer;
  const failed = lastError === undefined ? PLAIN : words(lastError);
  return {
    ...fileOf(transfer, names),
    kind: direction,
    state: 'running',
    sizeBytes,
    doneBytes,
    bytesPerSecond,
    message: failed.message,
    advice: failed.advice,
    parts,
    attempt,
  };
}

export function waitingRow(waiting: WaitingTransfer, names: FolderNames): TransferRow {
  const { action, sizeBytes, wish, parts } = waiting;
  return { ...fileOf(waiting, names), kind: kindOf(action), state: wish ?? 'waiting', sizeBytes, parts };
}

export function failedRow(problem: ProblemInfo, names: FolderNames, words: Words): TransferRow {
  const { retryAtMs, attempts } = problem;
  const { message, advice } = words(problem);
  return {
    ...fileOf(problem, names),
    kind: 'up',
    state: 'failed',
    sizeBytes: 0,
    message,
    advice,
    retryAtMs,
    attempt: attempts,
  };
}

export function handRow(upload: HandUpload, nowMs: number): TransferRow {
  const { id, place, key, sizeBytes, sentBytes, state, message, startedMs } = upload;
  return {
    ...PLAIN,
    key: `hand/${id}`,
    kind: 'up',
    path: key,
    where: place.bucket,
    folderId: undefined,
    uploadId: id,
    state,
    sizeBytes,
    doneBytes: sentBytes,
    bytesPerSecond: state === 'running' ? sentBytes / Math.max(1, (nowMs - startedMs) / 1000) : 0,
    message,
  };
}

export function downloadRow(download: Download, nowMs: number, words: Words): TransferRow {
  const { id, source, state, doneBytes, sizeBytes, startedMs, error } = download;
  const failed = error === undefined ? PLAIN : words(error);
  return {
    ...PLAIN,
    key: `download/${id}`,
    kind: 'down',
    path: source.key,
    where: source.bucket,
    folderId: undefined,
    downloadId: id,
    // Nothing has come yet, not even how much it is.
    state: state === 'running' && doneBytes === 0 ? 'waiting' : state,
    sizeBytes,
    doneBytes,
    bytesPerSecond: state === 'running' ? doneBytes / Math.max(1, (nowMs - startedMs) / 1000) : 0,
    message: failed.message,
    advice: failed.advice,
  };
}

function kindOf(action: WaitingTransfer['action']): TransferKind {
  switch (action) {
    case 'upload':
      return 'up';
    case 'download':
      return 'down';
    case 'move-remote':
    case 'move-local':
      return 'move';
    case 'delete-remote':
    case 'delete-local':
      return 'delete';
    case 'reconcile':
    case 'confirm-local':
      return 'check';
  }
}
