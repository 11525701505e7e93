import type { LargeHash, WritableFile } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { hexOfBytes } from '../core/etag.ts';
import type { GetResult, HeadResult } from '../core/object-store.ts';
import type { PartRange } from '../core/parts.ts';
import type { DownloadContext, DownloadJob } from './download.ts';
import type { Send } from './requests.ts';

/** What arrives is written to the disk in blocks of so many bytes: few calls, and little memory for each request. */
export const BLOCK_BYTES = 1024 * 1024;

/** Memory for a body of this size: a block that fills while the one before it is written and hashed. */
export function bodyMemoryBytes(sizeBytes: number): number {
  return sizeBytes <= BLOCK_BYTES ? sizeBytes : 2 * BLOCK_BYTES;
}

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
  readonly file: Pick<WritableFile, 'write'>;
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
  // What fits into one block is hashed sooner than another thread could be asked.
  const isSmall = wantedBytes <= BLOCK_BYTES;
  const hash = wantsMd5 && isSmall ? environment.hash.startMd5() : undefined;
  const largeHash = wantsMd5 && !isSmall ? environment.hash.startMd5Large() : undefined;
  const writer = new BlockWriter(context.budget.blocks, file, { offset, sizeBytes: wantedBytes }, largeHash);
  let receivedBytes = 0;
  try {
    const head = await send(async (onAnswer) => {
      const { body, ...answered } = await store.get(request, signal);
      onAnswer();
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
        body.release?.(chunk);
      }
      if (receivedBytes < wantedBytes) throw wrongLength(job, wantedBytes, 'fewer');
      return answered;
    });
    await writer.end();
    const md5 = hash?.digest() ?? (await largeHash?.digest());
    return { head, md5: md5 && hexOfBytes(md5) };
  } catch (error) {
    await largeHash?.digest();
    if (receivedBytes > 0) job.onProgress(-receivedBytes);
    throw error;
  } finally {
    // The file may be closed once this is over.
    await writer.close();
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

type BlockPool = DownloadContext['budget']['blocks'];

interface Span {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Gathers pieces into blocks, and writes and hashes one while the next one fills. An error of the disk is kept until
 * {@link BlockWriter.end}, out of reach of whoever tries requests again.
 */
class BlockWriter {
  readonly #file: FetchTask['file'];
  readonly #hash: LargeHash | undefined;
  readonly #pool: BlockPool;
  readonly #taken: Uint8Array<SharedArrayBuffer>[] = [];
  readonly #blockBytes: number;
  #block: Uint8Array | undefined;
  /** What the next block is gathered in, once the one before is stored. */
  #spare: Uint8Array | undefined;
  #position: number;
  #filled = 0;
  /** Resolves when the block before this one was written and hashed. */
  #before: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(pool: BlockPool, file: FetchTask['file'], { offset, sizeBytes }: Span, hash: LargeHash | undefined) {
    this.#pool = pool;
    this.#file = file;
    this.#position = offset;
    this.#hash = hash;
    this.#blockBytes = Math.min(BLOCK_BYTES, sizeBytes);
  }

  get isFull(): boolean {
    return this.#filled === this.#blockBytes;
  }

  /** Takes up what has room. @returns the rest, which is for after the next flush. */
  add(bytes: Uint8Array): Uint8Array {
    const block = (this.#block ??= this.#take());
    const taken = Math.min(bytes.length, this.#blockBytes - this.#filled);
    block.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return bytes.subarray(taken);
  }

  /** Waits for the block before, and begins to store this one. @returns false once the disk has failed. */
  async flush(): Promise<boolean> {
    await this.#before;
    if (this.#failure !== undefined) return false;
    const full = this.#block;
    if (full === undefined || this.#filled === 0) return true;
    this.#before = this.#store(full.subarray(0, this.#filled), this.#position);
    this.#position += this.#filled;
    this.#filled = 0;
    this.#block = this.#spare;
    this.#spare = full;
    return true;
  }

  /** Writes what is left. @throws what the disk said */
  async end(): Promise<void> {
    await this.flush();
    await this.#before;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits until nothing is being written any more, and gives the memory back. */
  async close(): Promise<void> {
    await this.#before;
    for (const block of this.#taken.splice(0)) this.#pool.giveBack(block);
  }

  #take(): Uint8Array {
    // Small files need no pool: their blocks are collected like anything else.
    if (this.#blockBytes < BLOCK_BYTES) return new Uint8Array(this.#blockBytes);
    const block = this.#pool.take(BLOCK_BYTES);
    this.#taken.push(block);
    return block;
  }

  async #store(block: Uint8Array, position: number): Promise<void> {
    try {
      await Promise.all([this.#file.write(block, position), this.#hash?.update(block)]);
    } catch (error) {
      this.#failure = { error };
    }
  }
}
