import type { RemoteExpectation } from '../core/decide.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { compositeEtag, hexOfBytes } from '../core/etag.ts';
import type { UploadNote } from '../core/journal.ts';
import type { ObjectMetadata, UploadKey } from '../core/object-store.ts';
import { runConcurrently } from './concurrency.ts';
import { beginUpload } from './multipart-journal.ts';
import { gathered, untilAborted, type GatheredPart } from './stream-parts.ts';
import { checkFor } from './part-check.ts';
import { headObject, verifyAnsweredEtag, writeAsPlanned, type WriteContext } from './upload.ts';

/** Parts on their way at once, while the next one is gathered: each is in memory until the server has it. */
const PARTS_AT_ONCE = 2;
const MAX_PARTS = 10_000;
/**
 * So often a request may not get through before that counts, for half an hour or more in all: a file can be sent once more when the
 * network is better, and what was read of a stream is lost with the request.
 */
const SPARED_BREAKS = 100;
/** So long a server has time to forget what was begun, once nobody wants it any more. */
const ABORT_PATIENCE_MS = 5_000;

/** What a stream becomes. */
export interface StreamJob {
  readonly key: string;
  readonly metadata: ObjectMetadata;
  readonly contentType: string;
  /** What must be under the key for the write to go through. */
  readonly expect: RemoteExpectation;
  /** A stream of more than 10,000 of these is too long. */
  readonly partSizeBytes: number;
}

interface NumberedPart {
  /** From 1. */
  readonly partNumber: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface SentPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly md5: string;
  readonly etag: string;
}

/**
 * Uploads a stream of unknown length: one PutObject when it is short, parts otherwise. A part that fails is sent again
 * from memory, also once a server that could not be reached is back; the stream itself can not be read twice.
 *
 * @returns the ETag of the object.
 * @throws SyncError precondition-failed, too-large, and whatever the stream throws. Nothing is left behind then.
 */
export async function uploadStream(
  context: WriteContext,
  job: StreamJob,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  // Whatever fails first, the stream or a part of it, ends the other: it would wait for nothing.
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const parts = gathered(untilAborted(body, job.key, until), job.partSizeBytes);
  try {
    const first = await parts.next();
    if (first.done === true) throw new Error('A stream has one part at least.');
    if (first.value.isLast) return await putWhole(context, job, first.value.bytes, signal);
    return await sendInParts(context, job, numbered(first.value, parts, job), failed, signal);
  } finally {
    await parts.return(undefined);
  }
}

async function putWhole(context: WriteContext, job: StreamJob, body: Uint8Array, signal: AbortSignal): Promise<string> {
  const { store, bucket, limiter, requests, environment, capabilities } = context;
  const { key, metadata, contentType } = job;
  const bodyMd5 = environment.hash.md5(body);
  const pace = limiter.pace(() => undefined, signal);
  return settled(context, job, { etag: hexOfBytes(bodyMd5), sizeBytes: body.length }, signal, () =>
    requests.run(
      () =>
        writeAsPlanned(context, job, capabilities.conditionalPut, signal, (expect) =>
          store.put({ bucket, key, body, bodyMd5, metadata, contentType, pace, ...(expect && { expect }) }, signal),
        ),
      signal,
      SPARED_BREAKS,
    ),
  );
}

async function sendInParts(
  context: WriteContext,
  job: StreamJob,
  parts: AsyncIterable<NumberedPart>,
  failed: AbortController,
  signal: AbortSignal,
): Promise<string> {
  const startedMs = context.environment.clock.now();
  const note = context.notes.begin(context.bucket, job.key, startedMs);
  try {
    const upload = await beginUpload(context, job, startedMs, signal);
    note.begun(upload.uploadId);
    return await fill(context, job, upload, parts, note, failed, signal);
  } finally {
    note.close();
  }
}

