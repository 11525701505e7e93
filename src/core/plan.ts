import type { Action, RemoteExpectation } from './decide.ts';
import type { Fingerprint } from './entries.ts';
import { MULTIPART_THRESHOLD_BYTES } from './parts.ts';
import type { RelativePath } from './paths.ts';

/** Actions that go into the plan table, rather than being settled while comparing. */
export type DecidedKind = 'upload' | 'download' | 'delete-remote' | 'delete-local' | 'reconcile' | 'confirm-local';

/**
 * A decided action, or two of them that turned out to be one: `move-remote` for a file that has another name on disk now,
 * `move-local` for an object that has another key.
 */
export type PlannedKind = DecidedKind | 'move-remote' | 'move-local';

/** One row of a plan: an action on one path and all that its precondition needs. */
export interface PlanItem {
  readonly path: RelativePath;
  readonly kind: PlannedKind;
  /** The file as it was when planned; absent where there is none. */
  readonly local: (Fingerprint & { readonly diskPath?: string }) | undefined;
  /** The object as it was when planned. */
  readonly expect: RemoteExpectation;
  /** Bytes to move, for progress; of the object for a download or a remote deletion. */
  readonly sizeBytes: number;
  /** For a move: the path that both sides last agreed on. */
  readonly from?: RelativePath;
}

/**
 * When an action runs. A file that became a directory (or the reverse) has its old object deleted before the first child
 * is written, since some servers hide `a/b` while there is an `a`; all other deletions come last, so that a move that was not
 * recognised as one has its new name before the old one goes.
 */
export type Phase = 0 | 1 | 2;

/** Small files are one request each; large ones go in parts and are worked on few at a time. */
export type Lane = 'small' | 'large';

/** Lane of an action: whether content of a large file is read or transferred. */
export function laneOf({ kind, sizeBytes }: Pick<PlanItem, 'kind' | 'sizeBytes'>): Lane {
  const touchesContent = ['upload', 'download', 'reconcile', 'confirm-local'].includes(kind);
  return touchesContent && sizeBytes >= MULTIPART_THRESHOLD_BYTES ? 'large' : 'small';
}

/** Phase of an action. `clearsTheWay` says that other actions need this path gone first. */
export function phaseOf(kind: PlannedKind, clearsTheWay: boolean): Phase {
  if (kind !== 'delete-remote' && kind !== 'delete-local') return 1;
  return clearsTheWay ? 0 : 2;
}

/** Narrows an action to those that are planned. */
export function isPlanned(action: Action): action is Extract<Action, { readonly kind: DecidedKind }> {
  switch (action.kind) {
    case 'upload':
    case 'download':
    case 'delete-remote':
    case 'delete-local':
    case 'reconcile':
    case 'confirm-local':
      return true;
    case 'none':
    case 'forget':
    case 'retain':
    case 'unretain':
    case 'report':
      return false;
  }
}
