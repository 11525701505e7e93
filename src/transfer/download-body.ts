import type { WritableFile } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { hexOfBytes } from '../core/etag.ts';
import type { GetResult, HeadResult } from '../core/object-store.ts';
import type { PartRange } from '../core/parts.ts';
import type { DownloadContext, DownloadJob } from './download.ts';
import type { Send } from './requests.ts';

/** What arrives is written to the disk in blocks of so many bytes: few calls, and little memory for each request. */
export const BLOCK_BYTES = 1024 * 1024;

/** What one request brought. */
export interface Fetched {
  readonly head: HeadResult;
  /** MD5 in hex of what was written. */
  readonly md5: string | undefined;
}

/**
 * Fetches the whole object, or one range of it, into a file at its position. All of it was written when this returns.
 *
 * @throws SyncError precondition-failed, no-such-key when the object is not as planned; bad-digest when the body is longer
 * or shorter than it has to be; whatever the disk said, which is never taken for the server's.
 */
export async function fetchInto(
  context: DownloadContext,
  job: DownloadJob,
  range: PartRange | undefined,
  file: WritableFile,
  wantsMd5: boolean,
  send: Send,
  signal: AbortSignal,
): Promise<Fetched> {
  const { store, bucket, limiter, environment } = context;
  const { etag, sizeBytes } = job.remote;
  const { offset, sizeBytes: wantedBytes } = range ?? { offset: 0, sizeBytes };
  const request = { bucket, key: job.key, etag, ...(range !== undefined && { range: { offset, sizeBytes: wantedBytes } }) };
  const hash = wantsMd5 ? environment.hash.startMd5() : undefined;
  const writer = new BlockWriter(file, offset, wantedBytes);
  let receivedBytes = 0;
  try {
    const head = await send(async () => {
      const { body, ...answered } = await store.get(request, signal);
      await closeUnlessSame(body, answered, job);
      for await (const chunk of body) {
        await limiter.take(chunk.length, signal);
        if (receivedBytes + chunk.length > wantedBytes) throw wrongLength(job, wantedBytes, 'more');
        hash?.update(chunk);
        if (!(await writer.write(chunk))) return answered;
        receivedBytes += chunk.length;
        job.onProgress(chunk.length);
      }
      if (receivedBytes < wantedBytes) throw wrongLength(job, wantedBytes, 'fewer');
      return answered;
    });
    await writer.end();
    return { head, md5: hash && hexOfBytes(hash.digest()) };
  } catch (error) {
    if (receivedBytes > 0) job.onProgress(-receivedBytes);
    throw error;
  }
}

/** Whether what a server says of an object is what the plan saw. */
export function isAsPlanned(head: HeadResult | undefined, job: DownloadJob): head is HeadResult {
  return head?.etag === job.remote.etag && head.sizeBytes === job.remote.sizeBytes;
}

/** The error of an object that was written or removed since the plan, as a server says it that honours conditions. */
export function objectMoved(job: DownloadJob): SyncError {
  return new SyncError({
    code: 'precondition-failed',
    message: `${job.key} is not what it was when the download was planned.`,
    advice: 'Nothing was changed; both sides are compared again.',
  });
}

async function closeUnlessSame(body: GetResult['body'], head: HeadResult, job: DownloadJob): Promise<void> {
  if (isAsPlanned(head, job)) return;
  await body[Symbol.asyncIterator]().return?.();
  throw objectMoved(job);
}

function wrongLength(job: DownloadJob, wantedBytes: number, what: 'more' | 'fewer'): SyncError {
  return new SyncError({
    code: 'bad-digest',
    message: `The server sent ${what} bytes of ${job.key} than it holds.`,
    advice: 'It is tried again. If it goes on, check the disk of the server and the network in between.',
    retryable: true,
    detail: `${what} than ${wantedBytes} bytes`,
  });
}

/**
 * Gathers pieces into blocks and writes them one after the other. An error of the disk is kept until {@link BlockWriter.end},
 * out of reach of whoever tries requests again.
 */
class BlockWriter {
  readonly #file: WritableFile;
  readonly #block: Uint8Array;
  #position: number;
  #filled = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: WritableFile, position: number, sizeBytes: number) {
    this.#file = file;
    this.#position = position;
    this.#block = new Uint8Array(Math.min(BLOCK_BYTES, sizeBytes));
  }

  /** @returns false once the disk has failed: nothing more needs to be fetched. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let from = 0; from < bytes.length && this.#failure === undefined;) {
      const piece = bytes.subarray(from, from + this.#block.length - this.#filled);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled === this.#block.length) await this.#flush();
    }
    return this.#failure === undefined;
  }

  /** Writes what is left. @throws what the disk said */
  async end(): Promise<void> {
    if (this.#failure === undefined && this.#filled > 0) await this.#flush();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #flush(): Promise<void> {
    try {
      await this.#file.write(this.#block.subarray(0, this.#filled), this.#position);
      this.#position += this.#filled;
      this.#filled = 0;
    } catch (error) {
      this.#failure = { error };
    }
  }
}
