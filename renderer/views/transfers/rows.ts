import type { ProblemInfo, TransferInfo, WaitingTransfer } from '../../../src/api/index.ts';
import type { HandUpload } from '../../store/types.ts';

export type TransferKind = 'up' | 'down' | 'move' | 'delete' | 'check';

/** One line of the list of transfers, wherever it comes from. */
export interface TransferRow {
  readonly key: string;
  readonly kind: TransferKind;
  readonly path: string;
  /** The synced folder's name, or the bucket of a file that was sent by hand. */
  readonly where: string;
  readonly folderId: string | undefined;
  readonly uploadId: number | undefined;
  readonly state: 'running' | 'waiting' | 'failed' | 'done' | 'cancelled';
  readonly sizeBytes: number;
  readonly doneBytes: number;
  readonly bytesPerSecond: number;
  readonly message: string;
  readonly retryAtMs: number | undefined;
}

export type FolderNames = ReadonlyMap<string, string>;

const PLAIN = { uploadId: undefined, doneBytes: 0, bytesPerSecond: 0, message: '', retryAtMs: undefined } as const;

export function runningRow(transfer: TransferInfo, names: FolderNames, bytesPerSecond: number): TransferRow {
  const { folderId, path, direction, sizeBytes, doneBytes } = transfer;
  const where = names.get(folderId) ?? '';
  const key = `running/${folderId}/${path}`;
  return {
    ...PLAIN,
    key,
    kind: direction,
    path,
    where,
    folderId,
    state: 'running',
    sizeBytes,
    doneBytes,
    bytesPerSecond,
  };
}

export function waitingRow({ folderId, path, action, sizeBytes }: WaitingTransfer, names: FolderNames): TransferRow {
  const where = names.get(folderId) ?? '';
  const key = `waiting/${folderId}/${action}/${path}`;
  return { ...PLAIN, key, kind: kindOf(action), path, where, folderId, state: 'waiting', sizeBytes };
}

export function failedRow(problem: ProblemInfo, names: FolderNames, message: string): TransferRow {
  const { id, folderId, path, retryAtMs } = problem;
  const where = names.get(folderId) ?? '';
  return {
    ...PLAIN,
    key: `failed/${id}`,
    kind: 'up',
    path,
    where,
    folderId,
    state: 'failed',
    sizeBytes: 0,
    message,
    retryAtMs,
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

/** Bytes a second of each running transfer, from one look to the next. */
export class SpeedMeter {
  readonly #seen = new Map<string, { readonly doneBytes: number; readonly atMs: number; readonly speed: number }>();

  /** @returns the speed, smoothed over the last looks. */
  look(key: string, doneBytes: number, nowMs: number): number {
    const old = this.#seen.get(key);
    if (old === undefined) {
      this.#seen.set(key, { doneBytes, atMs: nowMs, speed: 0 });
      return 0;
    }
    const elapsedMs = nowMs - old.atMs;
    if (elapsedMs < 250) return old.speed;
    const present = (Math.max(0, doneBytes - old.doneBytes) * 1000) / elapsedMs;
    const speed = old.speed === 0 ? present : old.speed * 0.7 + present * 0.3;
    this.#seen.set(key, { doneBytes, atMs: nowMs, speed });
    return speed;
  }

  /** Forgets what is not under way any more. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
  }
}
