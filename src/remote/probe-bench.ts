import { createHash } from 'node:crypto';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { RemoteExpectation } from '../core/decide.ts';
import { asSyncError } from '../core/errors.ts';
import type { SyncError } from '../core/errors.ts';
import type { BodyCheck, ObjectStore, UploadKey, WriteResult } from '../core/object-store.ts';
import { REMOTE_PROBE_PREFIX } from '../core/paths.ts';
import type { Connection } from './connection.ts';
import { decodeKey } from './list-page.ts';
import { discard } from './put.ts';
import { until } from './until.ts';

const TYPE = 'application/octet-stream';

/** A place in a bucket where a probe may write what it likes, and that is empty again afterwards. */
export class ProbeBench {
  readonly store: ObjectStore;
  readonly connection: Connection;
  readonly bucket: string;
  readonly signal: AbortSignal | undefined;
  readonly prefix: string;
  readonly #keys = new Set<string>();
  readonly #uploads: UploadKey[] = [];
  #versioned = false;

  constructor(store: ObjectStore, connection: Connection, bucket: string, signal: AbortSignal | undefined) {
    this.store = store;
    this.connection = connection;
    this.bucket = bucket;
    this.signal = signal;
    this.prefix = `${REMOTE_PROBE_PREFIX}${connection.options.random.id(12)}/`;
  }

  /** The key of a probe object; it is removed in the end, whoever wrote it. */
  key(name: string): string {
    const key = this.prefix + name;
    this.#keys.add(key);
    return key;
  }

  async put(name: string, text: string, expect?: RemoteExpectation): Promise<WriteResult> {
    const body = Buffer.from(text);
    return this.putWithMd5(name, body, md5(body), expect);
  }

  async putWithMd5(
    name: string,
    body: Uint8Array,
    bodyMd5: Uint8Array,
    expect?: RemoteExpectation,
  ): Promise<WriteResult> {
    const base = { bucket: this.bucket, key: this.key(name), body, bodyMd5, metadata: {}, contentType: TYPE };
    const result = await this.store.put(expect === undefined ? base : { ...base, expect }, this.signal);
    this.#note(result);
    return result;
  }

  async startUpload(name: string): Promise<UploadKey> {
    const { bucket } = this;
    const key = this.key(name);
    const uploadId = await this.store.createUpload({ bucket, key, metadata: {}, contentType: TYPE }, this.signal);
    const upload = { bucket, key, uploadId };
    this.#uploads.push(upload);
    return upload;
  }

  async sendPart(
    upload: UploadKey,
    text: string,
    check: BodyCheck = { kind: 'md5', md5: md5(Buffer.from(text)) },
  ): Promise<{ readonly partNumber: number; readonly etag: string }> {
    const part = { ...upload, partNumber: 1, body: Buffer.from(text), check };
    return { partNumber: 1, ...(await this.store.uploadPart(part, this.signal)) };
  }

  async complete(
    upload: UploadKey,
    part: { readonly partNumber: number; readonly etag: string },
    expect: RemoteExpectation,
  ): Promise<void> {
    this.#note(await this.store.completeUpload(upload, [part], expect, this.signal));
  }

  /**
   * Removes everything that was or may have been written, all versions included. Goes on after a failure, and does not
   * listen to the signal: what was called off is cleaned up too.
   *
   * @returns the first failure.
   */
  async clean(): Promise<SyncError | undefined> {
    let problem: SyncError | undefined;
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        problem ??= asSyncError(error);
      }
    };
    for (const upload of this.#uploads.splice(0)) await attempt(() => this.store.abortUpload(upload));
    if (this.#versioned) await attempt(() => this.#deleteVersions());
    // A plain deletion in a versioned bucket would leave a marker behind.
    else for (const key of this.#keys) await attempt(() => this.store.delete(this.bucket, key));
    return problem;
  }

  #note({ versionId }: WriteResult): void {
    if (versionId !== undefined && versionId !== '' && versionId !== 'null') this.#versioned = true;
  }

  async #deleteVersions(): Promise<void> {
    const { bucket, prefix, connection } = this;
    const doing = { action: 'ListObjectVersions', bucket } as const;
    // Each round deletes what it listed, so the first page is always the next one.
    for (;;) {
      const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: 'url' });
      const answer = await connection.run(doing, {}, (client, options) => client.send(command, options));
      const versions = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
      for (const { Key, VersionId } of versions) {
        if (Key === undefined || VersionId === undefined) continue;
        const key = answer.EncodingType === 'url' ? decodeKey(Key, bucket, prefix) : Key;
        if (!key.startsWith(prefix)) continue;
        const request = { method: 'DELETE', bucket, key, query: { versionId: VersionId }, headers: {} } as const;
        discard(await connection.raw({ action: 'DeleteObject', bucket, key }, request, until(undefined)));
      }
      if (versions.length === 0 || answer.IsTruncated !== true) return;
    }
  }
}

/** MD5 of some bytes. */
export function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
