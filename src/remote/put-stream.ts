import { createHash } from 'node:crypto';
import { SyncError } from '../core/errors.ts';
import { compositeEtag, isContentMd5 } from '../core/etag.ts';
import type { CompletedPart, PutRequest, UploadKey, WriteResult } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { abortUpload, completeUpload, createUpload } from './multipart.ts';
import { putObject, uploadPart } from './put.ts';

type StreamRequest = Omit<PutRequest, 'body' | 'bodyMd5'>;

/** After so many parts their size doubles, so that 10,000 of them hold the largest object. */
const PARTS_PER_SIZE = 1000;

/**
 * Uploads a stream of unknown length: one PutObject when it is short, an upload in parts otherwise. One part is sent while
 * the next one is gathered. Every part carries its MD5, and the finished object's ETag is checked against them, which is why
 * this is not left to the SDK's `Upload`.
 *
 * @throws SyncError precondition-failed, bad-digest, and whatever the stream throws. Nothing is left behind then.
 */
export async function putStream(
  connection: Connection,
  request: StreamRequest,
  body: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const blocks = gather(body, connection.options.streamPartBytes);
  try {
    const first = await blocks.next();
    const firstBytes = first.done === true ? new Uint8Array(0) : first.value;
    const second = first.done === true ? first : await blocks.next();
    if (second.done === true) {
      return await putObject(connection, { ...request, body: firstBytes, bodyMd5: md5(firstBytes) }, signal);
    }
    return await putParts(connection, request, prepend([firstBytes, second.value], blocks), signal);
  } finally {
    await blocks.return(undefined);
  }
}

async function putParts(
  connection: Connection,
  request: StreamRequest,
  blocks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<WriteResult> {
  const { bucket, key } = request;
  const upload: UploadKey = { bucket, key, uploadId: await createUpload(connection, request, signal) };
  let sending: Promise<unknown> = Promise.resolve();
  try {
    const parts: CompletedPart[] = [];
    const digests: string[] = [];
    for await (const block of blocks) {
      const bodyMd5 = md5(block);
      digests.push(bodyMd5.toString('hex'));
      await sending;
      const part = { ...upload, partNumber: digests.length, body: block, bodyMd5 };
      const progress = request.onSent === undefined ? {} : { onSent: request.onSent };
      sending = uploadPart(connection, { ...part, ...progress }, signal).then(({ etag }) =>
        parts.push({ partNumber: part.partNumber, etag }),
      );
      // While the next block is gathered nobody waits for it; the failure is thrown by the next `await`.
      sending.catch(() => {});
    }
    await sending;
    const result = await completeUpload(connection, upload, parts, request.expect, signal);
    checkResult(result, parts, digests, request);
    return result;
  } catch (error) {
    await sending.catch(() => {});
    // Without the signal: what was called off is cleaned up too. The first error is the one to tell.
    await abortUpload(connection, upload).catch(() => {});
    throw error;
  }
}

/** Only where ETags are MD5s at all: an encrypted object's are not. */
function checkResult(
  result: WriteResult,
  parts: readonly CompletedPart[],
  digests: readonly string[],
  { bucket, key }: StreamRequest,
): void {
  if (!parts.every((part, index) => isContentMd5(part.etag) && part.etag === digests[index])) return;
  if (result.etag === compositeEtag(digests, md5)) return;
  throw new SyncError({
    code: 'bad-digest',
    message: `The object "${key}" in the bucket "${bucket}" is not what was sent.`,
    advice: 'Send it again. If it goes on, look into the log of the server.',
    detail: `ETag ${result.etag}, expected ${compositeEtag(digests, md5)}`,
  });
}

/** The stream in blocks of the size of their part; only the last one may be shorter. */
async function* gather(
  body: AsyncIterable<Uint8Array>,
  firstBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let blocks = 0;
  let block = new Uint8Array(firstBytes);
  let filled = 0;
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.byteLength;) {
      const taken = chunk.subarray(offset, offset + block.byteLength - filled);
      block.set(taken, filled);
      filled += taken.byteLength;
      offset += taken.byteLength;
      if (filled < block.byteLength) continue;
      yield block;
      blocks += 1;
      block = new Uint8Array(firstBytes * 2 ** Math.floor(blocks / PARTS_PER_SIZE));
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

async function* prepend<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  yield* first;
  yield* rest;
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
