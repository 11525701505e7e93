import type { OpenFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { compositeEtag, hexOfBytes } from '../core/etag.ts';
import type { JournalledPart } from '../core/journal.ts';
import type { UploadKey } from '../core/object-store.ts';
import { partCount, partRange, partSizeFor, type PartRange } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import { runConcurrently } from './concurrency.ts';
import { hasBaseContent } from './content-equality.ts';
import { contentTypeOf } from './content-type.ts';
import {
  abandonUpload,
  abortUpload,
  beginUpload,
  endUpload,
  isSameContent,
  takeUpJournal,
  type OpenUpload,
} from './multipart-journal.ts';
import { checkFor } from './part-check.ts';
import { checkUnchanged, openAsPlanned, readUnchanged } from './read.ts';
import { SentBytes } from './sent-bytes.ts';
import {
  headObject,
  isAsExpected,
  isRefusal,
  mayBeExecuted,
  objectMetadata,
  settleRefusal,
  verifyAnsweredEtag,
  writeAsPlanned,
  type UploadContext,
  type UploadJob,
  type UploadResult,
} from './upload.ts';

/** Parts of one file on their way at once; the budget may allow fewer. */
const PARTS_AT_ONCE = 8;

/**
 * Uploads a file in parts, going on where an earlier attempt stopped: every part that the server acknowledged and that
 * still is what the file holds is kept. Ends the upload on the server and in the journal, unless it is interrupted.
 *
 * @throws SyncError file-changed when the file moved under us (the upload is aborted then, unless nothing but the ctime
 * moved); whatever the server said otherwise (the journal stays, and the next call goes on from it).
 */
export async function uploadInParts(
  context: UploadContext,
  job: UploadJob,
  signal: AbortSignal,
): Promise<UploadResult> {
  let file: OpenFile | undefined;
  try {
    file = await openAsPlanned(context.environment.fs, job.root, job.diskPath, job.local);
    return await sendOnceMore(context, job, file, signal);
  } catch (error) {
    if (hasCode(error, 'file-changed') && !(await mayGoOn(context, job)) && !isTakenOver(context, job)) {
      await abandonUpload(context, job.key, signal);
    }
    throw error;
  } finally {
    await file?.close();
  }
}

/** Sends a file, and once more where the server lost its upload, or another command that sends to the same key has ended it. */
async function sendOnceMore(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  signal: AbortSignal,
): Promise<UploadResult> {
  try {
    return await sendFile(context, job, file, signal);
  } catch (error) {
    if (!isLost(error)) throw error;
  }
  if (isTakenOver(context, job)) return { kind: 'overtaken', remote: await headObject(context, job.key, signal) };
  try {
    return await sendFile(context, job, file, signal);
  } catch (error) {
    if (!isLost(error)) throw error;
    const remote = await headObject(context, job.key, signal);
    // A server that loses one upload after the other is left alone until the file's next turn.
    if (isAsExpected(remote, job.expect)) throw error;
    return { kind: 'overtaken', remote };
  }
}

/** Whether another command sends something else to the key by now: that upload is not ours to end. */
function isTakenOver({ journal, accountId, bucket }: UploadContext, { key, local }: UploadJob): boolean {
  const journalled = journal.find({ accountId, bucket, key });
  return journalled !== undefined && !isSameContent(journalled.fingerprint, local);
}

async function sendFile(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  signal: AbortSignal,
): Promise<UploadResult> {
  let taken = await takeUpJournal(context, job, file, signal);
  // What an earlier attempt began to send was found to be other content: it is not hashed again.
  if (taken === undefined) {
    if (await hasBaseContent(context, job, file, signal)) return { kind: 'unchanged' };
    const remote = await headObject(context, job.key, signal);
    // Looked at before gigabytes are sent; the conditional completion is still what proves it.
    if (!isAsExpected(remote, job.expect)) return { kind: 'overtaken', remote };
    // Another command may have begun one meanwhile, and sent much of it.
    taken = await takeUpJournal(context, job, file, signal);
  }
  if (taken?.kind === 'completed') return taken.result;
  return sendAndComplete(context, job, file, taken ?? (await start(context, job, file, signal)), signal);
}

/** Whether a file that is not as planned may still hold what was planned: somebody changed its permissions, say. */
async function mayGoOn(context: UploadContext, job: UploadJob): Promise<boolean> {
  const now = await context.environment.fs.stat(job.root, job.diskPath);
  return now !== undefined && isSameContent(now, job.local);
}

async function start(context: UploadContext, job: UploadJob, file: OpenFile, signal: AbortSignal): Promise<OpenUpload> {
  const { journal, bucket, accountId } = context;
  const partSizeBytes = partSizeFor(job.local.sizeBytes);
  const startedMs = context.environment.clock.now();
  const journalId = journal.begin(
    { accountId, bucket, key: job.key },
    context.owner,
    job.local,
    partSizeBytes,
    startedMs,
  );
  const metadata = objectMetadata(job.local, await mayBeExecuted(context, file.opened));
  const contentType = contentTypeOf(job.key);
  // While our id is not journalled, a crash aborts whatever was begun.
  const key = await beginUpload(context, { key: job.key, metadata, contentType }, startedMs, signal);
  journal.setUploadId(journalId, key.uploadId);
  return { kind: 'open', journalId, partSizeBytes, startedMs, key, acknowledged: new Map() };
}

async function sendAndComplete(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  upload: OpenUpload,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { journal } = context;
  const { sizeBytes } = job.local;
  const missing: PartRange[] = [];
  for (let n = 1; n <= partCount(sizeBytes, upload.partSizeBytes); n++) {
    const range = partRange(n, sizeBytes, upload.partSizeBytes);
    if (upload.acknowledged.has(n)) job.onProgress(range.sizeBytes, 'earlier attempt');
    else missing.push(range);
  }
  const total = missing.length + upload.acknowledged.size;
  const tell = () => job.onParts?.({ done: upload.acknowledged.size, total, sinceMs: upload.startedMs });
  tell();
  try {
    // Under a limit, parts side by side would only each take longer.
    await runConcurrently(missing, context.limiter.limited ? 1 : PARTS_AT_ONCE, async (range) => {
      const part = await sendPart(context, job, file, upload.key, range, signal);
      journal.putPart(upload.journalId, part);
      upload.acknowledged.set(part.partNumber, part);
      tell();
    });
    await checkUnchanged(file, job.diskPath, job.local);
    return await complete(context, job, upload, signal);
  } catch (error) {
    // What it held is of no more use, nor is the journal.
    if (isLost(error)) {
      for (const part of upload.acknowledged.values()) job.onProgress(-part.sizeBytes, 'earlier attempt');
      await giveUp(context, upload, signal);
    }
    throw error;
  }
}

/** Ends an upload, and not the one that another command may have begun under its key since. */
async function giveUp(context: UploadContext, { key }: OpenUpload, signal: AbortSignal): Promise<void> {
  const { journal, accountId } = context;
  await endUpload(context, key, signal);
  const journalled = journal.find({ accountId, ...key });
  if (journalled?.uploadId === key.uploadId) journal.delete(journalled.id);
}

/** The server swept the upload away (after 24 hours on RustFS) or lost a part of it. */
function isLost(error: unknown): boolean {
  return hasCode(error, 'no-such-upload', 'invalid-part');
}

async function sendPart(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  upload: UploadKey,
  range: PartRange,
  signal: AbortSignal,
): Promise<JournalledPart> {
  const { budget, requests, limiter, store } = context;
  const { partNumber, sizeBytes } = range;
  return requests.attempt(async (send) => {
    const sent = new SentBytes(job.onProgress);
    const release = await budget.acquire(sizeBytes, PART_REQUEST_UNITS, signal);
    try {
      const buffer = budget.buffers.take(sizeBytes);
      await readUnchanged(file, job.diskPath, job.local, buffer, range.offset);
      const { check, body } = await checkFor(context, buffer);
      const { etag } = await send(() => {
        return store.uploadPart({ ...upload, partNumber, body, check, pace: limiter.pace(sent.add, signal) }, signal);
      });
      // Only after an answer: of a request that failed, the system may still hold the bytes.
      budget.buffers.giveBack(body);
      return { partNumber, sizeBytes, md5: check.kind === 'md5' ? hexOfBytes(check.md5) : etag, etag };
    } catch (error) {
      sent.takeBack();
      throw error;
    } finally {
      release();
    }
  }, signal);
}

async function complete(
  context: UploadContext,
  job: UploadJob,
  upload: OpenUpload,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { requests, store, journal, capabilities } = context;
  const { partSizeBytes } = upload;
  const parts = [...upload.acknowledged.values()].sort((a, b) => a.partNumber - b.partNumber);
  const etag = compositeEtag(
    parts.map((part) => part.md5),
    (bytes) => context.environment.hash.md5(bytes),
  );
  await job.onSending?.(etag, partSizeBytes);
  try {
    const answer = await requests.run(
      () =>
        writeAsPlanned(context, job, capabilities.conditionalComplete, signal, (expect) =>
          store.completeUpload(upload.key, parts, expect, signal),
        ),
      signal,
    );
    journal.delete(upload.journalId);
    const { key, local } = job;
    await verifyAnsweredEtag(context, { key, sizeBytes: local.sizeBytes }, answer.etag, etag, signal);
    return { kind: 'uploaded', etag: answer.etag, partSizeBytes };
  } catch (error) {
    if (hasCode(error, 'no-such-upload')) return await settleVanishedUpload(context, job, upload, etag, signal, error);
    if (!isRefusal(error, job.expect)) throw error;
    const result = await settleRefusal(context, job, { etag, partSizeBytes }, signal);
    await abortUpload(context, upload.key, signal);
    journal.delete(upload.journalId);
    return result;
  }
}

/** The upload is gone: either its completion succeeded and the answer was lost, or the server swept it away. */
async function settleVanishedUpload(
  context: UploadContext,
  job: UploadJob,
  upload: OpenUpload,
  etag: string,
  signal: AbortSignal,
  error: unknown,
): Promise<UploadResult> {
  const remote = await headObject(context, job.key, signal);
  if (remote?.etag !== etag || remote.sizeBytes !== job.local.sizeBytes) throw error;
  context.journal.delete(upload.journalId);
  return { kind: 'uploaded', etag, partSizeBytes: upload.partSizeBytes };
}
