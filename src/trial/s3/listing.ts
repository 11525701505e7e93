import { compareUtf8 } from '../../core/text.ts';
import type { Bucket, StoredObject, Upload, Version } from './bucket.ts';
import { lowerBound } from './keys.ts';
import { S3Error } from './errors.ts';

export interface ListOptions {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly startAfter?: string | undefined;
  readonly continuationToken?: string | undefined;
  readonly maxKeys?: number | undefined;
}

export interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextToken: string | undefined;
}

const maxPageKeys = 1_000;

/** One page of ListObjectsV2, in UTF-8 byte order. @throws S3Error InvalidArgument for a broken token. */
export function listObjects(bucket: Bucket, options: ListOptions): ListPage {
  const { prefix = '', delimiter = '' } = options;
  const limit = Math.min(options.maxKeys ?? maxPageKeys, maxPageKeys);
  const after = resumePoint(options);
  const keys = bucket.keys.inOrder();
  const isHidden = hiddenKeyTest(bucket);
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  const seenPrefixes = new Set<string>();
  let last = '';

  const lowest = after !== undefined && compareUtf8(after.name, prefix) > 0 ? after.name : prefix;
  for (let index = lowerBound(keys, lowest); index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if (!key.startsWith(prefix)) break;
    if (after !== undefined && (key === after.name || (after.isPrefix && key.startsWith(after.name)))) continue;
    const object = bucket.current(key);
    if (object === undefined || isHidden(key)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
    if (group !== undefined && seenPrefixes.has(group)) continue;
    if (objects.length + commonPrefixes.length === limit) {
      // A page of no keys is never truncated: that is what a client asks for to test a connection.
      if (limit === 0) break;
      return { objects, commonPrefixes, isTruncated: true, nextToken: encodeToken(last) };
    }
    if (group === undefined) {
      objects.push(object);
      last = `k${key}`;
    } else {
      seenPrefixes.add(group);
      commonPrefixes.push(group);
      last = `p${group}`;
    }
  }
  return { objects, commonPrefixes, isTruncated: false, nextToken: undefined };
}

function encodeToken(position: string): string {
  return Buffer.from(position, 'utf8').toString('base64url');
}

function resumePoint(options: ListOptions): { name: string; isPrefix: boolean } | undefined {
  const { continuationToken, startAfter } = options;
  if (continuationToken === undefined) {
    return startAfter === undefined || startAfter === '' ? undefined : { name: startAfter, isPrefix: false };
  }
  const position = Buffer.from(continuationToken, 'base64url').toString('utf8');
  const kind = position[0];
  if (kind !== 'k' && kind !== 'p') {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.');
  }
  return { name: position.slice(1), isPrefix: kind === 'p' };
}

/**
 * As MinIO does, which stores a key as a directory that holds the object and does not look below it: with an object `a`, the
 * objects `a/...` exist, but no listing shows them. RustFS 1.0.1 lists both.
 */
function hiddenKeyTest(bucket: Bucket): (key: string) => boolean {
  const coveredByPath = new Map<string, boolean>();
  const isCovered = (path: string): boolean => {
    const known = coveredByPath.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const covered = bucket.current(path) !== undefined || (slash > 0 && isCovered(path.slice(0, slash)));
    coveredByPath.set(path, covered);
    return covered;
  };
  return (key) => {
    const slash = key.lastIndexOf('/', key.length - 2);
    return slash > 0 && isCovered(key.slice(0, slash));
  };
}

export interface VersionListOptions {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly keyMarker?: string | undefined;
  readonly versionIdMarker?: string | undefined;
  readonly maxKeys?: number | undefined;
}

export interface VersionListPage {
  readonly versions: readonly (Version & { readonly isLatest: boolean })[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}

/** One page of ListObjectVersions: keys in UTF-8 byte order, the versions of each newest first. */
export function listVersions(bucket: Bucket, options: VersionListOptions): VersionListPage {
  const { prefix = '', delimiter = '', keyMarker = '', versionIdMarker = '' } = options;
  const limit = Math.min(options.maxKeys ?? maxPageKeys, maxPageKeys);
  const keys = bucket.keys.inOrder();
  const versions: (Version & { readonly isLatest: boolean })[] = [];
  const commonPrefixes: string[] = [];
  let last: { readonly key: string; readonly versionId?: string } | undefined;
  const isFull = () => versions.length + commonPrefixes.length === limit;
  const page = (isTruncated: boolean): VersionListPage => ({
    versions,
    commonPrefixes,
    isTruncated,
    nextKeyMarker: isTruncated ? last?.key : undefined,
    nextVersionIdMarker: isTruncated ? last?.versionId : undefined,
  });
  const start = lowerBound(keys, compareUtf8(keyMarker, prefix) > 0 ? keyMarker : prefix);
  for (let index = start; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if (!key.startsWith(prefix)) break;
    if (key === keyMarker && versionIdMarker === '') continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut >= 0) {
      const group = key.slice(0, cut + delimiter.length);
      if (group === keyMarker || group === commonPrefixes.at(-1)) continue;
      if (isFull()) return page(limit > 0);
      commonPrefixes.push(group);
      last = { key: group };
      continue;
    }
    const ofKey = bucket.versions.get(key) ?? [];
    const markerAt = key === keyMarker ? ofKey.findIndex((one) => one.versionId === versionIdMarker) : -1;
    for (const [position, version] of ofKey.entries()) {
      if (position <= markerAt) continue;
      if (isFull()) return page(limit > 0);
      versions.push({ ...version, isLatest: position === 0 });
      last = version;
    }
  }
  return page(false);
}

/** All unfinished uploads whose key starts with the prefix, by key and start. The server never truncates this list. */
export function listUploads(bucket: Bucket, prefix: string): readonly Upload[] {
  return [...bucket.uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => compareUtf8(a.key, b.key) || a.initiatedMs - b.initiatedMs);
}
