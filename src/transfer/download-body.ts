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

/** What one request is to bring, and where it goes. */
export interface FetchTask {
  /** Undefined for the whole object. */
  readonly range: PartRange | undefined;
  readonly file: WritableFile;
  readonly wantsMd5: boolean;
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
  { range, file, wantsMd5 }: FetchTask,
  send: Send,
  signal: AbortSignal,
): Promise<Fetched> {
  const { store, bucket, limiter, environment } = context;
  const { etag, sizeBytes } = job.remote;
  const { offset, sizeBytes: wantedBytes } = range ?? { offset: 0, sizeBytes };
  const request = {
    bucket,
    key: job.key,
    etag,
    ...(range !== undefined && { range: { offset, sizeBytes: wantedBytes } }),
  };
  const hash = wantsMd5 ? environment.hash.startMd5() : undefined;
  const writer = new BlockWriter(file, offset, wantedBytes);
  let receivedBytes = 0;
  try {
    const head = await send(async () => {
      const { body, ...answered } = await store.get(request, signal);
      await closeUnlessSame(body, answered, job);
      for await (const chunk of body) {
        // A step of waiting for each of the many pieces is felt, even where there is nothing to wait for.
        if (limiter.limited) await limiter.take(chunk.length, signal);
        if (receivedBytes + chunk.length > wantedBytes) throw wrongLength(job, wantedBytes, 'more');
        hash?.update(chunk);
        for (let rest = chunk; rest.length > 0;) {
          rest = writer.add(rest);
          if (writer.isFull && !(await writer.flush())) return answered;
        }
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

  get isFull(): boolean {
    return this.#filled === this.#block.length;
  }

  /** Takes up what has room. @returns the rest, which is for after the next flush. */
  add(bytes: Uint8Array): Uint8Array {
    const taken = Math.min(bytes.length, this.#block.length - this.#filled);
    this.#block.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return bytes.subarray(taken);
  }

  /** @returns false once the disk has failed: nothing more needs to be fetched. */
  async flush(): Promise<boolean> {
    if (this.#failure !== undefined) return false;
    try {
      if (this.#filled > 0) await this.#file.write(this.#block.subarray(0, this.#filled), this.#position);
      this.#position += this.#filled;
      this.#filled = 0;
      return true;
    } catch (error) {
      this.#failure = { error };
      return false;
    }
  }

  /** Writes what is left. @throws what the disk said */
  async end(): Promise<void> {
    await this.flush();
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
