import { decide, type Action, type RemoteExpectation } from '../core/decide.ts';
import { mayHideAnEdit, type BaseEntry, type RemoteEntry } from '../core/entries.ts';
import { hasCode } from '../core/errors.ts';
import type { RelativePath } from '../core/paths.ts';
import { isPlanned, type PlanItem } from '../core/plan.ts';
import { checkTarget, downloadFile, uploadFile } from '../transfer/index.ts';
import { confirmLocal } from './confirm-local.ts';
import { deleteLocal } from './delete-local.ts';
import { deleteRemote } from './delete-remote.ts';
import { keyIn, type FolderContext } from './folder-context.ts';
import { moveLocal } from './move-local.ts';
import { moveRemote } from './move-remote.ts';
import { moveAside } from './keep-both.ts';
import { makeRoom } from './make-room.ts';
import { baseEntry, localOf, sidesOf, type Outcome, type Step } from './outcome.ts';
import { recordConflictCopy } from './record.ts';
import { reconcile } from './reconcile.ts';
import { spellDirectories } from './spelling.ts';
import { agreedByNow, announceDownload, announceUpload } from './under-way.ts';
import { flushIfWrittenInPlace } from './written-in-place.ts';

/** A path that keeps being changed by others is left to the next comparison after so many decisions. */
const MAX_ROUNDS = 4;

/**
 * Carries out one planned action. Whatever the plan relied on is proved again by the effect itself: the file by its
 * fingerprint, the object by a conditional request. When one side turns out to hold something else, it is decided anew.
 *
 * @throws SyncError when it could not be done; file-changed when the file moved under us.
 */
export async function perform(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Outcome> {
  let current = item;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = await decideNext(context, current, await performOnce(context, current, signal));
    if (next.kind === 'settled') return next.outcome;
    current = next.item;
  }
  return { kind: 'stale' };
}

async function performOnce(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  if (takesWhatIsLeftOut(context, item)) return { kind: 'stale' };
  switch (item.kind) {
    case 'upload':
      return upload(context, item, signal);
    case 'download':
      return download(context, item, signal);
    case 'delete-remote':
      return deleteRemote(context, item, signal);
    case 'delete-local':
      return deleteLocal(context, item, signal);
    case 'reconcile':
      return reconcile(context, item, signal);
    case 'confirm-local':
      return confirmLocal(context, item, signal);
    case 'move-remote':
      return moveRemote(context, item, signal);
    case 'move-local':
      return moveLocal(context, item, signal);
  }
}

/** Whether something would go that a rule leaves out: the rule may be newer than the plan. */
function takesWhatIsLeftOut({ filter }: FolderContext, { kind, path, from }: PlanItem): boolean {
  if (from !== undefined) return filter.ignoresFile(from);
  return (kind === 'delete-remote' || kind === 'delete-local') && filter.ignoresFile(path);
}

async function upload(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const local = localOf(item);
  const { path } = item;
  const { folder, transfers, state } = context;
  const known = state.base.get(folder.id, path);
  const transfer = transfers.begin(folder.id, path, 'up', local.sizeBytes);
  try {
    await flushIfWrittenInPlace(context, item, known);
    const job = {
      root: folder.localRoot,
      diskPath: local.diskPath ?? path,
      key: keyIn(context, path),
      local,
      expect: item.expect,
      base: known,
      onSending: announceUpload(context, path, local),
      ...transfers.listeners(transfer),
    };
    const result = await uploadFile(context.upload, job, signal);
    switch (result.kind) {
      case 'uploaded':
        return {
          kind: 'uploaded',
          base: baseEntry(path, local, result.etag, result.partSizeBytes),
          sizeBytes: local.sizeBytes,
        };
      case 'unchanged':
        return known === undefined
          ? { kind: 'stale' }
          : { kind: 'adopted', base: baseEntry(path, local, known.etag, known.partSizeBytes), wasKnown: true };
      case 'overtaken':
        return { kind: 'overtaken', remote: remoteEntry(item, result.remote) };
    }
  } finally {
    transfers.end(transfer);
  }
}

async function download(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  if (item.expect.kind === 'absent') return { kind: 'stale' };
  const { path, local, sizeBytes } = item;
  const { folder, transfers, environment, state } = context;
  const transfer = transfers.begin(folder.id, path, 'down', sizeBytes);
  try {
    const diskPath = local?.diskPath ?? (await spellDirectories(environment.fs, folder.localRoot, path));
    const job = {
      root: folder.localRoot,
      // Where it goes is a matter of the disk.
      path: diskPath as RelativePath,
      key: keyIn(context, path),
      remote: { etag: item.expect.etag, sizeBytes },
      expectLocal: local,
      trashStamp: () => context.trashStamp(),
      onInstalling: (agreed: BaseEntry) => announceDownload(context, { ...agreed, path }),
      ...transfers.listeners(transfer),
    };
    const attempt = () => downloadFile(context.download, job, signal);
    // Where its name was taken the last time, or another spelling may hold it, it is not fetched only to find that out.
    const mayBeTaken = context.ignoresCase || state.problems.get(folder.id, path, 'transfer')?.code === 'type-clash';
    const attempted = mayBeTaken ? checkTarget(context.download, job, diskPath, local).then(attempt) : attempt();
    const result = await attempted.catch(async (error: unknown) => {
      if (!hasCode(error, 'type-clash') || !(await makeRoom(environment.fs, folder.localRoot, diskPath))) throw error;
      return downloadFile(context.download, { ...job, expectLocal: undefined }, signal);
    });
    if (result.kind === 'overtaken') return { kind: 'overtaken', remote: remoteEntry(item, result.remote) };
    await context.rootProofs.again();
    return { kind: 'downloaded', base: trusted(context, { ...result.base, path }), sizeBytes };
  } finally {
    transfers.end(transfer);
  }
}

