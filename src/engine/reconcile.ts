import { hexOfBytes, partCountOf } from '../core/etag.ts';
import type { HeadResult } from '../core/object-store.ts';
import type { PlanItem } from '../core/plan.ts';
import { compareWithEtag, declaredMd5, hashFile } from '../transfer/index.ts';
import { baseEntry, localOf, sidesOf, type Step } from './outcome.ts';
import { keyIn, type FolderContext } from './folder-context.ts';

/**
 * Both sides have content that base does not know. Equal content is adopted without a byte moved. Different content is a
 * conflict: a two-way folder keeps both, any other leaves both sides as they are and tells.
 */
export async function reconcile(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { requests, store, bucket } = context.upload;
  const local = localOf(item);
  const head = await requests.run(() => store.head(bucket, keyIn(context, item.path), signal), signal);
  if (head === undefined) return { kind: 'overtaken', remote: undefined };
  const { sizeBytes, etag } = head;

  const sides = sidesOf(item, head);
  const known = context.state.problems.get(context.folder.id, item.path, 'transfer');
  if (known?.code === 'conflict' && known.detail === sides) return { kind: 'conflict', problem: 'conflict', sides };

  const isSameSize = sizeBytes === local.sizeBytes;
  const equality = isSameSize ? await hasContentOf(context, item, head, 'declared', signal) : { equal: false };
  if (equality.equal) {
    return { kind: 'adopted', base: baseEntry(item.path, local, etag, equality.partSizeBytes), wasKnown: false };
  }
  if (context.rules.mode !== 'two-way') return { kind: 'conflict', problem: 'conflict', sides };
  return { kind: 'both-changed', remote: { path: item.path, sizeBytes, etag } };
}

interface Equality {
  readonly equal: boolean;
  readonly partSizeBytes?: number;
}

/**
 * Whether the planned file holds the content of an object of its size: by the ETag where it can tell, else by the MD5 that
 * the uploader left, else by reading both sides. Never by guessing.
 *
 * @param proof `content` where the MD5 that the uploader left will not do: who gave the object another content may have kept it.
 */
export async function hasContentOf(
  context: FolderContext,
  item: PlanItem,
  head: HeadResult,
  proof: 'declared' | 'content',
  signal: AbortSignal,
): Promise<Equality> {
  const local = localOf(item);
  const diskPath = local.diskPath ?? item.path;
  const { localRoot } = context.folder;
  if (!head.encrypted) {
    const byEtag = await compareWithEtag(context.upload, localRoot, diskPath, local, head.etag, signal);
    if (byEtag.verdict === 'equal') {
      return byEtag.partSizeBytes === undefined
        ? { equal: true }
        : { equal: true, partSizeBytes: byEtag.partSizeBytes };
    }
    if (byEtag.verdict === 'different') return { equal: false };
  }
  const localMd5 = await hashFile(context.upload, localRoot, diskPath, local, signal);
  const declared =
    proof === 'declared' && partCountOf(head.etag) !== undefined ? declaredMd5(head.metadata) : undefined;
  return { equal: localMd5 === (declared ?? (await hashObject(context, item, head, signal))) };
}

async function hashObject(
  context: FolderContext,
  item: PlanItem,
  head: HeadResult,
  signal: AbortSignal,
): Promise<string> {
  const { requests, store, bucket } = context.upload;
  return requests.run(async () => {
    const hash = context.environment.hash.startMd5();
    const { body } = await store.get({ bucket, key: keyIn(context, item.path), etag: head.etag }, signal);
    for await (const chunk of body) hash.update(chunk);
    return hexOfBytes(hash.digest());
  }, signal);
}
