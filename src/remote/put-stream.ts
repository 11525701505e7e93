import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { cancelled, SyncError } from '../core/errors.ts';
import { unquoteEtag } from '../core/etag.ts';
import type { StreamRequest, WriteResult } from '../core/object-store.ts';
import { asFailedExpectation, writeConditions } from './conditions.ts';
import type { Connection } from './connection.ts';
import { incompleteAnswer } from './wire-errors.ts';

/** Parts in memory at once: one on its way while the next is gathered. */
const PARTS_AT_ONCE = 2;
const MAX_PARTS = 10_000;

/**
 * Uploads a stream of unknown length with the SDK's own Upload: one PutObject when it is short, parts otherwise. Each
 * request carries a CRC32 that the server verifies. It can not be resumed, since a stream can not be read twice.
 *
 * @throws SyncError precondition-failed, too-large, and whatever the stream throws. Nothing is left behind then.
 */
export async function putStream(
  connection: Connection,
  request: StreamRequest,
  body: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { bucket, key, contentType, metadata, expect } = request;
  const doing = { action: 'PutObject', bucket, key } as const;
  const partSize = connection.options.streamPartBytes;
  // The Upload cleans up after itself when its stream fails, and not when it is aborted: so ours fails on abort.
  const source = new GuardedSource(body, partSize * MAX_PARTS, key, signal);
  try {
    const { ETag, VersionId } = await connection.run(doing, {}, (client) =>
      new Upload({
        client,
        queueSize: PARTS_AT_ONCE,
        partSize,
        params: {
          Bucket: bucket,
          Key: key,
          Body: Readable.from(source.chunks(), { objectMode: false }),
          ContentType: contentType,
          Metadata: metadata,
          ChecksumAlgorithm: 'CRC32',
          ...writeConditions(expect),
        },
      }).done(),
    );
    if (ETag === undefined) throw incompleteAnswer(connection, doing);
    return { etag: unquoteEtag(ETag), ...(VersionId === undefined ? {} : { versionId: VersionId }) };
  } catch (error) {
    throw source.failure ?? asFailedExpectation(error, expect);
  }
}

/** A stream that ends with an error when the signal fires, also while it waits, and when it grows too long. */
class GuardedSource {
  /** Why the stream ended too early: not the server's doing. */
  failure: unknown;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #maxBytes: number;
  readonly #key: string;
  readonly #signal: AbortSignal | undefined;

  constructor(body: AsyncIterable<Uint8Array>, maxBytes: number, key: string, signal: AbortSignal | undefined) {
    this.#body = body;
    this.#maxBytes = maxBytes;
    this.#key = key;
    this.#signal = signal;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = () => aborted.reject(cancelled(`The upload of ${this.#key}`));
    if (this.#signal?.aborted === true) onAbort();
    this.#signal?.addEventListener('abort', onAbort, { once: true });
    const source = this.#body[Symbol.asyncIterator]();
    try {
      for (let bytes = 0; ;) {
        const step = await Promise.race([source.next(), aborted.promise]);
        if (step.done === true) return;
        bytes += step.value.byteLength;
        if (bytes > this.#maxBytes) throw tooLong(this.#key, this.#maxBytes);
        yield step.value;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    } finally {
      this.#signal?.removeEventListener('abort', onAbort);
      // A source that waits for its next chunk would keep us waiting too; it is told, and left to itself.
      void source.return?.();
    }
  }
}

function tooLong(key: string, maxBytes: number): SyncError {
  return new SyncError({
    code: 'too-large',
    message: `The stream for ${key} is longer than the ${Math.floor(maxBytes / 1024 ** 3)} GiB that can be sent without knowing its length.`,
    advice: 'Write it to a file first and put the file: its length is known, and it may have up to 5 TiB.',
  });
}
