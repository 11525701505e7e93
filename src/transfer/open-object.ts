import type { Hashing, IncrementalHash } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { compositeEtag, hexOfBytes, isContentMd5, partCountOf } from '../core/etag.ts';
import type { GetRequest, GetResult, HeadResult, ObjectContent } from '../core/object-store.ts';
import { partCount } from '../core/parts.ts';
import { REQUEST_RETRIES } from '../core/retry.ts';
import { declaredMd5 } from './download-metadata.ts';
import { askPartSize } from './download-verify.ts';
import { damaged, getSame, type ReadContext } from './read-object.ts';
import { pauseAfter } from './requests.ts';

/** An object on its way from the server. */
export interface OpenedObject {
  readonly etag: string;
  readonly sizeBytes: number;
  /** To be read once. @throws as {@link openObject} says */
  readonly content: AsyncIterable<Uint8Array>;
  /** To be called at last, also where nothing was read. */
  readonly close: () => Promise<void>;
}

/**
 * Begins to read an object, or one version of it, from its first byte to its last. Where the answer breaks off, the rest is
 * asked for, of the same object still; a server that is away is waited for. What came is proved by the MD5 that is its ETag or
 * that its metadata declares, or by the ETag of its parts where the server tells their size; else by its length.
 *
 * @throws SyncError no-such-key; precondition-failed when the object is replaced meanwhile; bad-digest at the end, when what came
 * is not what the server holds; what broke off at last, when that happens again and again without a byte in between.
 */
export async function openObject(
  context: ReadContext,
  { key, versionId }: { readonly key: string; readonly versionId?: string | undefined },
  signal: AbortSignal,
): Promise<OpenedObject> {
  const request = { bucket: context.bucket, key, ...(versionId !== undefined && { versionId }) };
  const first = await context.store.get(request, signal);
  const reading = new Reading(context, request, first, signal);
  return {
    etag: first.etag,
    sizeBytes: first.sizeBytes,
    content: reading.content(),
    close: () => reading.close(),
  };
}

class Reading {
  readonly #context: ReadContext;
  readonly #request: GetRequest;
  readonly #head: HeadResult;
  readonly #signal: AbortSignal;
  #body: ObjectContent;
  #doneBytes = 0;

  constructor(context: ReadContext, request: GetRequest, { body, ...head }: GetResult, signal: AbortSignal) {
    this.#context = context;
    this.#request = request;
    this.#head = head;
    this.#signal = signal;
    this.#body = body;
  }

  async *content(): AsyncGenerator<Uint8Array, void, undefined> {
    const proof = await this.#proof();
    const hashes = proof && new PieceHashes(this.#context.environment.hash, proof.pieceBytes);
    for await (const chunk of this.#whole()) {
      hashes?.take(chunk);
      yield chunk;
    }
    if (hashes !== undefined && !(await proof?.fits(hashes.end()))) throw damaged(this.#request, 'another content');
  }

  async close(): Promise<void> {
    await this.#body[Symbol.asyncIterator]().return?.();
  }

  /** All of it, however often an answer breaks off. */
  async *#whole(): AsyncGenerator<Uint8Array, void, undefined> {
    const { limiter } = this.#context;
    for (let failures = 0; ;) {
      let broken: SyncError | undefined;
      try {
        for await (const chunk of this.#body) {
          if (limiter.limited) await limiter.take(chunk.length, this.#signal);
          failures = 0;
          this.#doneBytes += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof SyncError) || !error.retryable || this.#signal.aborted) throw error;
        broken = error;
      }
      if (this.#doneBytes === this.#head.sizeBytes) return;
      if (this.#doneBytes > this.#head.sizeBytes) throw damaged(this.#request, 'more bytes than it has');
      failures += 1;
      if (failures === REQUEST_RETRIES.attempts) throw broken ?? damaged(this.#request, 'fewer bytes than it has');
      await pauseAfter(failures, this.#context.environment, this.#signal);
      this.#body = await this.#rest();
    }
  }

  #rest(): Promise<ObjectContent> {
    const { store, requests } = this.#context;
    const { etag, sizeBytes } = this.#head;
    const offset = this.#doneBytes;
    const request = { ...this.#request, etag, range: { offset, sizeBytes: sizeBytes - offset } };
    return requests.run(async () => (await getSame(store, request, this.#signal)).body, this.#signal);
  }

  async #proof(): Promise<Proof | undefined> {
    const { etag, sizeBytes, encrypted, metadata } = this.#head;
    const isMd5 = isContentMd5(etag) && !encrypted;
    const partBytes = isMd5 || encrypted ? undefined : await this.#partBytes(1);
    if (partBytes !== undefined && partCount(sizeBytes, partBytes) === partCountOf(etag))
      return { pieceBytes: partBytes, fits: (md5s) => this.#fitsParts(md5s, partBytes) };
    const md5 = isMd5 ? etag : declaredMd5(metadata);
    return md5 === undefined ? undefined : { pieceBytes: Infinity, fits: async ([whole]) => whole === md5 };
  }

  /** Some programs make parts of several sizes: before a content is called damaged, the server is asked for each. */
  async #fitsParts(md5s: readonly string[], partBytes: number): Promise<boolean> {
    const { hash } = this.#context.environment;
    if (compositeEtag(md5s, (bytes) => hash.md5(bytes)) === this.#head.etag) return true;
    for (let part = 2; part < md5s.length; part++) if ((await this.#partBytes(part)) !== partBytes) return true;
    return false;
  }

  /**
   * Size of a part of the upload that made it. Undefined where nobody tells: of an old version the server is not asked, and an
   * ETag that ends in `-1` may be none of a content.
   */
  async #partBytes(partNumber: number): Promise<number | undefined> {
    const { key, versionId } = this.#request;
    const { etag } = this.#head;
    if ((partCountOf(etag) ?? 0) < 2 || versionId !== undefined) return undefined;
    return askPartSize(this.#context, { key, etag }, partNumber, this.#signal);
  }
}

/** What a content can be told by. */
interface Proof {
  /** It is hashed in pieces of this size, but for the last. */
  readonly pieceBytes: number;
  /** Whether these, in hex, may be the MD5s of its pieces. */
  readonly fits: (md5s: readonly string[]) => Promise<boolean>;
}

/** Hashes a content piece by piece as it comes by, in whatever chunks. */
class PieceHashes {
  readonly #hashing: Hashing;
  readonly #pieceBytes: number;
  readonly #md5s: string[] = [];
  #piece: IncrementalHash;
  #filledBytes = 0;

  constructor(hashing: Hashing, pieceBytes: number) {
    this.#hashing = hashing;
    this.#pieceBytes = pieceBytes;
    this.#piece = hashing.startMd5();
  }

  take(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#filledBytes === this.#pieceBytes) this.#next();
      const taken = rest.subarray(0, Math.min(rest.length, this.#pieceBytes - this.#filledBytes));
      this.#piece.update(taken);
      this.#filledBytes += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /** MD5s in hex: of nothing that of an empty piece. */
  end(): readonly string[] {
    this.#next();
    return this.#md5s;
  }

  #next(): void {
    this.#md5s.push(hexOfBytes(this.#piece.digest()));
    this.#piece = this.#hashing.startMd5();
    this.#filledBytes = 0;
  }
}
