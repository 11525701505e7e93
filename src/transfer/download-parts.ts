import type { FileStat, WritableFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { isContentMd5 } from '../core/etag.ts';
import type { DownloadPlan, FetchedPart } from '../core/journal.ts';
import type { HeadResult } from '../core/object-store.ts';
import { partCount, partRange, partSizeFor, type PartRange } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import { runConcurrently } from './concurrency.ts';
import type { DownloadContext, DownloadJob, DownloadResult } from './download.ts';
import { bodyMemoryBytes, fetchInto, isAsPlanned, objectMoved } from './download-body.ts';
import { checkTarget, installFile } from './download-install.ts';
import { modifiedNsOf, shallExecute } from './download-metadata.ts';
import { abandonDownload, sourceOf, statClosed, temporaryPathOf } from './download-temporary.ts';
import { hashSlices, learnPartSize, verifyContent, type Verdict } from './download-verify.ts';
import { headObject } from './upload.ts';

/** Parts of one object on their way at once; the budget may allow fewer. */
const PARTS_AT_ONCE = 8;

/** Parts of this size, in bytes, at most: what an interruption in the middle of one costs. */
const MAX_PART_BYTES = 64 * 1024 * 1024;

/**
 * Downloads an object in parts, going on where an earlier attempt stopped: every part that was written and still is on the
 * disk is kept. However it is interrupted, the temporary file and its journal stay, also when the disk is full; only
 * content that turns out to be wrong is thrown away.
 *
 * @throws as `downloadFile`; precondition-failed, no-such-key when the object is not as planned.
 */
export async function downloadInParts(
  context: DownloadContext,
  job: DownloadJob,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const head = await headObject(context, job.key, signal);
  if (!isAsPlanned(head, job)) throw objectMoved(job);
  // Looked at before gigabytes are fetched; the moves at the end are still what proves it.
  await checkTarget(context, job, job.diskPath ?? job.path, job.expectLocal);
  const objectPartSizeBytes = await learnPartSize(context, job, signal);
  const download = await open(context, job, objectPartSizeBytes);
  try {
    const { stat: written, verdict } = await gather(context, job, head, download, objectPartSizeBytes, signal);
    const stat = await statClosed(context, job, download.temporaryPath, written);
    const result = await installFile(context, job, download.temporaryPath, stat, verdict);
    context.journal.delete(download.journalId);
    return result;
  } catch (error) {
    if (hasCode(error, 'bad-digest')) await abandonDownload(context, job);
    throw error;
  }
}

interface OpenDownload {
  readonly journalId: number;
  readonly file: WritableFile;
  readonly temporaryPath: string;
  readonly partSizeBytes: number;
  readonly startedMs: number;
}

/** Takes up what the journal has of this version of the object, where its temporary file is there too, or starts anew. */
async function open(
  context: DownloadContext,
  job: DownloadJob,
  objectPartSizeBytes: number | undefined,
): Promise<OpenDownload> {
  const { etag, sizeBytes } = job.remote;
  const temporaryPath = temporaryPathOf(context, job);
  const journalled = context.journal.find(sourceOf(context, job));
  const isSame = journalled?.etag === etag && journalled.sizeBytes === sizeBytes;
  if (journalled !== undefined && !isSame) await abandonDownload(context, job);
  const file = await context.environment.fs.openForWriting(job.root, temporaryPath);
  try {
    const taken = isSame && file.sizeBytes > 0 ? journalled : undefined;
    const { id, partSizeBytes, startedMs } = taken ?? beginAnew(context, job, temporaryPath, objectPartSizeBytes);
    return { journalId: id, file, temporaryPath, partSizeBytes, startedMs };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function beginAnew(
  context: DownloadContext,
  job: DownloadJob,
  temporaryPath: string,
  objectPartSizeBytes: number | undefined,
): { readonly id: number; readonly partSizeBytes: number; readonly startedMs: number } {
  const { journal, environment } = context;
  const source = sourceOf(context, job);
  const stale = journal.find(source);
  if (stale !== undefined) journal.delete(stale.id);
  const partSizeBytes = choosePartSize(job, objectPartSizeBytes);
  const plan: DownloadPlan = { ...job.remote, path: job.path, partSizeBytes, temporaryPath };
  const startedMs = environment.clock.now();
  return { id: journal.begin(source, plan, startedMs), partSizeBytes, startedMs };
}

/** The object's own parts where that is possible: their MD5s, taken on their way, then make its ETag. */
function choosePartSize({ remote }: DownloadJob, objectPartSizeBytes: number | undefined): number {
  const usual = partSizeFor(remote.sizeBytes);
  if (objectPartSizeBytes === undefined || objectPartSizeBytes > MAX_PART_BYTES) return usual;
  // An object of many tiny parts is not worth as many requests.
  return objectPartSizeBytes * 2 > usual ? objectPartSizeBytes : usual;
}

/** Fetches what is missing, verifies the whole and flushes it. The file is closed after. */
async function gather(
  context: DownloadContext,
  job: DownloadJob,
  head: HeadResult,
  download: OpenDownload,
  objectPartSizeBytes: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly stat: FileStat; readonly verdict: Verdict }> {
  const { file, partSizeBytes } = download;
  const { sizeBytes, etag } = job.remote;
  try {
    // Where the content is hashed as a whole at the end, its parts need not be.
    const hashesParts = head.encrypted || !isContentMd5(etag);
    const fetched = await keptParts(context, job, download, hashesParts, signal);
    const missing: PartRange[] = [];
    for (let n = 1; n <= partCount(sizeBytes, partSizeBytes); n++) {
      const range = partRange(n, sizeBytes, partSizeBytes);
      if (fetched.has(n)) job.onProgress(range.sizeBytes, 'earlier attempt');
      else missing.push(range);
    }
    const total = missing.length + fetched.size;
    const tell = () => job.onParts?.({ done: fetched.size, total, sinceMs: download.startedMs });
    tell();
    await runConcurrently(missing, PARTS_AT_ONCE, async (range) => {
      const part = await fetchPart(context, job, download, range, hashesParts, signal);
      context.journal.putPart(download.journalId, part);
      fetched.set(part.partNumber, part);
      tell();
    });
    const content = { file, wholeMd5: undefined, parts: { partSizeBytes, fetched }, objectPartSizeBytes };
    const verdict = await verifyContent(context, job, head, content, signal);
    const mtimeNs = modifiedNsOf(head);
    const executable = await shallExecute(context, job, head.metadata);
    const stat = await file.finish({ sizeBytes, mtimeNs, executable });
    return { stat, verdict };
  } finally {
    await file.close();
  }
}

/**
 * What an earlier attempt wrote. A killed process loses nothing of it, a power cut may: parts are read again before they
 * are trusted, unless the whole content will be.
 */
async function keptParts(
  context: DownloadContext,
  job: DownloadJob,
  { journalId, file, partSizeBytes }: OpenDownload,
  hashesParts: boolean,
  signal: AbortSignal,
): Promise<Map<number, FetchedPart>> {
  const kept = new Map<number, FetchedPart>();
  for (const part of context.journal.parts(journalId)) {
    const { offset, sizeBytes } = partRange(part.partNumber, job.remote.sizeBytes, partSizeBytes);
    if (offset + sizeBytes > file.sizeBytes) continue;
    if (hashesParts) {
      const [md5] = await hashSlices(context, file, offset, [sizeBytes], signal);
      if (md5 !== part.md5) continue;
    }
    kept.set(part.partNumber, part);
  }
  return kept;
}

async function fetchPart(
  context: DownloadContext,
  job: DownloadJob,
  { file }: OpenDownload,
  range: PartRange,
  wantsMd5: boolean,
  signal: AbortSignal,
): Promise<FetchedPart> {
  return context.requests.attempt(async (send) => {
    const release = await context.budget.acquire(bodyMemoryBytes(range.sizeBytes), PART_REQUEST_UNITS, signal);
    try {
      const { md5 } = await fetchInto(context, job, { range, file, wantsMd5 }, send, signal);
      return { partNumber: range.partNumber, md5 };
    } finally {
      release();
    }
  }, signal);
}
