import type { ContentChecksum } from './content-checksum.ts';
import type { RemoteExpectation } from './decide.ts';
import type { AccountSecret } from './environment.ts';
import type { ErrorCode } from './errors.ts';
import type { UploadNotes } from './journal.ts';

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
  /** URL of an HTTP proxy, without name and password: those are secrets. */
  readonly proxy?: string;
}

/** Settings with the secret: only ever in memory. */
export interface StoreTarget {
  readonly settings: AccountSettings;
  readonly secret: AccountSecret;
  /** Where copies in parts are noted while they are made. */
  readonly uploadNotes?: UploadNotes;
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

/** One version of an object, or a delete marker (of no size and without an ETag). */
export interface ListedVersion {
  readonly kind: 'object' | 'delete-marker';
  readonly key: string;
  /** `null` (the word) for what was written while the bucket kept no versions. */
  readonly versionId: string;
  /** Whether it is what the key holds now. */
  readonly isLatest: boolean;
  /** By the server's clock. */
  readonly lastModifiedMs: number;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
}

/** Where the next page of a listing of versions begins. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId?: string;
}

export interface VersionListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** From the page before. */
  readonly after?: VersionMarker;
  /** `/` leaves out what is further than one level down. */
  readonly delimiter?: '/';
  /** At most 1,000. */
  readonly maxKeys?: number;
}

export interface VersionPage {
  /** By key, and the newest first within a key. */
  readonly versions: readonly ListedVersion[];
  /** Absent on the last page. */
  readonly next?: VersionMarker;
}

/** Whether a bucket keeps what is overwritten and deleted. `suspended`: it did, and still holds what it kept then. */
export type Versioning = 'enabled' | 'suspended' | 'off';

export interface HeadResult {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly metadata: ObjectMetadata;
  readonly contentType?: string;
  readonly versionId?: string;
  readonly encrypted: boolean;
}

/** How fast a body may leave. */
export interface Pace {
  /** The next piece has at most this size. */
  readonly pieceBytes: number;
  /** Called before each piece, with its length; the piece waits for what it returns. */
  beforePiece(bytes: number): Promise<void> | undefined;
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
  readonly pace?: Pace;
}

export interface WriteResult {
  readonly etag: string;
  readonly versionId?: string;
}

export interface UploadKey {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** What the server checks a body against, so that a damaged one is refused. */
export type BodyCheck =
  /** 16 bytes; withstands whoever changes the body on its way, too. */
  | { readonly kind: 'md5'; readonly md5: Uint8Array }
  /** Finds damage only, and costs next to nothing. See {@link ServerCapabilities.partCrc32}. */
  | { readonly kind: 'crc32'; readonly crc32: number };

export interface PartRequest extends UploadKey {
  readonly partNumber: number;
  readonly body: Uint8Array;
  readonly check: BodyCheck;
  readonly pace?: Pace;
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
  /** Copies this version, whatever the key holds now. Made of parts, it is copied in the same where the server tells them. */
  readonly sourceVersionId?: string;
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

/** The content of an object, piece by piece. */
export interface ObjectContent extends AsyncIterable<Uint8Array> {
  /**
   * Gives the memory of a piece back at once; nothing is in it afterwards. Left to the collector, the pieces of a large object
   * make it look through all memory every few dozen megabytes.
   */
  release?(piece: Uint8Array): void;
}

export interface GetResult extends HeadResult {
  /** Must be read to its end or closed with `return()`. */
  readonly body: ObjectContent;
}

export interface PresignRequest {
  readonly bucket: string;
  readonly key: string;
  readonly method: 'GET' | 'PUT';
  /** 1 to 604,800 seconds. */
  readonly expiresInSeconds: number;
  /** GET: the file name that the receiver's browser saves under. */
  readonly downloadName?: string;
  /** The address that the link names, for a server that receivers know by another one; the account's endpoint for none. */
  readonly publicEndpoint?: string;
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

/**
 * What a server tells of a bucket as it happens. Hints alone: they come late, twice, in another order or not at all, and
 * what they say of an object may be over by the time they are read.
 */
export type BucketEvent =
  /** The server tells from here on; what changed before, only a listing shows. */
  | { readonly kind: 'listening' }
  /** Without quotes; undefined where the server does not tell it. */
  | { readonly kind: 'written'; readonly key: string; readonly etag: string | undefined }
  | { readonly kind: 'removed'; readonly key: string };

/** What of a server's behaviour the engine has to know before it writes. */
export interface ServerCapabilities {
  /** PutObject honours If-None-Match: * and If-Match. Where not, the engine does a HEAD right before each write. */
  readonly conditionalPut: boolean;
  /** CompleteMultipartUpload honours them. */
  readonly conditionalComplete: boolean;
  /** DeleteObject honours If-Match. */
  readonly conditionalDelete: boolean;
  /**
   * UploadPart refuses a body that is not of its CRC32 and answers with the body's MD5 as the ETag, and nobody sits on the
   * way who could change a body: the connection is encrypted, or does not leave this computer.
   */
  readonly partCrc32: boolean;
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
  /** @throws not-supported, access-denied, where `isVersioned` says no. */
  versioning(bucket: string, signal?: AbortSignal): Promise<Versioning>;
  /** Once on, it can be suspended but not undone: what was kept stays. */
  setVersioning(bucket: string, on: boolean, signal?: AbortSignal): Promise<void>;
  listPage(request: ListRequest, signal?: AbortSignal): Promise<ListPage>;
  /** A bucket that keeps no versions lists its objects, each as a version called `null`. */
  listVersionPage(request: VersionListRequest, signal?: AbortSignal): Promise<VersionPage>;
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
  /**
   * A checksum that the server has of an object's whole content; undefined where it tells none.
   *
   * @throws no-such-key; precondition-failed when `etag` moved
   */
  contentChecksum(
    bucket: string,
    key: string,
    etag: string,
    signal?: AbortSignal,
  ): Promise<ContentChecksum | undefined>;
  /** @throws precondition-failed */
  put(request: PutRequest, signal?: AbortSignal): Promise<WriteResult>;
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
  /** Resolves when the server holds what was sent. @throws no-such-upload, bad-digest */
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
  /**
   * The server's stream of changes below a prefix. It begins with `listening` and ends when the server ends it.
   *
   * @throws SyncError not-supported, access-denied or no-such-bucket where there is no stream to be had; timeout when the
   * server fell silent; unreachable when the connection broke.
   */
  listen(bucket: string, prefix: string, signal: AbortSignal): AsyncIterable<BucketEvent>;
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
