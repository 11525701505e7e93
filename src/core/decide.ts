import { sameFingerprint, type BaseEntry, type LocalEntry, type RemoteEntry } from './entries.ts';

/** How a folder treats its two sides. */
export type SyncMode = 'two-way' | 'upload' | 'download';

/** What decide() needs to know of a folder. */
export interface DecisionRules {
  readonly mode: SyncMode;
  /** In upload and download mode: whether a deletion at the source is repeated at the target. */
  readonly mirrorDeletes: boolean;
}

/** What the remote side must look like for a conditional write to go through. */
export type RemoteExpectation = { readonly kind: 'absent' } | { readonly kind: 'etag'; readonly etag: string };

/** What is to be done about one path. */
export type Action =
  | { readonly kind: 'none' }
  | { readonly kind: 'upload'; readonly expect: RemoteExpectation }
  | { readonly kind: 'download' }
  | { readonly kind: 'delete-remote'; readonly etag: string }
  | { readonly kind: 'delete-local' }
  /** Both sides have content that base does not know: equal content is adopted, different content is a conflict. */
  | { readonly kind: 'reconcile' }
  /** The file's times moved and not its size: hash it, then decide again. */
  | { readonly kind: 'confirm-local' }
  /** Nothing is left on either side that base would describe. */
  | { readonly kind: 'forget' }
  /** Keep base, remembering that the local file is gone or left out, and that the object stays on purpose. */
  | { readonly kind: 'retain' }
  /** The local file was left out for a while, and both sides are still as base knows them: that is to count again. */
  | { readonly kind: 'unretain' }
  /** The target side was changed by somebody else: left alone and told. */
  | { readonly kind: 'report'; readonly problem: 'remote-changed' | 'local-changed' };

type Side = 'same' | 'changed' | 'touched' | 'absent';

/** One path as the deciders of the modes see it. */
interface Situation {
  /** Whether base has a row at all. */
  readonly isKnown: boolean;
  /** What base says, where it can be believed. */
  readonly agreed: BaseEntry | undefined;
  readonly local: Side;
  readonly remote: Side;
  /** The object as it was seen. */
  readonly object: RemoteEntry | undefined;
  readonly mirrorDeletes: boolean;
}

const NONE: Action = { kind: 'none' };

/**
 * The decision for one path, from what base, disk and bucket say of it. Pure and total: every combination has an answer,
 * and no combination in which only one side was looked at can delete anything.
 *
 * @param touched for a file whose times moved and whose size did not: whether it was read and found to differ from base.
 * (One that was found to be the same is decided with a base that has its new times.)
 */
export function decide(
  base: BaseEntry | undefined,
  local: LocalEntry | undefined,
  remote: RemoteEntry | undefined,
  { mode, mirrorDeletes }: DecisionRules,
  touched: 'unread' | 'differs' = 'unread',
): Action {
  const agreed = isBelieved(base, local, remote, mode) ? base : undefined;
  const action = DECIDERS[mode]({
    isKnown: base !== undefined,
    agreed,
    local: compareLocal(agreed, local, touched),
    remote: compareRemote(agreed, remote),
    object: remote,
    mirrorDeletes,
  });
  return action.kind === 'none' && agreed?.retained === true && local !== undefined ? { kind: 'unretain' } : action;
}

/**
 * Of a path that was gone on purpose or left out, an absent side says nothing: nobody looked when it went. What is on both
 * sides goes on from what they agreed on. In upload mode the bucket follows the folder all the same.
 */
function isBelieved(
  base: BaseEntry | undefined,
  local: LocalEntry | undefined,
  remote: RemoteEntry | undefined,
  mode: SyncMode,
): boolean {
  if (base?.retained !== true || mode === 'upload') return true;
  return local !== undefined && remote !== undefined;
}

function compareLocal(base: BaseEntry | undefined, local: LocalEntry | undefined, touched: 'unread' | 'differs'): Side {
  if (local === undefined) return 'absent';
  if (base === undefined || base.sizeBytes !== local.sizeBytes) return 'changed';
  if (sameFingerprint(base, local)) return 'same';
  return touched === 'differs' ? 'changed' : 'touched';
}

function compareRemote(base: BaseEntry | undefined, remote: RemoteEntry | undefined): Side {
  if (remote === undefined) return 'absent';
  return base?.etag === remote.etag ? 'same' : 'changed';
}

const DECIDERS: Readonly<Record<SyncMode, (situation: Situation) => Action>> = {
  'two-way': decideTwoWay,
  upload: decideUpload,
  download: decideDownload,
};

function decideTwoWay({ isKnown, agreed, local, remote, object }: Situation): Action {
  if (local === 'absent' && remote === 'absent') return isKnown ? { kind: 'forget' } : NONE;
  if (local === 'absent') {
    return remote === 'same' && agreed !== undefined
      ? { kind: 'delete-remote', etag: agreed.etag }
      : { kind: 'download' };
  }
  if (local === 'same') {
    if (remote === 'same') return NONE;
    return remote === 'absent' ? { kind: 'delete-local' } : { kind: 'download' };
  }
  if (remote === 'same') return uploadOver(object);
  if (local === 'touched') return { kind: 'confirm-local' };
  return remote === 'absent' ? uploadOver(undefined) : { kind: 'reconcile' };
}

function decideUpload({ agreed, local, remote, object, mirrorDeletes }: Situation): Action {
  if (local === 'absent') {
    if (agreed === undefined) return NONE;
    if (remote !== 'same') return { kind: 'forget' };
    if (mirrorDeletes && !agreed.retained) return { kind: 'delete-remote', etag: agreed.etag };
    return agreed.retained ? NONE : { kind: 'retain' };
  }
  if (remote === 'absent') return uploadOver(undefined);
  if (remote === 'same') return local === 'same' ? NONE : uploadOver(object);
  if (local === 'same') return { kind: 'report', problem: 'remote-changed' };
  // A file of the same size may be our own upload, whose base row a crash has lost.
  return local === 'touched' ? { kind: 'confirm-local' } : { kind: 'reconcile' };
}

function decideDownload({ isKnown, agreed, local, remote, mirrorDeletes }: Situation): Action {
  if (remote === 'absent') {
    const isMirrored = mirrorDeletes && agreed !== undefined && (local === 'same' || local === 'touched');
    if (!isMirrored) return isKnown ? { kind: 'forget' } : NONE;
    return local === 'same' ? { kind: 'delete-local' } : { kind: 'confirm-local' };
  }
  if (local === 'absent') return { kind: 'download' };
  if (remote === 'same') {
    if (local === 'same') return NONE;
    return local === 'touched' ? { kind: 'confirm-local' } : { kind: 'report', problem: 'local-changed' };
  }
  if (local === 'same') return { kind: 'download' };
  return local === 'touched' ? { kind: 'confirm-local' } : { kind: 'reconcile' };
}

function uploadOver(remote: RemoteEntry | undefined): Action {
  return { kind: 'upload', expect: remote === undefined ? { kind: 'absent' } : { kind: 'etag', etag: remote.etag } };
}
