import type { FileStat, Finish, WritableFile } from '../core/environment.ts';
import { IN_MEMORY_BYTES } from '../core/parts.ts';
import { SMALL_REQUEST_UNITS } from './budget.ts';
import type { DownloadContext, DownloadJob, DownloadResult } from './download.ts';
import { bodyMemoryBytes, fetchInto, type Fetched } from './download-body.ts';
import { installFile } from './download-install.ts';
import { modifiedNsOf, shallExecute } from './download-metadata.ts';
import { statClosed, temporaryPathOf } from './download-temporary.ts';
import { learnPartSize, verifyContent, type Verdict } from './download-verify.ts';
import { copyFrom } from './read.ts';

interface Gathered {
  readonly stat: FileStat;
  readonly verdict: Verdict;
}

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

/** Fetches the object into its temporary file, and flushes that once the content is verified. */
async function gather(
  context: DownloadContext,
  job: DownloadJob,
  temporaryPath: string,
  signal: AbortSignal,
): Promise<Gathered> {
  const { fs } = context.environment;
  if (job.remote.sizeBytes <= IN_MEMORY_BYTES) {
    const body = new BodyInMemory(job.remote.sizeBytes);
    const { verdict, ...how } = await receive(context, job, body, signal);
    return { stat: await fs.writeFile(job.root, temporaryPath, body.bytes, how), verdict };
  }
  const { stat, verdict } = await gatherInFile(context, job, temporaryPath, signal);
  return { stat: await statClosed(context, job, temporaryPath, stat), verdict };
}

async function gatherInFile(
  context: DownloadContext,
  job: DownloadJob,
  temporaryPath: string,
  signal: AbortSignal,
): Promise<Gathered> {
  const file = await context.environment.fs.openForWriting(job.root, temporaryPath);
  try {
    const { verdict, ...how } = await receive(context, job, file, signal);
    return { stat: await file.finish({ sizeBytes: job.remote.sizeBytes, ...how }), verdict };
  } finally {
    await file.close();
  }
}

/** Fetches the object, and verifies what arrived. */
async function receive(
  context: DownloadContext,
  job: DownloadJob,
  file: Pick<WritableFile, 'read' | 'write'>,
  signal: AbortSignal,
): Promise<Omit<Finish, 'sizeBytes'> & { readonly verdict: Verdict }> {
  const { sizeBytes } = job.remote;
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
  return { verdict, mtimeNs: modifiedNsOf(head), executable: await shallExecute(context, job, head.metadata) };
}

/** A body as it arrives, read and written as a file is. */
class BodyInMemory {
  readonly bytes: Uint8Array;

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.bytes.set(bytes, position);
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    return copyFrom(this.bytes, buffer, position);
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
