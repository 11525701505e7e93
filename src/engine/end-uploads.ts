import { sameFingerprint } from '../core/entries.ts';
import { asSyncError, hasCode } from '../core/errors.ts';
import { abandonUpload, endUpload } from '../transfer/index.ts';
import type { EngineParts } from './engine-parts.ts';
import type { FolderContext } from './folder-context.ts';

/** Ends what a folder that is being removed has under way on the server. That the server is away holds nothing up. */
export async function endUploadsOf(parts: EngineParts, folderId: string, signal: AbortSignal): Promise<void> {
  const { state, connections, environment } = parts;
  for (const { id, owner, accountId, bucket, key, uploadId } of state.uploads.listAll()) {
    if (owner !== folderId) continue;
    try {
      const { store } = await connections.byId(accountId);
      if (uploadId !== undefined) await store.abortUpload({ bucket, key, uploadId }, signal);
    } catch (error) {
      environment.log.warn('An unfinished upload was left on the server', { key, error: asSyncError(error).message });
    }
    state.uploads.delete(id);
  }
}

/**
 * Ends this folder's uploads in the journal whose file is not to be uploaded any more: it is gone for certain, or is in sync
 * in another way. What could not be looked at may still go on.
 */
export async function endOrphanedUploads(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { state, folder, upload, environment, large } = context;
  for (const { owner, key } of state.uploads.listAll()) {
    if (owner !== folder.id || !key.startsWith(folder.prefix)) continue;
    const path = key.slice(folder.prefix.length);
    const isCancelled = state.wishes.get(folder.id, path)?.wish === 'cancelled';
    if (large.covers(path) || (state.plans.has(folder.id, path) && !isCancelled)) continue;
    try {
      const local = await environment.fs.stat(folder.localRoot, path);
      const known = state.base.get(folder.id, path);
      const isLeftOut = context.filter.ignoresFile(path);
      if (isCancelled || isLeftOut || local === undefined || (known !== undefined && sameFingerprint(known, local))) {
        await abandonUpload(upload, key, signal);
      }
    } catch (error) {
      // It costs the server space and nobody data; the next full pass tries again.
      if (hasCode(error, 'cancelled')) throw error;
      environment.log.warn('An unfinished upload could not be ended', { key, error: String(error) });
    }
  }
}

/** Ends what an earlier run, or an unlucky copy of this one, left in this bucket and nobody takes up. */
export async function endLeftUploads(
  { state, upload, environment }: FolderContext,
  signal: AbortSignal,
): Promise<void> {
  for (const left of state.passingUploads.listLeft(upload.accountId, upload.bucket)) {
    try {
      await endUpload(upload, left, signal);
      state.passingUploads.delete(left.id);
    } catch (error) {
      if (hasCode(error, 'cancelled')) throw error;
      environment.log.warn('An unfinished upload could not be ended', { key: left.key, error: String(error) });
    }
  }
}
