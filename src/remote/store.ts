import type { RemoteExpectation } from '../core/decide.ts';
import type {
  CompletedPart,
  CopyRequest,
  GetRequest,
  ListRequest,
  ObjectMetadata,
  ObjectStore,
  PartRequest,
  PresignRequest,
  PutRequest,
  UploadKey,
  VersionListRequest,
} from '../core/object-store.ts';
import * as buckets from './buckets.ts';
import type { Connection } from './connection.ts';
import { contentChecksum } from './content-checksum.ts';
import { copyObject } from './copy.ts';
import { listPage } from './list-page.ts';
import { listVersionPage } from './list-version-page.ts';
import { listen } from './listen.ts';
import * as multipart from './multipart.ts';
import * as objects from './objects.ts';
import { partSize } from './part-size.ts';
import { presign } from './presign.ts';
import { probe, probeCapabilities } from './probe.ts';
import { putObject, uploadPart } from './put.ts';

/** An ObjectStore on a real server: each method is one function of this room. */
export class S3Store implements ObjectStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  listBuckets(signal?: AbortSignal) {
    return buckets.listBuckets(this.#connection, signal);
  }

  createBucket(bucket: string, signal?: AbortSignal) {
    return buckets.createBucket(this.#connection, bucket, signal);
  }

  deleteBucket(bucket: string, signal?: AbortSignal) {
    return buckets.deleteBucket(this.#connection, bucket, signal);
  }

  headBucket(bucket: string, signal?: AbortSignal) {
    return buckets.headBucket(this.#connection, bucket, signal);
  }

  isVersioned(bucket: string, signal?: AbortSignal) {
    return buckets.isVersioned(this.#connection, bucket, signal);
  }

  versioning(bucket: string, signal?: AbortSignal) {
    return buckets.versioning(this.#connection, bucket, signal);
  }

  setVersioning(bucket: string, on: boolean, signal?: AbortSignal) {
    return buckets.setVersioning(this.#connection, bucket, on, signal);
  }

  listVersionPage(request: VersionListRequest, signal?: AbortSignal) {
    return listVersionPage(this.#connection, request, signal);
  }

  listPage(request: ListRequest, signal?: AbortSignal) {
    return listPage(this.#connection, request, signal);
  }

  head(bucket: string, key: string, signal?: AbortSignal) {
    return objects.headObject(this.#connection, bucket, key, signal);
  }

  get(request: GetRequest, signal?: AbortSignal) {
    return objects.getObject(this.#connection, request, signal);
  }

  partSize(bucket: string, key: string, etag: string, partNumber: number, signal?: AbortSignal) {
    return partSize(this.#connection, { bucket, key, etag, partNumber }, signal);
  }

  contentChecksum(bucket: string, key: string, etag: string, signal?: AbortSignal) {
    return contentChecksum(this.#connection, { bucket, key, etag }, signal);
  }

  put(request: PutRequest, signal?: AbortSignal) {
    return putObject(this.#connection, request, signal);
  }

  delete(bucket: string, key: string, etag?: string, signal?: AbortSignal) {
    return objects.deleteObject(this.#connection, bucket, key, etag, signal);
  }

  copy(request: CopyRequest, signal?: AbortSignal) {
    return copyObject(this.#connection, request, signal);
  }

  createUpload(
    request: {
      readonly bucket: string;
      readonly key: string;
      readonly metadata: ObjectMetadata;
      readonly contentType: string;
    },
    signal?: AbortSignal,
  ) {
    return multipart.createUpload(this.#connection, request, signal);
  }

  uploadPart(request: PartRequest, signal?: AbortSignal) {
    return uploadPart(this.#connection, request, signal);
  }

  listParts(upload: UploadKey, signal?: AbortSignal) {
    return multipart.listParts(this.#connection, upload, signal);
  }

  completeUpload(upload: UploadKey, parts: readonly CompletedPart[], expect?: RemoteExpectation, signal?: AbortSignal) {
    return multipart.completeUpload(this.#connection, upload, parts, expect, signal);
  }

  abortUpload(upload: UploadKey, signal?: AbortSignal) {
    return multipart.abortUpload(this.#connection, upload, signal);
  }

  listUploads(bucket: string, prefix: string, signal?: AbortSignal) {
    return multipart.listUploads(this.#connection, bucket, prefix, signal);
  }

  listen(bucket: string, prefix: string, signal: AbortSignal) {
    return listen(this.#connection, bucket, prefix, signal);
  }

  presign(request: PresignRequest) {
    return presign(this.#connection, request);
  }

  probeCapabilities(bucket: string, signal?: AbortSignal) {
    return probeCapabilities(this, this.#connection, bucket, signal);
  }

  probe(bucket: string | undefined, signal?: AbortSignal) {
    return probe(this, this.#connection, bucket, signal);
  }

  dropConnections() {
    this.#connection.dropConnections();
  }

  close() {
    this.#connection.close();
  }
}
