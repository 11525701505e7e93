import { asSyncError, hasCode, SyncError } from '../core/errors.ts';
import type { ListedObject } from '../core/object-store.ts';
import { restoredPath } from '../core/conflict-name.ts';
import { keyOf, parseRelativePath, REMOTE_TRASH_PREFIX, type ObjectKey, type RelativePath } from '../core/paths.ts';
import { bucketTrashKey, parseBucketTrashKey, parseBucketTrashStamp } from '../core/trash-path.ts';
import { listObjects, once, type Retry } from '../remote/index.ts';
import type { FolderRow } from '../state/index.ts';
import { runConcurrently } from '../transfer/index.ts';
import { deleteIfStill, type DeleteTarget } from './delete-remote.ts';
import type { FolderContext } from './folder-context.ts';
import { isFolder, requireNothingAbove } from './name-clash.ts';
import { trashAgeMs } from './trash-age.ts';

/** The bucket's trash is gone through this often for what is to expire. */
const EXPIRE_EVERY_MS = 24 * 3_600_000;

/** Deletions on their way at once. */
const AT_ONCE = 8;

/** So many names beside one that is taken are tried. */
const MAX_NAMES = 20;

/** A copy that was kept of a deleted object. */
export interface BucketTrashEntry {
  /** As `bucketTrashStamp` makes it, by the clock of the computer that deleted it. */
  readonly stamp: string;
  readonly trashedMs: number;
  /** Where it was, below the folder's prefix. */
  readonly path: string;
  /** The copy itself. */
  readonly object: ListedObject;
}

/** What a folder's part of its bucket's trash holds, the oldest first. */
export async function* listBucketTrash(
  { store, bucket }: Pick<DeleteTarget, 'store' | 'bucket'>,
  prefix: string,
  signal: AbortSignal,
  retry?: Retry,
): AsyncGenerator<BucketTrashEntry, void, undefined> {
  for await (const object of listObjects(store, { bucket, prefix: REMOTE_TRASH_PREFIX }, signal, retry)) {
    const parsed = parseBucketTrashKey(object.key);
    if (parsed === undefined || !parsed.key.startsWith(prefix)) continue;
    const { stamp, trashedMs, key } = parsed;
    yield { stamp, trashedMs, path: key.slice(prefix.length), object };
  }
}

/**
 * Puts a copy back under its key inside the server, or beside it where something else is there or below it, and takes it out of
 * the trash, where it stays if somebody takes away or writes over what was put back before that. Never replaces anything.
 *
 * @returns the path in the folder that it has now.
 * @throws SyncError no-such-key when it is not in the trash (any more); name-taken when no name beside it is free; type-clash
 * when there is an object of the name of a directory above it.
 */
export async function restoreFromBucketTrash(
  target: DeleteTarget,
  folder: FolderRow,
  entry: { readonly stamp: string; readonly path: string },
  signal: AbortSignal,
): Promise<RelativePath> {
  const { store, bucket } = target;
  const path = parseRelativePath(entry.path);
  const trashedMs = parseBucketTrashStamp(entry.stamp);
  if (path === undefined || trashedMs === undefined) throw notInTrash(entry.path);
  const sourceKey = bucketTrashKey(entry.stamp, keyOf(folder.prefix, path));
  const copy = await store.head(bucket, sourceKey, signal);
  if (copy === undefined) throw notInTrash(entry.path);
  await requireNothingAbove({ store, bucket, retry: once }, keyOf(folder.prefix, path), signal);
  for (let attempt = 0; attempt <= MAX_NAMES; attempt++) {
    const to = attempt === 0 ? path : restoredPath(path, trashedMs, attempt);
    const source = { sourceKey, sourceEtag: copy.etag, sizeBytes: copy.sizeBytes };
    const key = keyOf(folder.prefix, to);
    const etag = await copyWhereFree(target, key, source, signal);
    if (etag === undefined) continue;
    const isKept = async () => (await store.head(bucket, key, signal))?.etag === etag;
    await deleteIfStill(target, sourceKey, copy.etag, signal, { isKept });
    return to;
  }
  throw new SyncError({
    code: 'name-taken',
    message: `${path} was not restored: its place in the bucket is taken, and so are the names beside it.`,
    advice: 'Rename what is there, then try again.',
  });
}

