import { hexOfBytes } from '../core/etag.ts';
import { SMALL_REQUEST_UNITS } from './budget.ts';
import { contentTypeOf } from './content-type.ts';
import { openAsPlanned, readUnchanged } from './read.ts';
import {
  checkBeforeBlindWrite,
  isRefusal,
  objectMetadata,
  settleRefusal,
  verifyAnsweredEtag,
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
  const release = await context.budget.acquire(job.local.sizeBytes, SMALL_REQUEST_UNITS, signal);
  try {
    const content = await readWhole(context, job);
    return await send(context, job, content, signal);
  } finally {
    release();
  }
}

interface Content {
  readonly body: Uint8Array;
  readonly md5: Uint8Array;
  readonly executable: boolean;
}

async function readWhole(context: UploadContext, job: UploadJob): Promise<Content> {
  const { fs, hash } = context.environment;
  const file = await openAsPlanned(fs, job.root, job.diskPath, job.local);
  try {
    const body = new Uint8Array(job.local.sizeBytes);
    await readUnchanged(file, job.diskPath, job.local, body, 0);
    return { body, md5: hash.md5(body), executable: file.opened.executable };
  } finally {
    await file.close();
  }
}

async function send(
  context: UploadContext,
  job: UploadJob,
  content: Content,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { store, bucket, requests, limiter } = context;
  const etag = hexOfBytes(content.md5);
  if (job.base !== undefined && !job.base.retained && job.base.etag === etag) return { kind: 'unchanged' };

  const overtaken = await checkBeforeBlindWrite(context, job, context.capabilities.conditionalPut, signal);
  if (overtaken !== undefined) return { kind: 'overtaken', ...overtaken };
  try {
    const answer = await requests.run(async () => {
      await limiter.take(content.body.length, signal);
      return store.put(
        {
          bucket,
          key: job.key,
          body: content.body,
          bodyMd5: content.md5,
          metadata: objectMetadata(job.local, content.executable),
          contentType: contentTypeOf(job.key),
          ...(context.capabilities.conditionalPut && { expect: job.expect }),
        },
        signal,
      );
    }, signal);
    job.onProgress(content.body.length);
    await verifyAnsweredEtag(context, job, answer.etag, etag, signal);
    return { kind: 'uploaded', etag: answer.etag, partSizeBytes: undefined };
  } catch (error) {
    if (isRefusal(error, job.expect)) return settleRefusal(context, job, { etag, partSizeBytes: undefined }, signal);
    throw error;
  }
}
