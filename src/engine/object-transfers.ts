import { basename, dirname } from 'node:path';
import type { Environment } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { hexOfBytes, isContentMd5 } from '../core/etag.ts';
import { checkPath } from '../core/paths.ts';
import { problemText } from '../core/problems.ts';
import { saveFile } from '../local/save-file.ts';
import type { StateStore } from '../state/index.ts';
import {
  contentTypeOf,
  uploadFile,
  type RateLimiter,
  type TransferBudget,
  type UploadContext,
} from '../transfer/index.ts';
import type { Connection, Connections } from './connections.ts';

export interface ObjectRef {
  readonly account: string;
  readonly bucket: string;
  readonly key: string;
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
export interface TransferParts {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly connections: Connections;
  readonly budget: TransferBudget;
  readonly uploadLimiter: RateLimiter;
  readonly downloadLimiter: RateLimiter;
}

/** Single objects to and from this computer, as a person asks for them. Bytes do not cross the contract. */
export class ObjectTransfers {
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /**
   * Puts a file or a stream under a key, over what is there now. A large file goes in parts and goes on where an earlier
   * attempt stopped; a stream of unknown length can not.
   *
   * @throws SyncError precondition-failed when somebody else wrote the key meanwhile.
   */
  async put(
    source: PutSource,
    target: ObjectRef,
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
    target: ObjectRef,
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
    const context = this.#uploadContext(connection, target.bucket);
    const before = await connection.store.head(target.bucket, target.key, signal);
    let doneBytes = 0;
    const job = {
      root,
      diskPath,
      key: target.key,
      local,
      expect: before === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'etag', etag: before.etag } as const),
      base: undefined,
      onProgress: (bytes: number) => onProgress((doneBytes += bytes), local.sizeBytes),
    };
    const result = await uploadFile(context, job, signal);
    if (result.kind === 'uploaded') return { etag: result.etag, sizeBytes: local.sizeBytes };
    throw new SyncError({
      code: 'precondition-failed',
      message: `Somebody else wrote ${target.key} in ${target.bucket} at the same time. It was not overwritten.`,
      advice: 'Look at what is there now, then try again.',
      retryable: true,
    });
  }

  async #putStream(
    { store }: Connection,
    stream: AsyncIterable<Uint8Array>,
    { bucket, key }: ObjectRef,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    let sizeBytes = 0;
    const limiter = this.#parts.uploadLimiter;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of stream) {
        await limiter.take(chunk.length, signal);
        yield chunk;
        onProgress((sizeBytes += chunk.length), undefined);
      }
    }
    const { etag } = await store.putStream(
      { bucket, key, metadata: {}, contentType: contentTypeOf(key) },
      counted(),
      signal,
    );
    return { etag, sizeBytes };
  }

  /**
   * Gets an object, into a file that appears only when it is whole, or into a stream. Length and, where the ETag tells it,
   * content are verified.
   *
   * @throws SyncError no-such-key, bad-digest, invalid-argument when the file exists and is not to be overwritten.
   */
  async get(
    source: ObjectSource,
    destination: GetDestination,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<TransferredObject> {
    const { store } = await this.#parts.connections.byName(source.account);
    const { bucket, key, versionId } = source;
    const request = { bucket, key, ...(versionId !== undefined && { versionId }) };
    const { body, etag, sizeBytes, encrypted } = await store.get(request, signal);
    const hash = this.#parts.environment.hash.startMd5();
    const limiter = this.#parts.downloadLimiter;
    let doneBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of body) {
        if (limiter.limited) await limiter.take(chunk.length, signal);
        hash.update(chunk);
        yield chunk;
        onProgress((doneBytes += chunk.length), sizeBytes);
      }
    }
    const verify = () => {
      const md5 = hexOfBytes(hash.digest());
      if (doneBytes === sizeBytes && (encrypted || !isContentMd5(etag) || md5 === etag)) return;
      throw new SyncError({
        code: 'bad-digest',
        message: `What came of ${key} from ${bucket} is not what the server holds.`,
        advice: 'Try again. If it goes on, check the disk of the server and the network in between.',
        retryable: true,
        detail: `${doneBytes} of ${sizeBytes} bytes, MD5 ${md5}, ETag ${etag}`,
      });
    };
    if (destination.kind === 'file') {
      await saveFile(destination.path, counted(), destination.overwrite, verify);
    } else {
      destination.begin?.(sizeBytes);
      for await (const chunk of counted()) await destination.write(chunk);
      verify();
    }
    return { etag, sizeBytes };
  }

  #uploadContext({ account, store, requests }: Connection, bucket: string): UploadContext {
    const { environment, state, budget, uploadLimiter } = this.#parts;
    // By hand, one look before the write is enough where nothing is known of the server.
    const capabilities = state.accounts.capabilities(account.id, bucket) ?? {
      conditionalPut: false,
      conditionalComplete: false,
      conditionalDelete: false,
      partCrc32: false,
    };
    return {
      environment,
      store,
      requests,
      budget,
      limiter: uploadLimiter,
      owner: undefined,
      journal: state.uploads,
      accountId: account.id,
      bucket,
      capabilities,
    };
  }
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
