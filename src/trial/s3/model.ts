import { compareUtf8 } from '../../core/text.ts';
import { Bucket, checkWriteConditions } from './bucket.ts';
import type { Attributes, Checksum, ChecksumAlgorithm, StoredObject, Upload, Version } from './bucket.ts';
import type { Versioning, WriteConditions } from './bucket.ts';
import { digestBase64 } from './checksums.ts';
import { md5HexOf, readChunk, sliceChunks } from './content.ts';
import type { Content } from './content.ts';
import { S3Error } from './errors.ts';
import { acceptKey, checkBucketName } from './keys.ts';
import { listObjects, listUploads, listVersions } from './listing.ts';
import type { ListOptions, ListPage, VersionListOptions, VersionListPage } from './listing.ts';
import { assemble, checkPartNumber, listParts } from './multipart.ts';
import type { CompletedPart, PartsPage } from './multipart.ts';

export interface ModelOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Versioning of new buckets. */
  readonly versioning?: boolean;
  /** 5 MiB unless told. */
  readonly minPartSizeBytes?: number;
}

export interface ObjectChange {
  readonly eventName: string;
  readonly bucket: string;
  readonly key: string;
  readonly object: StoredObject | undefined;
  readonly atMs: number;
}

export interface PutOptions extends WriteConditions {
  readonly attributes?: Attributes;
  readonly checksum?: Checksum | undefined;
}

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export interface DeleteOutcome {
  readonly versionId: string | undefined;
  readonly isDeleteMarker: boolean;
}

const noAttributes: Attributes = { headers: {}, metadata: {} };

/**
 * An S3 object store with RustFS's rules, without HTTP; all but the bytes of objects is in memory. Every method is synchronous and atomic. Ids are
 * counted, not random, so that a simulated run replays. All errors are `S3Error`s.
 */
export class S3Model {
  readonly #clock: () => number;
  readonly #newBucketVersioning: Versioning;
  readonly #minPartSizeBytes: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #listeners = new Set<(change: ObjectChange) => void>();
  #lastId = 0;

  constructor({ clock, versioning = false, minPartSizeBytes = 5 * 1024 * 1024 }: ModelOptions) {
    this.#clock = clock;
    this.#newBucketVersioning = versioning ? 'Enabled' : 'off';
    this.#minPartSizeBytes = minPartSizeBytes;
  }