/**
 * Not every server honours a condition on the target of a copy: it is looked at right before.
 *
 * @returns the ETag of the copy; undefined when taken, also by a folder, in which many servers would list nothing any more.
 */
async function copyWhereFree(
  { store, bucket }: DeleteTarget,
  key: ObjectKey,
  source: { readonly sourceKey: string; readonly sourceEtag: string; readonly sizeBytes: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (await isFolder({ store, bucket, retry: once }, key, signal)) return undefined;
  if ((await store.head(bucket, key, signal)) !== undefined) return undefined;
  try {
    return (await store.copy({ bucket, key, ...source, expect: { kind: 'absent' } }, signal)).etag;
  } catch (error) {
    if (hasCode(error, 'precondition-failed')) return undefined;
    throw error;
  }
}

/** What emptying did. */
export interface BucketTrashEmptied {
  readonly removedFiles: number;
  readonly freedBytes: number;
  /** Why something could not be removed: the first of the reasons. */
  readonly problem: SyncError | undefined;
}

/**
 * Removes for good what has been in a folder's part of the bucket's trash for longer than `olderThanMs`; everything when
 * undefined. Its age is the lesser of what the deleting computer's clock says and what the server's does: a computer whose
 * clock was wrong has no content removed early. Our own clock and the server's are close, or it would refuse our requests.
 *
 * @throws SyncError when the trash can not be listed.
 */
export async function emptyBucketTrash(
  target: DeleteTarget,
  prefix: string,
  olderThanMs: number | undefined,
  nowMs: number,
  signal: AbortSignal,
  retry?: Retry,
): Promise<BucketTrashEmptied> {
  let [removedFiles, freedBytes] = [0, 0];
  let problem: SyncError | undefined;
  await runConcurrently(expired(), AT_ONCE, async ({ key, etag, sizeBytes }) => {
    try {
      if (!(await deleteIfStill(target, key, etag, signal))) return;
      removedFiles += 1;
      freedBytes += sizeBytes;
    } catch (error) {
      if (signal.aborted || hasCode(error, 'cancelled')) throw error;
      problem ??= asSyncError(error);
    }
  });
  return { removedFiles, freedBytes, problem };

  async function* expired(): AsyncGenerator<ListedObject, void, undefined> {
    for await (const { trashedMs, object } of listBucketTrash(target, prefix, signal, retry)) {
      // In the order of the stamps: those that follow are younger still.
      if (olderThanMs !== undefined && nowMs - trashedMs <= olderThanMs) return;
      if (olderThanMs === undefined || nowMs - object.lastModifiedMs > olderThanMs) yield object;
    }
  }
}

/**
 * Removes what has been in the bucket's trash for 30 days, whatever the clock did meanwhile, once a day and folder: as a rule one page of a listing. What goes
 * wrong is written into the log, and the next day has another try.
 */
export async function expireBucketTrash(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { folder, state, environment, upload } = context;
  const mayDelete = folder.mode === 'two-way' || (folder.mode === 'upload' && folder.mirrorDeletes);
  const nowMs = environment.clock.now();
  const lastMs = state.folders.bucketTrashTidiedMs(folder.id) ?? folder.createdMs;
  if (!mayDelete || Math.abs(nowMs - lastMs) < EXPIRE_EVERY_MS) return;
  state.folders.setBucketTrashTidied(folder.id, nowMs);
  try {
    const retry: Retry = (page) => upload.requests.run(page, signal);
    const { problem } = await emptyBucketTrash(upload, folder.prefix, trashAgeMs(context), nowMs, signal, retry);
    if (problem !== undefined) throw problem;
  } catch (error) {
    if (signal.aborted || hasCode(error, 'cancelled')) throw error;
    const { code, message } = asSyncError(error);
    environment.log.warn("The bucket's trash could not be tidied", { folder: folder.id, code, message });
  }
}

function notInTrash(path: string): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: `${path} is not in the bucket's trash.`,
    advice: 'It may have been restored already, or its 30 days are over.',
    command: 'rustfs-sync trash list',
  });
}
