import type { FileStat } from '../core/environment.ts';
import { SMALL_REQUEST_UNITS } from './budget.ts';
import type { DownloadContext, DownloadJob, DownloadResult } from './download.ts';
import { bodyMemoryBytes, fetchInto, type Fetched } from './download-body.ts';
import { installFile } from './download-install.ts';
import { isExecutable, modifiedNsOf } from './download-metadata.ts';
import { temporaryPathOf } from './download-temporary.ts';
import { learnPartSize, verifyContent, type Verdict } from './download-verify.ts';

/**
 * Downloads an object with one request, hashing it on its way. Nothing is journalled: what an interruption leaves is
 * removed at once, or by `cleanTemporary` after a crash.
 *
 * @throws as `downloadFile`; precondition-failed, no-such-key when the object is not as planned.
 */
export async function downloadSmall(
  context: DownloadContext,
  job: DownloadJob,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const temporaryPath = temporaryPathOf(context, job);
  try {
    const { stat, verdict } = await gather(context, job, temporaryPath, signal);
    return await installFile(context, job, temporaryPath, stat, verdict);
  } catch (error) {
    await removeTemporary(context, job, temporaryPath);
    throw error;
  }
}

async function gather(
  context: DownloadContext,
  job: DownloadJob,
  temporaryPath: string,
  signal: AbortSignal,
): Promise<{ readonly stat: FileStat; readonly verdict: Verdict }> {
  const { sizeBytes } = job.remote;
  const file = await context.environment.fs.openForWriting(job.root, temporaryPath);
  try {
    const { head, md5 } = await context.requests.attempt(async (send): Promise<Fetched> => {
      const release = await context.budget.acquire(bodyMemoryBytes(sizeBytes), SMALL_REQUEST_UNITS, signal);
      try {
        return await fetchInto(context, job, { range: undefined, file, wantsMd5: true }, send, signal);
      } finally {
        release();
      }
    }, signal);
    const objectPartSizeBytes = await learnPartSize(context, job, signal);
    const content = { file, wholeMd5: md5, parts: undefined, objectPartSizeBytes };
    const verdict = await verifyContent(context, job, head, content, signal);
    const mtimeNs = modifiedNsOf(head);
    const stat = await file.finish({ sizeBytes, mtimeNs, executable: isExecutable(head.metadata) });
    return { stat, verdict };
  } finally {
    await file.close();
  }
}

async function removeTemporary({ environment }: DownloadContext, job: DownloadJob, path: string): Promise<void> {
  try {
    await environment.fs.removeFile(job.root, path);
  } catch (error) {
    // The failure that brought us here is the one to tell; the file is removed at the next start.
    environment.log.warn('a temporary file could not be removed', { root: job.root, path, error });
  }
}
