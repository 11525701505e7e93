import { basename, dirname } from 'node:path';
import type { RemoteExpectation } from '../core/decide.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { checkPath } from '../core/paths.ts';
import { problemText } from '../core/problems.ts';
import { saveFile } from '../local/save-file.ts';
import type { Retry } from '../remote/index.ts';
import {
  compareWithEtag,
  contentTypeOf,
  openObject,
  uploadFile,
  uploadStream,
  type RateLimiter,
} from '../transfer/index.ts';
import type { Connection, Connections } from './connections.ts';
import { requireNoClash } from './name-clash.ts';
import { writeContext, type WritingParts } from './write-context.ts';

/** Part size of a stream, whose length nobody knows: 10,000 parts hold 312 GiB. */
const STREAM_PART_BYTES = 32 * 1024 * 1024;

export interface ObjectRef {
  readonly account: string;
  readonly bucket: string;
  readonly key: string;
}

/** Where a person puts something. */
export interface PutTarget extends ObjectRef {
  /** Whether what is under the key now is replaced. */
  readonly overwrite: boolean;
}

/** An object as it is, or as it was. */
export interface ObjectSource extends ObjectRef {
  readonly versionId?: string | undefined;
}

export type PutSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> };

export type GetDestination =
  | { readonly kind: 'file'; readonly path: string; readonly overwrite: boolean }
  | { readonly kind: 'stream'; begin?(sizeBytes: number): void; write(chunk: Uint8Array): Promise<void> };

/** Called as bytes move. `totalBytes` is undefined for a stream of unknown length. */
export type OnProgress = (doneBytes: number, totalBytes: number | undefined) => void;

export interface TransferredObject {
  readonly etag: string;
  readonly sizeBytes: number;
}

/** What object transfers share with the rest of the engine. */
export interface TransferParts extends WritingParts {
  readonly connections: Connections;
  readonly downloadLimiter: RateLimiter;
}

/** Single objects to and from this computer, as a person asks for them. Bytes do not cross the contract. */
export class ObjectTransfers {
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /**
   * Puts a file or a stream under a key. A large file goes in parts and goes on where an earlier command stopped; a stream
   * can not be read twice, and begins anew.
   *
   * @throws SyncError name-taken when something is under the key that is not to be replaced; type-clash when something new
   * would clash with a folder; precondition-failed when somebody else replaced it meanwhile.
   */
  async put(
    source: PutSource,
    target: PutTarget,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    checkKey(target.key);
    const connection = await this.#parts.connections.byName(target.account);
    return source.kind === 'file'
      ? this.#putFile(connection, source.path, target, onProgress, signal)
      : this.#putStream(connection, source.stream, target, onProgress, signal);
  }

  async #putFile(
    connection: Connection,
    path: string,
    target: PutTarget,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    const { fs } = this.#parts.environment;
    const resolved = await fs.resolveRoot(path);
    const root = dirname(resolved);
    const diskPath = basename(resolved);
    const local = await fs.stat(root, diskPath);
    if (local?.kind !== 'file')
      throw invalid(`${path} is not a file.`, 'Give a file; a whole folder is synced with “folder add”.');
    const context = writeContext(this.#parts, connection, target.bucket);
    let doneBytes = 0;
    const job = {
      root,
      diskPath,
      key: target.key,
      local,
      expect: await whatIsThere(connection, target, signal),
      base: undefined,
      onProgress: (bytes: number) => onProgress((doneBytes += bytes), local.sizeBytes),
    };
    const result = await uploadFile(context, job, signal);
    if (result.kind === 'uploaded') return { etag: result.etag, sizeBytes: local.sizeBytes };
    const etag = result.kind === 'overtaken' ? result.remote?.etag : undefined;
    // Another command may have put the same file there.
    const isThere =
      etag !== undefined && (await compareWithEtag(context, root, diskPath, local, etag, signal)).verdict === 'equal';
    if (!isThere) throw overtaken(target);
    return { etag, sizeBytes: local.sizeBytes };
  }

  async #putStream(
    connection: Connection,
    stream: AsyncIterable<Uint8Array>,
    target: PutTarget,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    let sizeBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of stream) {
        yield chunk;
        onProgress((sizeBytes += chunk.length), undefined);
      }
    }
    const { key } = target;
    const expect = await whatIsThere(connection, target, signal);
    const job = { key, metadata: {}, contentType: contentTypeOf(key), expect, partSizeBytes: STREAM_PART_BYTES };
    const notes = this.#parts.state.passingUploads.notesOf(connection.account.id, 'hand');
    const context = { ...writeContext(this.#parts, connection, target.bucket), notes };
    try {
      return { etag: await uploadStream(context, job, counted(), signal), sizeBytes };
    } catch (error) {
      throw hasCode(error, 'precondition-failed') ? overtaken(target) : error;
    }
  }

  /**
   * Gets an object, into a file that appears only when it is whole and proved, or into a stream. What breaks off on the way
   * goes on from there. See {@link openObject}.
   *
   * @throws SyncError no-such-key, precondition-failed, bad-digest; invalid-argument when the file exists and is not to be
   * overwritten.
   */
  async get(
    source: ObjectSource,
    destination: GetDestination,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    const { store, requests } = await this.#parts.connections.byName(source.account);
    const { environment, downloadLimiter } = this.#parts;
    const context = { environment, store, requests, limiter: downloadLimiter, bucket: source.bucket };
    const { etag, sizeBytes, content, close } = await openObject(context, source, signal);
    let doneBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of content) {
        yield chunk;
        onProgress((doneBytes += chunk.length), sizeBytes);
      }
    }
    try {
      if (destination.kind === 'file') {
        await saveFile(destination.path, counted(), destination.overwrite);
      } else {
        destination.begin?.(sizeBytes);
        for await (const chunk of counted()) await destination.write(chunk);
      }
    } finally {
      // Where nothing could be written, nobody has begun to read it.
      await close();
    }
    return { etag, sizeBytes };
  }
}

/**
 * A write by hand replaces what is there when it begins, if anything, and nothing else.
 *
 * @throws SyncError name-taken, type-clash
 */
async function whatIsThere(
  { store, requests }: Connection,
  target: PutTarget,
  signal: AbortSignal,
): Promise<RemoteExpectation> {
  const { bucket, key, overwrite } = target;
  const retry: Retry = (operation) => requests.run(operation, signal);
  const head = await retry(() => store.head(bucket, key, signal));
  if (head === undefined) {
    await requireNoClash({ store, bucket, retry }, key, signal);
    return { kind: 'absent' };
  }
  if (!overwrite) throw nameTaken(target);
  return { kind: 'etag', etag: head.etag };
}

function overtaken(target: PutTarget): SyncError {
  const { bucket, key, overwrite } = target;
  if (!overwrite) return nameTaken(target);
  return new SyncError({
    code: 'precondition-failed',
    message: `Somebody else wrote ${key} in ${bucket} at the same time. It was not overwritten.`,
    advice: 'Look at what is there now, then try again.',
    retryable: true,
  });
}

function nameTaken({ bucket, key }: ObjectRef): SyncError {
  return new SyncError({
    code: 'name-taken',
    message: `There is an object ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} already.`,
    advice: 'Replace it, or choose another name.',
  });
}

function checkKey(key: string): void {
  const problem = checkPath(key);
  if (problem === undefined) return;
  const { message } = problemText(problem);
  throw invalid(`${JSON.stringify(key)} can not be a key. ${message}`, 'Choose another key.');
}

function invalid(message: string, advice: string): SyncError {
  return new SyncError({ code: 'invalid-argument', message, advice });
}