/**
 * What base may say of a file that has just been put there. Where the disk would not show an edit right behind it, base gets
 * a ctime that no file has: the next look, once the file has been quiet, then reads it and learns the real one.
 */
function trusted(context: FolderContext, base: BaseEntry): BaseEntry {
  if (!mayHideAnEdit(base, context.environment.clock.now())) return base;
  context.revisit(base.path, 'endless');
  return { ...base, ctimeNs: 0n };
}

type Next =
  { readonly kind: 'item'; readonly item: PlanItem } | { readonly kind: 'settled'; readonly outcome: Outcome };

/** What follows from a step: the end of the work on this path, or another action. */
async function decideNext(context: FolderContext, item: PlanItem, step: Step): Promise<Next> {
  switch (step.kind) {
    case 'overtaken':
      return decideAgain(context, item, step.remote, knownByNow(context, item, step.remote), 'unread');
    case 'confirmed': {
      const known = context.state.base.get(context.folder.id, item.path);
      if (step.differs) return decideAgain(context, item, step.remote, known, 'differs');
      return decideAgain(context, item, step.remote, step.base, 'unread');
    }
    case 'no-move':
      return { kind: 'item', item: planned(step.instead, item, step.remote) };
    case 'both-changed': {
      const copy = await moveAside(context, item);
      context.commit.add(item.path, () => recordConflictCopy(context, item, copy));
      // At once: while base has the path, it reads as deleted here.
      context.commit.flush();
      context.revisit(copy);
      return { kind: 'item', item: planned('download', { ...item, local: undefined }, step.remote) };
    }
    default:
      return { kind: 'settled', outcome: step };
  }
}

function knownByNow(
  context: FolderContext,
  { path, local }: PlanItem,
  remote: RemoteEntry | undefined,
): BaseEntry | undefined {
  return agreedByNow(context, path, context.state.base.get(context.folder.id, path), local, remote);
}

function decideAgain(
  context: FolderContext,
  item: PlanItem,
  remote: RemoteEntry | undefined,
  base: BaseEntry | undefined,
  touched: 'unread' | 'differs',
): Next {
  const local = item.local && { path: item.path, ...item.local };
  const action = decide(base, local, remote, context.rules, touched);
  if (action.kind === 'upload' && remote === undefined && isToldToClash(context, item.path))
    return { kind: 'settled', outcome: { kind: 'told' } };
  if (isUnseenDeletion(action, item) && base !== undefined) {
    context.revisit(item.path, 'endless');
    return { kind: 'settled', outcome: { kind: 'adopted', base, wasKnown: true } };
  }
  if (isPlanned(action)) return { kind: 'item', item: planned(action.kind, item, remote) };
  switch (action.kind) {
    case 'report': {
      const outcome = { kind: 'conflict', problem: action.problem, sides: sidesOf(item, remote) } as const;
      return { kind: 'settled', outcome: base === undefined ? outcome : { ...outcome, base } };
    }
    case 'none':
    case 'unretain':
      // Both sides are what base says, with the times that it has now.
      return {
        kind: 'settled',
        outcome:
          base === undefined
            ? { kind: 'stale' }
            : { kind: 'adopted', base: { ...base, retained: base.retained && local === undefined }, wasKnown: true },
      };
    case 'forget':
      return { kind: 'settled', outcome: { kind: 'forgotten' } };
    case 'retain':
      return { kind: 'settled', outcome: { kind: 'stale' } };
  }
}

/** Whether this is a deletion where something else was planned, so that the brake has not counted it: a comparison has to find it. */
function isUnseenDeletion(action: Action, item: PlanItem): boolean {
  return (action.kind === 'delete-local' || action.kind === 'delete-remote') && action.kind !== item.kind;
}

/** Whether the bucket was seen to hold an object that would lie below this one, or this one below it. */
function isToldToClash({ state, folder }: FolderContext, path: RelativePath): boolean {
  return state.problems.get(folder.id, path, 'comparison')?.code === 'type-clash';
}

function planned(kind: PlanItem['kind'], item: PlanItem, remote: RemoteEntry | undefined): PlanItem {
  const expect: RemoteExpectation = remote === undefined ? { kind: 'absent' } : { kind: 'etag', etag: remote.etag };
  const sizeBytes = kind === 'download' ? (remote?.sizeBytes ?? 0) : item.sizeBytes;
  return { ...item, kind, expect, sizeBytes };
}

function remoteEntry(
  { path }: PlanItem,
  head: { readonly sizeBytes: number; readonly etag: string } | undefined,
): RemoteEntry | undefined {
  return head && { path, sizeBytes: head.sizeBytes, etag: head.etag };
}
