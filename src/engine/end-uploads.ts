import { sameFingerprint } from '../core/entries.ts';
import { asSyncError, hasCode } from '../core/errors.ts';
import { PUT_BY_HAND_MS } from '../core/parts.ts';
import type { RelativePath } from '../core/paths.ts';
import type { PassingUpload } from '../state/index.ts';
import { abandonUpload, abortStrays, endUpload, isSameContent } from '../transfer/index.ts';
import { isThere } from './delete-remote.ts';
import type { EngineParts } from './engine-parts.ts';
import type { FolderContext } from './folder-context.ts';

/** A request that nobody waits for any more is carried out within this time, or not at all. */
const CARRIED_OUT_WITHIN_MS = 15 * 60_000;

/** Ends what a folder that is being removed has under way on the server. That the server is away holds nothing up. */
export async function endUploadsOf(parts: EngineParts, folderId: string, signal: AbortSignal): Promise<void> {
  const { state, connections, environment } = parts;
  for (const { id, owner, accountId, bucket, key, uploadId, startedMs } of state.uploads.listAll()) {
    if (owner !== folderId) continue;
    const note = state.passingUploads.notesOf(accountId).begin(bucket, key, startedMs);
    try {
      if (uploadId !== undefined) {
        note.begun(uploadId);
        const { store } = await connections.byId(accountId, signal);
        await store.abortUpload({ bucket, key, uploadId }, signal);
        note.over();
      }
    } catch (error) {
      environment.log.warn('An unfinished upload was left on the server', { key, error: asSyncError(error).message });
    } finally {
      note.close();
    }
    state.uploads.delete(id);
  }
}

/**
 * Ends the uploads in the journal that nobody will go on with: of this folder those whose file is gone for certain, is in sync in
 * another way, or is another one by now; of those that a person began by hand, in whatever bucket, what nobody is at any more.
 * What could not be looked at may still go on.
 */
export async function endOrphanedUploads(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { state, folder, upload, environment } = context;
  for (const { id, owner, accountId, bucket, key, startedMs } of state.uploads.listAll()) {
    if (accountId !== folder.accountId) continue;
    try {
      const isOver =
        owner === undefined
          ? environment.clock.now() - startedMs > PUT_BY_HAND_MS
          : owner === folder.id &&
            bucket === folder.bucket &&
            key.startsWith(folder.prefix) &&
            (await isOrphaned(context, key, signal));
      if (isOver) await abandonUpload({ ...upload, bucket }, key, signal);
    } catch (error) {
      // It went with its bucket.
      if (owner === undefined && hasCode(error, 'no-such-bucket')) state.uploads.delete(id);
      else tellUnlessCancelled(context, key, error);
    }
  }
}

async function isOrphaned(context: FolderContext, key: string, signal: AbortSignal): Promise<boolean> {
  const { state, folder, upload, environment, large, filter } = context;
  const path = key.slice(folder.prefix.length) as RelativePath;
  const isCancelled = state.wishes.get(folder.id, path)?.wish === 'cancelled';
  if (large.has(path) || (state.plans.has(folder.id, path) && !isCancelled)) return false;
  const local = await environment.fs.stat(folder.localRoot, path);
  if (isCancelled || filter.ignoresFile(path) || local === undefined) return true;
  // Under a name of another case it is another file's.
  if (context.ignoresCase && !(await isThere(context, path, signal))) return true;
  const known = state.base.get(folder.id, path);
  const sent = state.uploads.find({ accountId: upload.accountId, bucket: upload.bucket, key });
  return (
    (known !== undefined && sameFingerprint(known, local)) ||
    (sent !== undefined && !isSameContent(sent.fingerprint, local))
  );
}

/**
 * Ends what is left in this bucket of uploads that nobody takes up: of an earlier run, or of an unlucky copy of this one. Those in
 * buckets that no folder syncs are only forgotten, once nobody is at them any more: most servers end them by themselves.
 */
export async function endLeftUploads(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { state, upload, environment } = context;
  const { accountId, bucket } = upload;
  state.passingUploads.deleteUnsynced(environment.clock.now() - PUT_BY_HAND_MS);
  for (const passing of state.passingUploads.list(accountId, bucket)) {
    if (mayBeMade(context, passing)) continue;
    const { id, key, uploadId, startedMs } = passing;
    try {
      if (uploadId === undefined) {
        const kept = uploadIdsInUse(context, key);
        if (kept === undefined) continue;
        await abortStrays(upload, key, startedMs, kept, signal);
        if (environment.clock.now() - startedMs < CARRIED_OUT_WITHIN_MS) continue;
      } else {
        await endUpload(upload, { bucket, key, uploadId }, signal);
      }
      state.passingUploads.delete(id);
    } catch (error) {
      tellUnlessCancelled(context, key, error);
    }
  }
}

/** The uploads of a key that somebody here works on, or undefined while one of them is just being begun. */
function uploadIdsInUse(context: FolderContext, key: string) {
  const { state, upload } = context;
  const { accountId, bucket } = upload;
  const passing = state.passingUploads
    .list(accountId, bucket)
    .filter((one) => one.key === key && mayBeMade(context, one));
  const journalled = state.uploads.find({ accountId, bucket, key });
  const ids = [...passing, ...(journalled === undefined ? [] : [journalled])].map(({ uploadId }) => uploadId);
  return ids.every((one) => one !== undefined) ? new Set(ids) : undefined;
}

/** Whether somebody works on an upload: of one by hand in another process that can not be told, before it is old. */
function mayBeMade({ environment }: FolderContext, { isOpen, byHand, startedMs }: PassingUpload): boolean {
  return isOpen || (byHand && environment.clock.now() - startedMs < PUT_BY_HAND_MS);
}

/** It costs the server space and nobody data; the next whole comparison tries again. */
function tellUnlessCancelled({ environment }: FolderContext, key: string, error: unknown): void {
  if (hasCode(error, 'cancelled')) throw error;
  environment.log.warn('An unfinished upload could not be ended', { key, error: String(error) });
}
