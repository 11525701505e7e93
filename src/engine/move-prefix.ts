import type { StreamItem, StreamRequest } from '../api/index.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { partCountOf } from '../core/etag.ts';
import type { ListedObject } from '../core/object-store.ts';
import { isInternalKey, prefixesOverlap } from '../core/paths.ts';
import { listObjects, type Retry } from '../remote/index.ts';
import { runConcurrently } from '../transfer/index.ts';
import { deleteIfStill, type DeleteTarget } from './delete-remote.ts';
import { requireNothingAbove } from './name-clash.ts';
import { checkNewKey } from './object-edits.ts';

type MoveItem = StreamItem<'object.movePrefix'>;

/** Objects on their way at once, and between two words about how far it is. */
const AT_ONCE = 8;
const TOLD_EVERY = 32;

/** The least that servers take as a part that is not the last one, in bytes. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

/**
 * Gives all below a prefix another prefix in its bucket, inside the server. First everything is copied, to keys of which
 * none is taken; only then is each object deleted, if it still is what was copied and its copy is there. What somebody
 * changed meanwhile stays where it was and is counted. Broken off, it leaves copies beside what is not moved yet, and running
 * it again goes on.
 *
 * @throws SyncError invalid-argument for a prefix that can be none, or one in the other; no-such-key when there is nothing;
 * name-taken, type-clash when there is something else at the new place: then nothing is deleted.
 */
export async function* movePrefix(
  target: DeleteTarget,
  { prefix, newPrefix }: Pick<StreamRequest<'object.movePrefix'>, 'prefix' | 'newPrefix'>,
  signal: AbortSignal,
): AsyncGenerator<MoveItem, void, undefined> {
  checkPrefixes(prefix, newPrefix);
  const { store, bucket, requests } = target;
  const retry: Retry = (operation) => requests.run(operation, signal);
  const keyBelow = (key: string) => newPrefix + key.slice(prefix.length);
  await requireFree(target, prefix, newPrefix, signal);
  // Copies that could not be made in the parts of their source have another ETag than it. Of that source alone: by the time of
  // the deletions the key may hold another content.
  const otherEtags = new Map<string, { readonly source: string; readonly copy: string }>();
  const sum = { objects: 0, bytes: 0, left: 0 };
  for await (const some of batches(listObjects(store, { bucket, prefix }, signal, retry))) {
    await runConcurrently(some, AT_ONCE, async (source) => {
      const etag = await copyOne(target, source, keyBelow(source.key), signal);
      if (etag !== source.etag) otherEtags.set(source.key, { source: source.etag, copy: etag });
      sum.objects += 1;
      sum.bytes += source.sizeBytes;
    });
    yield { phase: 'copying', ...sum };
  }
  if (sum.objects === 0) throw nothingThere(bucket, prefix);

  const moved = { objects: 0, bytes: 0, left: 0 };
  for await (const some of batches(listObjects(store, { bucket, prefix }, signal, retry))) {
    await runConcurrently(some, AT_ONCE, async (source) => {
      const other = otherEtags.get(source.key);
      const copyEtag = other?.source === source.etag ? other.copy : source.etag;
      const isKept = async () => {
        const copy = await store.head(bucket, keyBelow(source.key), signal);
        return copy?.sizeBytes === source.sizeBytes && copy.etag === copyEtag;
      };
      if (await deleteIfStill(target, source.key, source.etag, signal, { isKept })) {
        moved.objects += 1;
        moved.bytes += source.sizeBytes;
      } else moved.left += 1;
    });
    yield { phase: 'deleting', ...moved };
  }
  yield { phase: 'done', ...moved };
}

