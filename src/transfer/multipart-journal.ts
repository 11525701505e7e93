import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import type { OpenFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { compositeEtag, hexOfBytes } from '../core/etag.ts';
import type { JournalledPart, JournalledUpload } from '../core/journal.ts';
import type { ListedPart, ObjectMetadata, UploadKey } from '../core/object-store.ts';
import { partCount, partRange } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import { readUnchanged } from './read.ts';
import { headObject, type UploadContext, type UploadJob, type UploadResult, type WriteContext } from './upload.ts';

/** The server refuses clocks that are 15 minutes apart: what it says to have begun earlier than that before ours is another's. */
const CLOCKS_APART_MS = 15 * 60_000;

/** A multipart upload that can take parts. */
export interface OpenUpload {
  readonly kind: 'open';
  readonly key: UploadKey;
  readonly journalId: number;
  readonly partSizeBytes: number;
  readonly startedMs: number;
  /** What the server has, by part number. */
  readonly acknowledged: Map<number, JournalledPart>;
}

/** An earlier attempt had succeeded; only its answer was lost. */
export interface CompletedUpload {
  readonly kind: 'completed';
  readonly result: UploadResult;
}

/**
 * Takes up what an earlier attempt left: the upload itself where the file is still the same, else nothing, with what was
 * left on the server aborted.
 */
export async function takeUpJournal(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  signal: AbortSignal,
): Promise<OpenUpload | CompletedUpload | undefined> {
  const { journal, accountId, bucket } = context;
  const journalled = journal.find({ accountId, bucket, key: job.key });
  if (journalled === undefined) return undefined;
  if (journalled.uploadId === undefined || !isSameContent(journalled.fingerprint, job.local)) {
    await abandonUpload(context, job.key, signal);
    return undefined;
  }

  const key: UploadKey = { bucket, key: job.key, uploadId: journalled.uploadId };
  const written = new Map(journal.parts(journalled.id).map((part) => [part.partNumber, part]));
  const listed = await partsThere(context, key, [...written.values()], signal);
  if (listed === undefined) {
    const completed = await findCompleted(context, job, journalled, written, signal);
    if (completed === undefined) await abandonUpload(context, job.key, signal);
    else journal.delete(journalled.id);
    return completed;
  }

  const upload: OpenUpload = {
    kind: 'open',
    key,
    journalId: journalled.id,
    partSizeBytes: journalled.partSizeBytes,
    startedMs: journalled.startedMs,
    acknowledged: new Map(),
  };
  const trustJournal = sameFingerprint(journalled.fingerprint, job.local);
  for (const part of listed) {
    const kept = await keepPart(
      context,
      job,
      file,
      upload,
      part,
      trustJournal ? written.get(part.partNumber) : undefined,
      signal,
    );
    if (kept !== undefined) upload.acknowledged.set(kept.partNumber, kept);
  }
  return upload;
}

/** What the server has of an upload, or undefined where it has none, so that starting again loses nothing. */
async function partsThere(
  { requests, store }: WriteContext,
  upload: UploadKey,
  written: readonly JournalledPart[],
  signal: AbortSignal,
): Promise<readonly ListedPart[] | undefined> {
  try {
    return await requests.run(() => store.listParts(upload, signal), signal);
  } catch (error) {
    // A key that may send and not look: what was acknowledged is taken to be there, and the completion finds out.
    if (hasCode(error, 'access-denied', 'not-supported')) return written;
    if (hasCode(error, 'no-such-upload') || (isWithoutParts(error) && written.length === 0)) return undefined;
    throw error;
  }
}

/** Ends what the journal has of a key: on the server, then in the journal. */
export async function abandonUpload(context: UploadContext, key: string, signal: AbortSignal): Promise<void> {
  const { journal, accountId, bucket } = context;
  const journalled = journal.find({ accountId, bucket, key });
  if (journalled === undefined) return;
  const { uploadId, startedMs } = journalled;
  if (uploadId === undefined) await endStrays(context, key, startedMs, new Set(), signal);
  else await endUpload(context, { bucket, key, uploadId }, signal);
  journal.delete(journalled.id);
}

/** Ends an upload on the server. That it is gone already is no error. */
export async function endUpload(context: WriteContext, upload: UploadKey, signal: AbortSignal): Promise<void> {
  await tolerateRefusal(context, upload.key, () => abortUpload(context, upload, signal));
}

/**
 * Begins an upload, as the only one of its key that is ours.
 *
 * @param startedMs when its caller noted that it would be begun.
 */
export async function beginUpload(
  context: WriteContext,
  {
    key,
    metadata,
    contentType,
  }: { readonly key: string; readonly metadata: ObjectMetadata; readonly contentType: string },
  startedMs: number,
  signal: AbortSignal,
): Promise<UploadKey> {
  const { store, requests, bucket } = context;
  let attempts = 0;
  const uploadId = await requests.run(() => {
    attempts += 1;
    return store.createUpload({ bucket, key, metadata, contentType }, signal);
  }, signal);
  // An earlier attempt may have been carried out and its answer lost.
  if (attempts > 1) await endStrays(context, key, startedMs, new Set([uploadId]), signal);
  return { bucket, key, uploadId };
}

/**
 * Ends uploads that we asked for and whose id we never learned. A server may carry out late what nobody waits for any more:
 * they are noted, to be looked for again by the whole comparisons of the next quarter of an hour.
 */
async function endStrays(
  context: WriteContext,
  key: string,
  startedMs: number,
  kept: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  context.notes.begin(context.bucket, key, startedMs).close();
  await abortStrays(context, key, startedMs, kept, signal);
}

/**
 * Runs work that only cleans up. A key that may not end uploads must not keep files from being sent: the server's own sweep
 * (24 hours on RustFS) does it then.
 */
async function tolerateRefusal(context: WriteContext, key: string, cleanUp: () => Promise<void>): Promise<void> {
  try {
    await cleanUp();
  } catch (error) {
    if (!hasCode(error, 'access-denied', 'not-supported')) throw error;
    context.environment.log.warn('An unfinished upload may not be ended', { key, error: error.message });
  }
}

/** Aborts an upload on the server. That it is gone already is no error. */
export async function abortUpload(context: WriteContext, upload: UploadKey, signal: AbortSignal): Promise<void> {
  await context.requests.run(() => context.store.abortUpload(upload, signal), signal);
}

/**
 * Aborts uploads of a key that were begun since then, but for those that are kept, and to which nothing was sent. Where another
 * computer began one a moment ago, it begins once more.
 */
export async function abortStrays(
  context: WriteContext,
  key: string,
  startedMs: number,
  kept: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { requests, store, bucket } = context;
  await tolerateRefusal(context, key, async () => {
    const uploads = await requests.run(() => store.listUploads(bucket, key, signal), signal);
    for (const { key: uploadKey, uploadId, initiatedMs } of uploads) {
      if (uploadKey !== key || kept.has(uploadId) || initiatedMs < startedMs - CLOCKS_APART_MS) continue;
      const upload = { bucket, key, uploadId };
      if (await hasNoParts(context, upload, signal)) await abortUpload(context, upload, signal);
    }
  });
}

async function hasNoParts(context: WriteContext, upload: UploadKey, signal: AbortSignal): Promise<boolean> {
  try {
    return (await context.requests.run(() => context.store.listParts(upload, signal), signal)).length === 0;
  } catch (error) {
    if (hasCode(error, 'no-such-upload')) return false;
    if (isWithoutParts(error)) return true;
    throw error;
  }
}

/** Older RustFS answers 500 for an upload that has no parts yet. */
function isWithoutParts(error: unknown): boolean {
  return hasCode(error, 'server-error');
}

/** All but ctime, which also moves when only permissions do; where it moved, the parts are read again before they are trusted. */
export function isSameContent(a: Fingerprint, b: Fingerprint): boolean {
  return sameFingerprint({ ...a, ctimeNs: 0n }, { ...b, ctimeNs: 0n });
}

/** A listed part as acknowledged, or undefined when it is not what the file holds and has to be sent again. */
async function keepPart(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  upload: OpenUpload,
  listed: ListedPart,
  journalled: JournalledPart | undefined,
  signal: AbortSignal,
): Promise<JournalledPart | undefined> {
  const { partNumber, sizeBytes, etag } = listed;
  if (partNumber > partCount(job.local.sizeBytes, upload.partSizeBytes)) return undefined;
  const range = partRange(partNumber, job.local.sizeBytes, upload.partSizeBytes);
  if (sizeBytes !== range.sizeBytes) return undefined;
  if (journalled?.etag === etag) return journalled;

  const release = await context.budget.acquire(sizeBytes, PART_REQUEST_UNITS, signal);
  try {
    const body = new Uint8Array(sizeBytes);
    await readUnchanged(file, job.diskPath, job.local, body, range.offset);
    const md5 = hexOfBytes(context.environment.hash.md5(body));
    if (md5 !== etag) return undefined;
    const part = { partNumber, sizeBytes, md5, etag };
    context.journal.putPart(upload.journalId, part);
    return part;
  } finally {
    release();
  }
}

/** Whether the object under the key is what this upload would have made: then its completion had succeeded. */
async function findCompleted(
  context: UploadContext,
  job: UploadJob,
  journalled: JournalledUpload,
  written: ReadonlyMap<number, JournalledPart>,
  signal: AbortSignal,
): Promise<CompletedUpload | undefined> {
  const { partSizeBytes } = journalled;
  if (written.size !== partCount(job.local.sizeBytes, partSizeBytes)) return undefined;
  if (!sameFingerprint(journalled.fingerprint, job.local)) return undefined;
  const md5s = [...written.values()].sort((a, b) => a.partNumber - b.partNumber).map((part) => part.md5);
  const etag = compositeEtag(md5s, (bytes) => context.environment.hash.md5(bytes));
  const remote = await headObject(context, job.key, signal);
  if (remote?.etag !== etag || remote.sizeBytes !== job.local.sizeBytes) return undefined;
  return { kind: 'completed', result: { kind: 'uploaded', etag, partSizeBytes } };
}
