import { hasCode, SyncError } from '../core/errors.ts';
import type { HeadResult } from '../core/object-store.ts';
import { checkKeyLength, REMOTE_TRASH_PREFIX } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import type { Outcome } from './outcome.ts';
import { keyIn, type FolderContext } from './folder-context.ts';

/**
 * Deletes the object of a file that is gone: only if the file still is, only if the object is the one both sides agreed
 * on, and never outright. Where the bucket keeps no versions, a copy goes into the bucket's trash first.
 */
export async function deleteRemote(
  context: FolderContext,
  item: PlanItem,
  signal: AbortSignal,
): Promise<Outcome | { readonly kind: 'overtaken'; readonly remote: HeadResult | undefined }> {
  const { requests, store, bucket, capabilities } = context.upload;
  if (item.expect.kind === 'absent') return { kind: 'stale' };
  const { etag } = item.expect;
  const key = keyIn(context, item.path);
  const local = await context.environment.fs.stat(context.folder.localRoot, item.path);
  if (local !== undefined && local.kind !== 'directory') return { kind: 'stale' };

  if (!context.versioned) {
    const copied = await copyToTrash(context, item, key, etag, signal);
    if (!copied)
      return { kind: 'overtaken', remote: await requests.run(() => store.head(bucket, key, signal), signal) };
  }
  if (!capabilities.conditionalDelete) {
    const head = await requests.run(() => store.head(bucket, key, signal), signal);
    if (head === undefined) return { kind: 'deleted-remote', sizeBytes: item.sizeBytes };
    if (head.etag !== etag) return { kind: 'overtaken', remote: head };
  }
  try {
    await requests.run(
      () => store.delete(bucket, key, capabilities.conditionalDelete ? etag : undefined, signal),
      signal,
    );
  } catch (error) {
    if (!hasCode(error, 'precondition-failed')) throw error;
    return { kind: 'overtaken', remote: await requests.run(() => store.head(bucket, key, signal), signal) };
  }
  return { kind: 'deleted-remote', sizeBytes: item.sizeBytes };
}

/** @returns false when the object is not the expected one any more. */
async function copyToTrash(
  context: FolderContext,
  item: PlanItem,
  key: string,
  etag: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { requests, store, bucket } = context.upload;
  const trashKey = `${REMOTE_TRASH_PREFIX}${trashStamp(context.environment.clock.now())}/${key}`;
  if (checkKeyLength(trashKey) !== undefined) {
    throw new SyncError({
      code: 'too-large',
      message: `${item.path} was not deleted in the bucket: its name is too long for a copy in the bucket's trash.`,
      advice: 'Delete the object yourself, or turn on versioning for the bucket.',
    });
  }
  try {
    const copy = { bucket, sourceKey: key, key: trashKey, sourceEtag: etag, sizeBytes: item.sizeBytes };
    await requests.run(() => store.copy(copy, signal), signal);
    return true;
  } catch (error) {
    if (hasCode(error, 'precondition-failed', 'no-such-key')) return false;
    throw error;
  }
}

/** When it was deleted, in UTC: `YYYY-MM-DDTHHMMSSZ`. */
function trashStamp(nowMs: number): string {
  return new Date(nowMs)
    .toISOString()
    .replace(/:/g, '')
    .replace(/\.\d+Z$/, 'Z');
}
