import { hasCode, SyncError } from '../core/errors.ts';
import type { ServerCapabilities } from '../core/object-store.ts';
import { checkKeyLength, type RelativePath } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import { bucketTrashKey, bucketTrashStamp } from '../core/trash-path.ts';
import { scanPath } from '../local/scan.ts';
import type { UploadContext } from '../transfer/index.ts';
import { headRemote, keyIn, type FolderContext } from './folder-context.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Step } from './outcome.ts';

/**
 * Deletes the object of a file that is gone: only if the file still is, only if the object is the one both sides agreed
 * on, and never outright. Where the server keeps no version of it, a copy goes into the bucket's trash first.
 */
export async function deleteRemote(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  if (item.expect.kind === 'absent') return { kind: 'stale' };
  const { etag } = item.expect;
  const isWanted = () => isThere(context, item.path, signal);
  const key = keyIn(context, item.path);
  let deletion: Deletion = (await context.isVersioned())
    ? await deleteAfterLook(context.upload, key, etag, 'if it stays as a version', signal, { isWanted })
    : 'has no version';
  if (deletion === 'has no version') {
    const isKept = keptInTrash(context, item, etag, signal);
    deletion = await deleteAfterLook(context.upload, key, etag, 'always', signal, { isWanted, isKept });
  }
  if (deletion === 'is wanted again') return { kind: 'stale' };
  if (deletion === 'done') return { kind: 'deleted-remote', sizeBytes: item.sizeBytes };
  return { kind: 'overtaken', remote: await headRemote(context, item.path, signal) };
}

/**
 * Whether there is a file of this path (again), under whatever Unicode form the disk has for its name. On a disk that ignores
 * case, the file of another spelling is another one.
 */
export async function isThere(context: FolderContext, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  const { environment, folder, filter } = context;
  if (path === path.normalize('NFD')) {
    const local = await environment.fs.stat(folder.localRoot, path);
    if (local === undefined || local.kind === 'directory') return false;
    if (!context.ignoresCase) return true;
  }
  // The file itself, or something on the way to it that can not be looked into.
  for await (const item of scanPath(environment.fs, folder.localRoot, path, { filter, signal })) {
    if (item.path === path || path.startsWith(item.path)) return true;
  }
  return false;
}

/** Where to delete; an {@link UploadContext} has all of it. */
export interface DeleteTarget extends Pick<UploadContext, 'requests' | 'store' | 'bucket'> {
  readonly capabilities: Pick<ServerCapabilities, 'conditionalDelete'>;
}

/** A bucket that a person deletes in by hand. Where nothing is known of the server, each deletion is preceded by a look. */
export async function deleteTargetOf(
  { connections, state }: Pick<EngineParts, 'connections' | 'state'>,
  accountId: string,
  bucket: string,
): Promise<DeleteTarget> {
  const { store, requests } = await connections.byId(accountId);
  const conditionalDelete = state.accounts.capabilities(accountId, bucket)?.conditionalDelete ?? false;
  return { store, requests, bucket, capabilities: { conditionalDelete } };
}

/**
 * Deletes an object if it has this ETag. Where the server knows no condition on deletions, it is looked at right before
 * each attempt: a retry may come long after the first look.
 *
 * @returns false when it has another one, is wanted, or is not kept.
 */
export async function deleteIfStill(
  target: DeleteTarget,
  key: string,
  etag: string,
  signal: AbortSignal,
  conditions: Conditions = {},
): Promise<boolean> {
  return (await deleteAfterLook(target, key, etag, 'always', signal, conditions)) === 'done';
}

/** What is asked before each attempt to delete: a retry may come hours after the first. */
interface Conditions {
  /** Whether the object is to stay after all. */
  readonly isWanted?: () => Promise<boolean>;
  /** Whether its content is somewhere else too. Speaks to the server. */
  readonly isKept?: () => Promise<boolean>;
}

type Deletion = 'done' | 'is another one' | 'has no version' | 'is wanted again';

/**
 * The same, where asked for only if the object stays as an old version. That the bucket keeps versions is not enough: MinIO
 * and RustFS can leave prefixes out of it, of which a bucket does not tell us. An object there has no version.
 */
async function deleteAfterLook(
  { requests, store, bucket, capabilities }: DeleteTarget,
  key: string,
  etag: string,
  when: 'always' | 'if it stays as a version',
  signal: AbortSignal,
  { isWanted, isKept }: Conditions,
): Promise<Deletion> {
  let wasAsked = false;
  try {
    return await requests.attempt(async (send) => {
      if (await isWanted?.()) return 'is wanted again';
      return send(async () => {
        if (isKept !== undefined) {
          if (!(await isKept())) return 'is another one';
          // A copy may have taken its time.
          if (await isWanted?.()) return 'is wanted again';
        }
        if (when !== 'always' || !capabilities.conditionalDelete) {
          const head = await store.head(bucket, key, signal);
          if (head !== undefined && head.etag !== etag) return 'is another one';
          // It went by itself, or the answer to an earlier attempt was lost. What comes in its place now is somebody else's.
          if (head === undefined && (wasAsked || when === 'always')) return 'done';
          if (when !== 'always' && (head?.versionId ?? 'null') === 'null') return 'has no version';
        }
        wasAsked = true;
        await store.delete(bucket, key, capabilities.conditionalDelete ? etag : undefined, signal);
        return 'done';
      });
    }, signal);
  } catch (error) {
    if (hasCode(error, 'precondition-failed')) return 'is another one';
    throw error;
  }
}

/**
 * Keeps a copy of the object in the trash.
 *
 * @returns what tells whether it is there. It makes the copy, also once more where somebody restored or removed it meanwhile;
 * false when the object is not the expected one any more.
 */
function keptInTrash(
  context: FolderContext,
  item: PlanItem,
  etag: string,
  signal: AbortSignal,
): () => Promise<boolean> {
  const { store, bucket } = context.upload;
  const key = keyIn(context, item.path);
  // A deletion that is refused is tried for days: under one name, or each attempt would leave a copy.
  const firstMs = context.state.problems.get(context.folder.id, item.path, 'transfer')?.firstMs ?? context.startedMs;
  const trashKey = bucketTrashKey(bucketTrashStamp(firstMs, etag), key);
  if (checkKeyLength(trashKey) !== undefined) {
    throw new SyncError({
      code: 'too-large',
      message: `${item.path} was not deleted in the bucket: its name is too long for a copy in the bucket's trash.`,
      advice: 'Delete the object yourself, or turn on versioning for the bucket.',
    });
  }
  const copy = { bucket, sourceKey: key, key: trashKey, sourceEtag: etag, sizeBytes: item.sizeBytes };
  let copyEtag: string | undefined;
  return async () => {
    if (copyEtag !== undefined && (await store.head(bucket, trashKey, signal))?.etag === copyEtag) return true;
    try {
      copyEtag = (await store.copy(copy, signal)).etag;
      return true;
    } catch (error) {
      if (hasCode(error, 'precondition-failed', 'no-such-key')) return false;
      throw error;
    }
  };
}