  createBucket(name: string): void {
    checkBucketName(name);
    if (this.#buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou');
    this.#buckets.set(name, new Bucket(name, this.#clock(), this.#newBucketVersioning));
  }

  deleteBucket(name: string): void {
    if (this.bucket(name).versions.size > 0) throw new S3Error('BucketNotEmpty');
    this.#buckets.delete(name);
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket');
    return bucket;
  }

  buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => compareUtf8(a.name, b.name));
  }

  /** Calls `listener` after each change of an object. @returns the way to stop that. */
  onChange(listener: (change: ObjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  putObject(bucketName: string, requestedKey: string, content: Content, options: PutOptions = {}): StoredObject {
    const bucket = this.bucket(bucketName);
    const key = acceptKey(requestedKey);
    checkWriteConditions(bucket.current(key), options);
    const etag = md5HexOf(content);
    if (etag === undefined) throw new Error('A content that was discarded needs its MD5.');
    return this.#store(bucket, 's3:ObjectCreated:Put', {
      key,
      etag,
      content,
      attributes: options.attributes ?? noAttributes,
      checksum: options.checksum,
      partSizesBytes: undefined,
    });
  }

  /** The object, or one version of it. @throws S3Error NoSuchKey, NoSuchVersion, MethodNotAllowed. */
  object(bucketName: string, requestedKey: string, versionId?: string): StoredObject {
    const bucket = this.bucket(bucketName);
    const key = acceptKey(requestedKey);
    const versions = bucket.versions.get(key) ?? [];
    const found = versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
    if (found === undefined) throw new S3Error(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
    if (found.kind === 'object') return found;
    const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId };
    throw new S3Error(versionId === undefined ? 'NoSuchKey' : 'MethodNotAllowed', undefined, headers);
  }

  /** Succeeds for a missing key, as S3 does, unless `ifMatch` asks for one. */
  deleteObject(
    bucketName: string,
    requestedKey: string,
    { versionId, ifMatch }: { versionId?: string | undefined; ifMatch?: string | undefined } = {},
  ): DeleteOutcome {
    const bucket = this.bucket(bucketName);
    const key = acceptKey(requestedKey);
    checkWriteConditions(bucket.current(key), { ifMatch });
    const versions = bucket.versions.get(key) ?? [];
    if (versionId !== undefined) {
      const doomed = versions.find((one) => one.versionId === versionId);
      bucket.setVersions(
        key,
        versions.filter((one) => one !== doomed),
      );
      if (doomed !== undefined) this.#announce(bucket, 's3:ObjectRemoved:Delete', key, undefined);
      return { versionId, isDeleteMarker: doomed?.kind === 'deleteMarker' };
    }
    if (bucket.versioning === 'off') {
      bucket.setVersions(key, []);
      if (versions.length > 0) this.#announce(bucket, 's3:ObjectRemoved:Delete', key, undefined);
      return { versionId: undefined, isDeleteMarker: false };
    }
    const marker = this.#newVersionId(bucket);
    bucket.push({ kind: 'deleteMarker', key, versionId: marker, lastModifiedMs: this.#clock() });
    this.#announce(bucket, 's3:ObjectRemoved:DeleteMarkerCreated', key, undefined);
    return { versionId: marker, isDeleteMarker: true };
  }

  /** Copies within the server; `attributes` undefined keeps those of the source. Conditions are the destination's. */
  copyObject(
    source: CopySource,
    bucketName: string,
    requestedKey: string,
    options: { readonly attributes?: Attributes | undefined } & WriteConditions = {},
  ): StoredObject {
    const original = this.object(source.bucket, source.key, source.versionId);
    const bucket = this.bucket(bucketName);
    const key = acceptKey(requestedKey);
    const ontoItself = original.key === key && source.bucket === bucketName && source.versionId === undefined;
    if (ontoItself && options.attributes === undefined) {
      throw new S3Error('InvalidRequest', 'A copy onto itself has to change the metadata.');
    }
    checkWriteConditions(bucket.current(key), options);
    return this.#store(bucket, 's3:ObjectCreated:Copy', {
      key,
      // The copy of a multipart object is a single part again, wherever the bytes are known.
      etag: md5HexOf(original.content) ?? original.etag,
      content: original.content,
      attributes: options.attributes ?? original.attributes,
      checksum: original.partSizesBytes === undefined ? original.checksum : undefined,
      partSizesBytes: undefined,
    });
  }

  createUpload(
    bucketName: string,
    requestedKey: string,
    options: { attributes?: Attributes; checksumAlgorithm?: ChecksumAlgorithm | undefined } = {},
  ): Upload {
    const bucket = this.bucket(bucketName);
    const upload: Upload = {
      key: acceptKey(requestedKey),
      uploadId: `upload-${this.#nextId()}`,
      initiatedMs: this.#clock(),
      attributes: options.attributes ?? noAttributes,
      checksumAlgorithm: options.checksumAlgorithm,
      parts: new Map(),
    };
    bucket.uploads.set(upload.uploadId, upload);
    return upload;
  }

  /** @returns the part's ETag without quotes. */
  uploadPart(
    at: { bucket: string; key: string; uploadId: string; partNumber: number },
    content: Content,
    checksum?: Checksum,
  ): string {
    const upload = this.bucket(at.bucket).upload(acceptKey(at.key), at.uploadId);
    checkPartNumber(at.partNumber);
    const etag = md5HexOf(content);
    if (etag === undefined) throw new Error('A content that was discarded needs its MD5.');
    const computed = checksum ?? computeChecksum(upload.checksumAlgorithm, content);
    const { partNumber } = at;
    upload.parts.set(partNumber, { partNumber, etag, content, checksum: computed, lastModifiedMs: this.#clock() });
    return etag;
  }

  /** Copies the bytes `start` to `end`, both inclusive, or all, into a part. @returns its ETag without quotes. */
  copyPart(
    source: CopySource,
    at: { bucket: string; key: string; uploadId: string; partNumber: number },
    range?: { start: number; end: number },
  ): string {
    const original = this.object(source.bucket, source.key, source.versionId);
    const { start, end } = range ?? { start: 0, end: original.content.sizeBytes - 1 };
    if (start > end || end >= original.content.sizeBytes) {
      throw new S3Error('InvalidArgument', 'Range specified is not valid for source object.');
    }
    const chunks = sliceChunks(original.content, start, end);
    if (chunks === undefined) throw new S3Error('NotImplemented', 'This server kept no content to copy.');
    return this.uploadPart(at, { sizeBytes: end - start + 1, chunks, md5Hex: undefined });
  }

  listParts(
    at: { bucket: string; key: string; uploadId: string },
    partNumberMarker?: number,
    maxParts?: number,
  ): PartsPage {
    return listParts(this.bucket(at.bucket).upload(acceptKey(at.key), at.uploadId), partNumberMarker, maxParts);
  }

  completeUpload(
    at: { bucket: string; key: string; uploadId: string },
    parts: readonly CompletedPart[],
    conditions: WriteConditions = {},
  ): StoredObject {
    const bucket = this.bucket(at.bucket);
    const key = acceptKey(at.key);
    // The conditions come first: that is the order of RustFS and MinIO, even for an upload that does not exist.
    checkWriteConditions(bucket.current(key), conditions);
    const upload = bucket.upload(key, at.uploadId);
    const assembled = assemble(upload, parts, this.#minPartSizeBytes);
    bucket.uploads.delete(upload.uploadId);
    return this.#store(bucket, 's3:ObjectCreated:CompleteMultipartUpload', {
      key,
      attributes: upload.attributes,
      ...assembled,
      checksum: upload.checksumAlgorithm === undefined ? undefined : assembled.checksum,
    });
  }

  /** @throws S3Error NoSuchUpload, also for one that was aborted before. */
  abortUpload(at: { bucket: string; key: string; uploadId: string }): void {
    const bucket = this.bucket(at.bucket);
    bucket.uploads.delete(bucket.upload(acceptKey(at.key), at.uploadId).uploadId);
  }

  listObjects(bucketName: string, options: ListOptions = {}): ListPage {
    return listObjects(this.bucket(bucketName), options);
  }

  listVersions(bucketName: string, options: VersionListOptions = {}): VersionListPage {
    return listVersions(this.bucket(bucketName), options);
  }

  listUploads(bucketName: string, prefix = ''): readonly Upload[] {
    return listUploads(this.bucket(bucketName), prefix);
  }

  #store(bucket: Bucket, eventName: string, draft: Omit<StoredObject, 'kind' | 'versionId' | 'lastModifiedMs'>) {
    const object: StoredObject = {
      kind: 'object',
      versionId: this.#newVersionId(bucket),
      lastModifiedMs: this.#clock(),
      ...draft,
    };
    bucket.push(object satisfies Version);
    this.#announce(bucket, eventName, object.key, object);
    return object;
  }

  #announce(bucket: Bucket, eventName: string, key: string, object: StoredObject | undefined): void {
    for (const listener of this.#listeners) {
      listener({ eventName, bucket: bucket.name, key, object, atMs: this.#clock() });
    }
  }

  #newVersionId(bucket: Bucket): string {
    return bucket.versioning === 'Enabled' ? `version-${this.#nextId()}` : 'null';
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId).padStart(12, '0');
  }
}

function computeChecksum(algorithm: ChecksumAlgorithm | undefined, content: Content): Checksum | undefined {
  if (algorithm === undefined || content.chunks === undefined) return undefined;
  return { algorithm, base64: digestBase64(algorithm, content.chunks.map(readChunk)) };
}
