import { hexOfBytes } from '../core/etag.ts';
import { SMALL_REQUEST_UNITS } from './budget.ts';
import { contentTypeOf } from './content-type.ts';
import { openAsPlanned, readUnchanged } from './read.ts';
import type { Send } from './requests.ts';
import { SentBytes } from './sent-bytes.ts';
import {
  isBaseUnderKey,
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

/**
 * Uploads a file as one object with one request. The whole content is in memory, was unchanged from before it was read
 * until after, and is sent with its MD5.
 *
 * @throws SyncError file-changed when the file moved under us; whatever the server said otherwise.
 */
export async function uploadSmall(context: UploadContext, job: UploadJob, signal: AbortSignal): Promise<UploadResult> {
  const sent = await context.requests.attempt((send) => sendOnce(context, job, send, signal), signal);
  if (sent === 'unchanged') return { kind: 'unchanged' };
  const { computed, answered } = sent;
  if (answered === undefined) return settleRefusal(context, job, { etag: computed, partSizeBytes: undefined }, signal);
  const { key, local } = job;
  await verifyAnsweredEtag(context, { key, sizeBytes: local.sizeBytes }, answered, computed, signal);
  return { kind: 'uploaded', etag: answered, partSizeBytes: undefined };
}

/** ETags of what was sent and of what the server has; no second one where it refused the precondition. */
interface Sent {
  readonly computed: string;
  readonly answered: string | undefined;
}

async function sendOnce(
  context: UploadContext,
  job: UploadJob,
  send: Send,
  signal: AbortSignal,
): Promise<Sent | 'unchanged'> {
  const release = await context.budget.acquire(job.local.sizeBytes, SMALL_REQUEST_UNITS, signal);
  try {
    const content = await readWhole(context, job);
    const computed = hexOfBytes(content.md5);
    if (isBaseUnderKey(job) && job.base.etag === computed) return 'unchanged';
    await job.onSending?.(computed, undefined);
    const answered = await putUnlessRefused(context, job, content, send, signal);
    return { computed, answered };
  } finally {
    release();
  }
}

interface Content {
  readonly body: Uint8Array;
  readonly md5: Uint8Array;
  readonly executable: boolean | undefined;
}

async function readWhole(context: UploadContext, job: UploadJob): Promise<Content> {
  const { fs, hash } = context.environment;
  const file = await openAsPlanned(fs, job.root, job.diskPath, job.local);
  try {
    const body = new Uint8Array(job.local.sizeBytes);
    await readUnchanged(file, job.diskPath, job.local, body, 0);
    return { body, md5: hash.md5(body), executable: await mayBeExecuted(context, file.opened) };
  } finally {
    await file.close();
  }
}

async function putUnlessRefused(
  context: UploadContext,
  job: UploadJob,
  content: Content,
  send: Send,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { store, bucket, limiter, capabilities } = context;
  const sent = new SentBytes(job.onProgress);
  const request = {
    bucket,
    key: job.key,
    body: content.body,
    bodyMd5: content.md5,
    metadata: objectMetadata(job.local, content.executable),
    contentType: contentTypeOf(job.key),
    // A small file is seen as done or not done, but for where a limit makes it take its time.
    ...(limiter.limited && { pace: limiter.pace(sent.add, signal) }),
  };
  try {
    const { etag } = await send(() =>
      writeAsPlanned(context, job, capabilities.conditionalPut, signal, (expect) =>
        store.put({ ...request, ...(expect !== undefined && { expect }) }, signal),
      ),
    );
    sent.complete(content.body.length);
    return etag;
  } catch (error) {
    sent.takeBack();
    if (isRefusal(error, job.expect)) return undefined;
    throw error;
  }
}
