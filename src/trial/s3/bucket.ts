import type { Content } from './content.ts';
import { SortedKeys } from './keys.ts';
import { S3Error } from './errors.ts';

export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'sha1' | 'sha256';

/** A checksum as the header carries it: base64, with `-N` behind it for N parts. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly base64: string;
}

/** What a client sends with an object and gets back unchanged: content-type and its like, and user metadata. */
export interface Attributes {
  readonly headers: Readonly<Record<string, string>>;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly kind: 'object';
  readonly key: string;
  /** `null` (the word) for a version written while versioning was off or suspended. */
  readonly versionId: string;
  /** Without quotes. */
  readonly etag: string;
  readonly content: Content;
  readonly attributes: Attributes;
  readonly checksum: Checksum | undefined;
  /** Sizes of the parts of a multipart object. */
  readonly partSizesBytes: readonly number[] | undefined;
  readonly lastModifiedMs: number;
}

export interface DeleteMarker {
  readonly kind: 'deleteMarker';
  readonly key: string;
  readonly versionId: string;
  readonly lastModifiedMs: number;
}

export type Version = StoredObject | DeleteMarker;

export interface Part {
  readonly partNumber: number;
  readonly etag: string;
  readonly content: Content;
  readonly checksum: Checksum | undefined;
  readonly lastModifiedMs: number;
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedMs: number;
  readonly attributes: Attributes;
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
  readonly parts: Map<number, Part>;
}

export type Versioning = 'off' | 'Enabled' | 'Suspended';

/** The state of one bucket. Versions of a key are kept newest first; a key without versions is absent. */
export class Bucket {
  readonly name: string;
  readonly createdMs: number;
  versioning: Versioning;
  readonly versions = new Map<string, readonly Version[]>();
  readonly keys = new SortedKeys();
  readonly uploads = new Map<string, Upload>();

  constructor(name: string, createdMs: number, versioning: Versioning) {
    this.name = name;
    this.createdMs = createdMs;
    this.versioning = versioning;
  }

  /** The object that a plain GET sees; undefined when there is none or a delete marker covers it. */
  current(key: string): StoredObject | undefined {
    const latest = this.versions.get(key)?.[0];
    return latest?.kind === 'object' ? latest : undefined;
  }

  setVersions(key: string, versions: readonly Version[]): void {
    if (versions.length === 0) {
      this.versions.delete(key);
      this.keys.delete(key);
    } else {
      this.versions.set(key, versions);
      this.keys.add(key);
    }
  }

  /** Puts a version on top. Without versioning it replaces all; suspended, it replaces the version named null. */
  push(version: Version): void {
    const older = this.versions.get(version.key) ?? [];
    const kept = version.versionId === 'null' ? older.filter((one) => one.versionId !== 'null') : older;
    this.setVersions(version.key, this.versioning === 'off' ? [version] : [version, ...kept]);
  }

  upload(key: string, uploadId: string): Upload {
    const upload = this.uploads.get(uploadId);
    if (upload?.key !== key) throw new S3Error('NoSuchUpload');
    return upload;
  }

  /** A copy that later changes to this bucket do not touch. */
  snapshot(): Bucket {
    const copy = new Bucket(this.name, this.createdMs, this.versioning);
    for (const key of this.keys.inOrder()) copy.setVersions(key, this.versions.get(key) ?? []);
    for (const [uploadId, upload] of this.uploads) {
      copy.uploads.set(uploadId, { ...upload, parts: new Map(upload.parts) });
    }
    return copy;
  }
}

/** The conditions of a write, as the headers carry them; ETags with or without quotes, or `*`. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export function etagMatches(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const bare = one.trim().replace(/^W\//, '').replaceAll('"', '');
    return bare === '*' || bare === etag;
  });
}

/**
 * @throws S3Error NoSuchKey when If-Match meets a missing key (not PreconditionFailed: that is what RustFS and MinIO
 * answer), PreconditionFailed when the condition does not hold.
 */
export function checkWriteConditions(current: StoredObject | undefined, conditions: WriteConditions): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined) {
    if (current === undefined) throw new S3Error('NoSuchKey');
    if (!etagMatches(ifMatch, current.etag)) throw new S3Error('PreconditionFailed');
  }
  if (ifNoneMatch !== undefined && current !== undefined && etagMatches(ifNoneMatch, current.etag)) {
    throw new S3Error('PreconditionFailed');
  }
}