async function fill(
  context: WriteContext,
  job: StreamJob,
  upload: UploadKey,
  parts: AsyncIterable<NumberedPart>,
  note: UploadNote,
  failed: AbortController,
  signal: AbortSignal,
): Promise<string> {
  const until = AbortSignal.any([signal, failed.signal]);
  const fail = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const sent: SentPart[] = [];
  try {
    await runConcurrently(telling(parts, fail), PARTS_AT_ONCE, async (part) => {
      sent.push(await sendPart(context, upload, part, until).catch(fail));
    });
    sent.sort((a, b) => a.partNumber - b.partNumber);
    const etag = await complete(context, job, upload, sent, signal);
    note.over();
    return etag;
  } catch (error) {
    await giveUp(context, upload, note);
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

async function* numbered(
  first: GatheredPart,
  rest: AsyncIterable<GatheredPart>,
  { key, partSizeBytes }: StreamJob,
): AsyncGenerator<NumberedPart, void, undefined> {
  let partNumber = 1;
  yield { partNumber, bytes: first.bytes };
  for await (const { bytes } of rest) {
    partNumber += 1;
    if (partNumber > MAX_PARTS) throw tooLong(key, partSizeBytes * MAX_PARTS);
    yield { partNumber, bytes };
  }
}

async function* telling<T>(items: AsyncIterable<T>, onError: (error: unknown) => never) {
  try {
    yield* items;
  } catch (error) {
    onError(error);
  }
}

async function sendPart(
  context: WriteContext,
  upload: UploadKey,
  { partNumber, bytes }: NumberedPart,
  signal: AbortSignal,
): Promise<SentPart> {
  const { store, requests, limiter } = context;
  const { check, body } = await checkFor(context, bytes);
  const request = () => {
    const pace = limiter.pace(() => undefined, signal);
    return store.uploadPart({ ...upload, partNumber, body, check, pace }, signal);
  };
  const { etag } = await requests.run(request, signal, SPARED_BREAKS);
  const md5 = check.kind === 'md5' ? hexOfBytes(check.md5) : etag;
  return { partNumber, sizeBytes: body.length, md5, etag };
}

async function complete(
  context: WriteContext,
  job: StreamJob,
  upload: UploadKey,
  parts: readonly SentPart[],
  signal: AbortSignal,
): Promise<string> {
  const { store, requests, environment, capabilities } = context;
  const etag = compositeEtag(
    parts.map((part) => part.md5),
    (bytes) => environment.hash.md5(bytes),
  );
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return settled(context, job, { etag, sizeBytes }, signal, () =>
    requests.run(
      () =>
        writeAsPlanned(context, job, capabilities.conditionalComplete, signal, (expect) =>
          store.completeUpload(upload, parts, expect, signal),
        ),
      signal,
      SPARED_BREAKS,
    ),
  );
}

/**
 * Makes the write that ends it all. One that is refused, or whose upload is gone, may have succeeded before, and only its
 * answer was lost: then what is under the key is what we sent.
 */
async function settled(
  context: WriteContext,
  { key }: StreamJob,
  ours: { readonly etag: string; readonly sizeBytes: number },
  signal: AbortSignal,
  write: () => Promise<{ readonly etag: string }>,
): Promise<string> {
  let answered: string;
  try {
    ({ etag: answered } = await write());
  } catch (error) {
    if (!hasCode(error, 'precondition-failed', 'no-such-upload')) throw error;
    const remote = await headObject(context, key, signal);
    if (remote?.etag !== ours.etag || remote.sizeBytes !== ours.sizeBytes) throw error;
    return ours.etag;
  }
  await verifyAnsweredEtag(context, { key, sizeBytes: ours.sizeBytes }, answered, ours.etag, signal);
  return answered;
}

/** Throws away what was begun. What a server that is away keeps stays noted, and is ended another time. */
async function giveUp({ store, environment }: WriteContext, upload: UploadKey, note: UploadNote): Promise<void> {
  const patience = new AbortController();
  const timer = environment.clock.timer(ABORT_PATIENCE_MS, () => patience.abort());
  try {
    await store.abortUpload(upload, patience.signal);
    note.over();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    environment.log.warn('An unfinished upload is left on the server', { key: upload.key, reason });
  } finally {
    timer.cancel();
  }
}

function tooLong(key: string, maxBytes: number): SyncError {
  return new SyncError({
    code: 'too-large',
    message: `The stream for ${key} is longer than the ${Math.floor(maxBytes / 1024 ** 3)} GiB that can be sent without knowing its length.`,
    advice: 'Write it to a file first and put the file: its length is known, and it may have up to 5 TiB.',
  });
}
