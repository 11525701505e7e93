import type { RemoteExpectation } from './decide.ts';
import type { AccountSecret } from './environment.ts';
import type { ErrorCode } from './errors.ts';

/** How to reach an account's server. */
export interface AccountSettings {
  /** For example `https://rustfs.example:9000`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly pathStyle: boolean;
  /** Path of a PEM file with a private certificate authority. */
  readonly caFile?: string;
  /** SHA-256 of the server's certificate, colon-separated upper-case hex: trust this one whatever signed it. */
  readonly trustedFingerprint?: string;
  /** URL of an HTTP proxy. */
  readonly proxy?: string;
}

/** Settings with the secret: only ever in memory. */
export interface StoreTarget {
  readonly settings: AccountSettings;
  readonly secret: AccountSecret;
}

/** Headers kept with an object, without the `x-amz-meta-` in front; keys in lower case. */
export type ObjectMetadata = Readonly<Record<string, string>>;

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** List only keys after this one (exclusive; some servers include it: see `listObjects`). */
  readonly startAfter?: string;
  /** From the page before. */
  readonly continuationToken?: string;
  /** `/` for one level. */
  readonly delimiter?: '/';
  /** At most 1,000. */
  readonly maxKeys?: number;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** With a delimiter: the prefixes one level down, each ending in a slash. */
  readonly prefixes: readonly string[];
  /** Absent on the last page. */
  readonly continuationToken?: string;
}

export interface HeadResult {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly metadata: ObjectMetadata;
  readonly contentType?: string;
  readonly versionId?: string;
  readonly encrypted: boolean;
}

export interface PutRequest {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** 16 bytes; sent as Content-MD5, so that a damaged body is refused. */
  readonly bodyMd5: Uint8Array;
  readonly metadata: ObjectMetadata;
  readonly contentType: string;
  /** Absent: write whatever is there (never from the sync engine). */
  readonly expect?: RemoteExpectation;
  /** Called as body bytes leave, with the number since the last call. */
  readonly onSent?: (bytes: number) => void;
}

/** A write whose length is not known before its end. */
export type StreamRequest = Omit<PutRequest, 'body' | 'bodyMd5' | 'onSent'>;

export interface WriteResult {
  readonly etag: string;
  readonly versionId?: string;
}

export interface UploadKey {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

export interface PartRequest extends UploadKey {
  readonly partNumber: number;
  readonly body: Uint8Array;
  readonly bodyMd5: Uint8Array;
  readonly onSent?: (bytes: number) => void;
}

export interface ListedPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly etag: string;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
}

export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedMs: number;
}

export interface CopyRequest {
  readonly bucket: string;
  readonly sourceKey: string;
  readonly key: string;
  /** The source must still have this ETag. */
  readonly sourceEtag: string;
  readonly sizeBytes: number;
  /** Copies in parts of this size, so that an object that was made in such parts keeps its ETag. */
  readonly partSizeBytes?: number;
  readonly expect?: RemoteExpectation;
}

export interface GetRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** The object must still have this ETag. */
  readonly etag?: string;
  /** First byte and number of bytes. */
  readonly range?: { readonly offset: number; readonly sizeBytes: number };
}

export interface GetResult extends HeadResult {
  /** Must be read to its end or closed with `return()`. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface PresignRequest {
  readonly bucket: string;
  readonly key: string;
  readonly method: 'GET' | 'PUT';
  /** 1 to 604,800 seconds. */
  readonly expiresInSeconds: number;
  /** GET: the file name that the receiver's browser saves under. */
  readonly downloadName?: string;
}

export interface BucketInfo {
  readonly name: string;
  readonly createdMs: number;
}

/** One fact about a server that the engine relies on, as `doctor` found it. */
export interface ProbeResult {
  /** Stable name, for `--json`: for example `conditional-put`. */
  readonly id: string;
  /** In words. */
  readonly title: string;
  readonly verdict: 'ok' | 'degraded' | 'failed' | 'skipped';
  /** What was seen. */
  readonly finding: string;
  /** What to do, empty when there is nothing to do. */
  readonly advice: string;
  readonly code?: ErrorCode;
}

