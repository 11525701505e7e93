import { decide, type RemoteExpectation } from '../core/decide.ts';
import type { RemoteEntry } from '../core/entries.ts';
import { SyncError } from '../core/errors.ts';
import type { HeadResult } from '../core/object-store.ts';
import type { PlanItem } from '../core/plan.ts';
import { uploadFile } from '../transfer/index.ts';
import { confirmLocal } from './confirm-local.ts';
import { deleteRemote } from './delete-remote.ts';
import { keyIn, type FolderContext } from './folder-context.ts';
import { baseEntry, localOf, sidesOf, type Outcome } from './outcome.ts';
import { reconcile } from './reconcile.ts';

/** A key that keeps being written by others is left to the next comparison after so many tries. */
const MAX_ROUNDS = 3;

/**
 * Carries out one planned action. Whatever the plan relied on is proved again by the effect itself: the file by its
 * fingerprint, the object by a conditional request. When the bucket turns out to hold something else, it is decided anew.
 *
 * @throws SyncError when it could not be done; file-changed when the file moved under us.
 */
export async function perform(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Outcome> {
  let current = item;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const step = await performOnce(context, current, signal);
    if (step.kind !== 'overtaken') return step;
    const next = decideAgain(context, current, step.remote);
    if (next.kind === 'settled') return next.outcome;
    current = next.item;
  }
  return { kind: 'stale' };
}

type Step = Outcome | { readonly kind: 'overtaken'; readonly remote: HeadResult | undefined };

async function performOnce(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  switch (item.kind) {
    case 'upload':
      return upload(context, item, item.expect, signal);
    case 'delete-remote':
      return deleteRemote(context, item, signal);
    case 'reconcile':
      return reconcile(context, item, signal);
    case 'confirm-local':
      return confirmLocal(context, item, signal);
    case 'download':
    case 'delete-local':
      throw new SyncError({
        code: 'not-supported',
        message: `${item.path}: this version does not change local files.`,
        advice: 'Use the mode “upload”.',
      });
  }
}

async function upload(
  context: FolderContext,
  item: PlanItem,
  expect: RemoteExpectation,
  signal: AbortSignal,
): Promise<Step> {
  const local = localOf(item);
  const { folder, transfers, state } = context;
  const known = state.base.get(folder.id, item.path);
  const transfer = transfers.begin(folder.id, item.path, 'up', local.sizeBytes);
  try {
    const job = {
      root: folder.localRoot,
      diskPath: local.diskPath ?? item.path,
      key: keyIn(context, item.path),
      local,
      expect,
      base: known,
      onProgress: (bytes: number) => transfers.progress(transfer, bytes),
    };
    const result = await uploadFile(context.upload, job, signal);
    switch (result.kind) {
      case 'uploaded':
        return {
          kind: 'uploaded',
          base: baseEntry(item.path, local, result.etag, result.partSizeBytes),
          sizeBytes: local.sizeBytes,
        };
      case 'unchanged':
        return known === undefined
          ? { kind: 'stale' }
          : { kind: 'adopted', base: baseEntry(item.path, local, known.etag, known.partSizeBytes), wasKnown: true };
      case 'overtaken':
        return result;
    }
  } finally {
    transfers.end(transfer);
  }
}

type Again =
  { readonly kind: 'item'; readonly item: PlanItem } | { readonly kind: 'settled'; readonly outcome: Outcome };

function decideAgain(context: FolderContext, item: PlanItem, head: HeadResult | undefined): Again {
  const { path } = item;
  const remote: RemoteEntry | undefined = head && { path, sizeBytes: head.sizeBytes, etag: head.etag };
  const local = item.local && { path, ...item.local };
  const action = decide(context.state.base.get(context.folder.id, path), local, remote, context.rules);
  switch (action.kind) {
    case 'upload':
    case 'reconcile':
    case 'confirm-local':
    case 'delete-remote': {
      const expect: RemoteExpectation = remote === undefined ? { kind: 'absent' } : { kind: 'etag', etag: remote.etag };
      return { kind: 'item', item: { ...item, kind: action.kind, expect } };
    }
    case 'report':
      return {
        kind: 'settled',
        outcome: { kind: 'conflict', problem: 'remote-changed', sides: sidesOf(item, remote) },
      };
    case 'forget':
      return { kind: 'settled', outcome: { kind: 'forgotten' } };
    default:
      return { kind: 'settled', outcome: { kind: 'stale' } };
  }
}
