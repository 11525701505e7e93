import { asSyncError } from '../core/errors.ts';
import type { EngineParts } from './engine-parts.ts';

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