/** What of a server's behaviour the engine has to know before it writes. */
export interface ServerCapabilities {
  /** PutObject honours If-None-Match: * and If-Match. Where not, the engine does a HEAD right before each write. */
  readonly conditionalPut: boolean;
  /** CompleteMultipartUpload honours them. */
  readonly conditionalComplete: boolean;
  /** DeleteObject honours If-Match. */
  readonly conditionalDelete: boolean;
}

/**
 * A server, as the engine speaks to it. Every method throws SyncErrors that name the bucket and key, carry advice, and say
 * whether trying again makes sense; none retries by itself (the transfer room does, so that pauses and breakers count).
 */
export interface ObjectStore {
  listBuckets(signal?: AbortSignal): Promise<BucketInfo[]>;
  createBucket(bucket: string, signal?: AbortSignal): Promise<void>;
  /** @throws bucket-not-empty */
  deleteBucket(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the bucket answers. @throws no-such-bucket, access-denied */
  headBucket(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Whether deleting leaves a delete marker. */
  isVersioned(bucket: string, signal?: AbortSignal): Promise<boolean>;
  listPage(request: ListRequest, signal?: AbortSignal): Promise<ListPage>;
  /** Undefined when there is no such key (and the bucket exists). */
  head(bucket: string, key: string, signal?: AbortSignal): Promise<HeadResult | undefined>;
  /** @throws no-such-key; precondition-failed when `etag` is given and moved */
  get(request: GetRequest, signal?: AbortSignal): Promise<GetResult>;
  /**
   * Size in bytes of one part (from 1) of the multipart upload that made an object; undefined where the server does not
   * tell.
   *
   * @throws no-such-key; precondition-failed when `etag` moved
   */
  partSize(
    bucket: string,
    key: string,
    etag: string,
    partNumber: number,
    signal?: AbortSignal,
  ): Promise<number | undefined>;
  /** @throws precondition-failed */
  put(request: PutRequest, signal?: AbortSignal): Promise<WriteResult>;
  /** A stream of unknown length, in parts; aborted on error. */
  putStream(request: StreamRequest, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<WriteResult>;
  /** With `etag`: only that content (@throws precondition-failed where the server honours it). Deleting nothing is no error. */
  delete(bucket: string, key: string, etag?: string, signal?: AbortSignal): Promise<void>;
  /** Server-side copy in one bucket, in parts above 5 GiB. Keeps metadata. @throws precondition-failed, no-such-key */
  copy(request: CopyRequest, signal?: AbortSignal): Promise<WriteResult>;
  createUpload(
    request: {
      readonly bucket: string;
      readonly key: string;
      readonly metadata: ObjectMetadata;
      readonly contentType: string;
    },
    signal?: AbortSignal,
  ): Promise<string>;
  /** @throws no-such-upload, bad-digest */
  uploadPart(request: PartRequest, signal?: AbortSignal): Promise<{ readonly etag: string }>;
  /** All pages. @throws no-such-upload */
  listParts(upload: UploadKey, signal?: AbortSignal): Promise<ListedPart[]>;
  /** @throws no-such-upload, invalid-part, precondition-failed */
  completeUpload(
    upload: UploadKey,
    parts: readonly CompletedPart[],
    expect?: RemoteExpectation,
    signal?: AbortSignal,
  ): Promise<WriteResult>;
  /** Aborting what is gone is no error. */
  abortUpload(upload: UploadKey, signal?: AbortSignal): Promise<void>;
  /** Unfinished uploads whose key starts with `prefix` (some servers: equals it). All pages. */
  listUploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<ListedUpload[]>;
  presign(request: PresignRequest): Promise<string>;
  /** Finds out, with objects under the probe prefix that it removes again, what the server honours. */
  probeCapabilities(bucket: string, signal?: AbortSignal): Promise<ServerCapabilities>;
  /** Every fact the engine relies on, one after the other. Without a bucket, only what needs none. */
  probe(bucket: string | undefined, signal?: AbortSignal): AsyncIterable<ProbeResult>;
  /**
   * Ends all connections, in use or not: what waits on a network that is gone fails now rather than at its time limit. The
   * next request opens a new one.
   */
  dropConnections(): void;
  /** Ends all connections; nothing may be asked afterwards. */
  close(): void;
}