/** @returns the ETag of the copy. @throws SyncError name-taken when the key holds something else. */
async function copyOne(
  { store, bucket, requests }: DeleteTarget,
  { key: sourceKey, etag, sizeBytes }: ListedObject,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await requests.run(async () => {
      // Not every server honours a condition on the target of a copy: it is looked at right before.
      const present = await store.head(bucket, key, signal);
      // From a run that was broken off, or an answer that was lost.
      if (present?.etag === etag && present.sizeBytes === sizeBytes) return etag;
      if (present !== undefined) throw taken(bucket, key);
      const partSizeBytes = await partSizeOf(store, bucket, sourceKey, etag, signal);
      const copy = { bucket, sourceKey, key, sourceEtag: etag, sizeBytes, expect: { kind: 'absent' } as const };
      const made = await store.copy({ ...copy, ...(partSizeBytes !== undefined && { partSizeBytes }) }, signal);
      return made.etag;
    }, signal);
  } catch (error) {
    if (!hasCode(error, 'precondition-failed')) throw error;
    throw taken(bucket, key, error);
  }
}

/** The part size by which a copy gets the ETag of its source; undefined for one that is not of parts, or does not tell. */
async function partSizeOf(
  store: DeleteTarget['store'],
  bucket: string,
  key: string,
  etag: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  if ((partCountOf(etag) ?? 0) < 2) return undefined;
  const told = await store.partSize(bucket, key, etag, 1, signal);
  return told === undefined || told < SMALLEST_PART_BYTES ? undefined : told;
}

/**
 * Nothing is at the new place, but for copies that an earlier run made; where each object has its copy there, also those whose
 * objects that run deleted.
 */
async function requireFree(
  { store, bucket, requests }: DeleteTarget,
  prefix: string,
  newPrefix: string,
  signal: AbortSignal,
): Promise<void> {
  const retry: Retry = (operation) => requests.run(operation, signal);
  const file = newPrefix.slice(0, -1);
  if ((await retry(() => store.head(bucket, file, signal))) !== undefined) throw taken(bucket, file);
  await requireNothingAbove({ store, bucket, retry }, file, signal);
  /** Of what is still at the old place. */
  let copies = 0;
  let other: string | undefined;
  await runConcurrently(listObjects(store, { bucket, prefix: newPrefix }, signal, retry), AT_ONCE, async (there) => {
    const source = await retry(() => store.head(bucket, prefix + there.key.slice(newPrefix.length), signal));
    if (source === undefined) other ??= there.key;
    else if (source.etag === there.etag && source.sizeBytes === there.sizeBytes) copies += 1;
    else throw taken(bucket, there.key);
  });
  if (other === undefined) return;
  for await (const some of batches(listObjects(store, { bucket, prefix }, signal, retry))) copies -= some.length;
  if (copies < 0) throw taken(bucket, other);
}

function checkPrefixes(prefix: string, newPrefix: string): void {
  checkNewKey(newPrefix.replace(/\/$/, ''));
  const isWhole = prefix.endsWith('/') && newPrefix.endsWith('/');
  const isInternal = isInternalKey(prefix) || isInternalKey(newPrefix);
  if (isWhole && !isInternal && !prefixesOverlap(prefix, newPrefix)) return;
  throw new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(prefix)} can not be moved to ${JSON.stringify(newPrefix)}.`,
    advice: 'Both have to be folders, and neither may be in the other.',
  });
}

async function* batches(objects: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject[], void, undefined> {
  let some: ListedObject[] = [];
  for await (const object of objects) {
    some.push(object);
    if (some.length < TOLD_EVERY) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

function taken(bucket: string, key: string, cause?: unknown): SyncError {
  return new SyncError({
    code: 'name-taken',
    message: `There is something else at ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} already. Nothing was overwritten, and nothing deleted.`,
    advice: 'Choose another name, or move what is there away first.',
    cause,
  });
}

function nothingThere(bucket: string, prefix: string): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: `There is nothing below ${JSON.stringify(prefix)} in the bucket ${JSON.stringify(bucket)}.`,
    advice: 'It may have been moved or deleted meanwhile.',
  });
}
