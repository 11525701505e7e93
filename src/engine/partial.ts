import type { PartsInfo } from '../api/index.ts';
import { asSyncError } from '../core/errors.ts';
import { partCount, UNFINISHED_UPLOAD_MS } from '../core/parts.ts';
import { keyOf, type RelativePath } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import { MAX_INTERRUPTED_MS, type PartsDone } from '../transfer/index.ts';
import type { EngineParts } from './engine-parts.ts';

type Direction = 'up' | 'down';

/** Parts with the time until which a later attempt can go on from them. */
export function withDeadline(parts: PartsDone, direction: Direction): PartsInfo {
  return { ...parts, untilMs: parts.sinceMs + (direction === 'up' ? UNFINISHED_UPLOAD_MS : MAX_INTERRUPTED_MS) };
}

/** What an interrupted transfer of a path has left behind for the next attempt. */
export function partialOf(
  { state }: Pick<EngineParts, 'state'>,
  folder: FolderRow,
  path: string,
): PartsInfo | undefined {
  const { upload, download } = journalled({ state }, folder, path);
  if (upload !== undefined) {
    const total = partCount(upload.fingerprint.sizeBytes, upload.partSizeBytes);
    const done = state.uploads.parts(upload.id).length;
    return withDeadline({ done, total, sinceMs: upload.startedMs }, 'up');
  }
  if (download === undefined) return undefined;
  const total = partCount(download.sizeBytes, download.partSizeBytes);
  const done = state.downloads.parts(download.id).length;
  return withDeadline({ done, total, sinceMs: download.startedMs }, 'down');
}

/**
 * Ends what an interrupted transfer of a path has left: parts on the server, the partial file here. Nothing that is still
 * being written to may be left. What can not be ended now, since the server is away say, the next full comparison ends.
 */
export async function endPartial(
  parts: EngineParts,
  folder: FolderRow,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { state, connections, environment } = parts;
  const { key, upload, download } = journalled(parts, folder, path);
  try {
    if (upload?.uploadId !== undefined) {
      const { store } = await connections.byId(folder.accountId);
      await store.abortUpload({ bucket: folder.bucket, key, uploadId: upload.uploadId }, signal);
      state.uploads.delete(upload.id);
    }
    if (download !== undefined) {
      await environment.fs.removeFile(folder.localRoot, download.temporaryPath);
      state.downloads.delete(download.id);
    }
  } catch (error) {
    environment.log.warn('What a cancelled transfer left stays for now', { key, error: asSyncError(error).message });
  }
}

function journalled({ state }: Pick<EngineParts, 'state'>, folder: FolderRow, path: string) {
  const { accountId, bucket, localRoot: root, prefix } = folder;
  const key = keyOf(prefix, path as RelativePath);
  return {
    key,
    upload: state.uploads.find({ accountId, bucket, key }),
    download: state.downloads.find({ accountId, bucket, key, root }),
  };
}
