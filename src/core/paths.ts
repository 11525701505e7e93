import { utf8ByteLength } from './text.ts';

declare const brand: unique symbol;

/** A path below a folder's root: NFC, `/` between segments, no leading or trailing slash, every segment fit for a key. */
export type RelativePath = string & { readonly [brand]: 'RelativePath' };

/** The whole key of an object in a bucket. */
export type ObjectKey = string & { readonly [brand]: 'ObjectKey' };

/** Longest key in UTF-8 bytes (S3 and RustFS). */
export const MAX_KEY_BYTES = 1024;
/** Longest segment between two slashes in UTF-8 bytes (RustFS stores each segment as a directory or file name). */
export const MAX_SEGMENT_BYTES = 255;

/** The directory in each local root that is ours alone and never synced. */
export const PRIVATE_DIRECTORY = '.rustfs-sync';
/** The prefix in a bucket under which copies of deleted objects are kept; never synced. */
export const REMOTE_TRASH_PREFIX = '.rustfs-sync-trash/';
/** The prefix in a bucket under which `doctor` and `folder add` probe the server; never synced. */
export const REMOTE_PROBE_PREFIX = '.rustfs-sync-probe/';
/** The prefix in a bucket under which the pages and zips of shared folders lie; never synced. */
export const REMOTE_SHARE_PREFIX = '.rustfs-sync-shares/';

const INTERNAL_PREFIXES = [REMOTE_TRASH_PREFIX, REMOTE_PROBE_PREFIX, REMOTE_SHARE_PREFIX];

/** Names of directories, on disk or at the top of a bucket, that are ours alone and never synced. */
export const PRIVATE_NAMES: readonly string[] = [
  PRIVATE_DIRECTORY,
  ...INTERNAL_PREFIXES.map((prefix) => prefix.slice(0, -1)),
];

/** Why a name can not be held by the server. */
export type NameProblem =
  | 'name-too-long'
  | 'key-too-long'
  | 'line-break-in-name'
  | 'nul-in-name'
  | 'dot-segment'
  | 'empty-segment'
  | 'name-not-unicode'
  | 'unsafe-name';

/** What is wrong with one name between two slashes, or undefined when it is fit for a key. */
export function checkSegment(name: string): NameProblem | undefined {
  if (name === '') return 'empty-segment';
  if (name === '.' || name === '..') return 'dot-segment';
  if (name.includes('\0')) return 'nul-in-name';
  if (name.includes('\n') || name.includes('\r')) return 'line-break-in-name';
  if (!name.isWellFormed()) return 'name-not-unicode';
  // A name of up to 85 UTF-16 units can not exceed 255 bytes: most names need no counting.
  if (name.length > 85 && utf8ByteLength(name) > MAX_SEGMENT_BYTES) return 'name-too-long';
  return undefined;
}

/** What is wrong with a key as a whole, or undefined. `key` is prefix and path together. */
export function checkKeyLength(key: string): NameProblem | undefined {
  return key.length > 341 && utf8ByteLength(key) > MAX_KEY_BYTES ? 'key-too-long' : undefined;
}

/** What is wrong with a whole relative path, or undefined. */
export function checkPath(path: string): NameProblem | undefined {
  for (const segment of path.split('/')) {
    const problem = checkSegment(segment);
    if (problem !== undefined) return problem;
  }
  return checkKeyLength(path);
}

/**
 * Whether a path from a bucket could lead somewhere else on some disk, or show as another one: a backslash (a separator on
 * Windows), control characters, and the marks that reverse the direction of writing.
 */
export function checkUnsafeName(path: string): NameProblem | undefined {
  return /[\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(path) ? 'unsafe-name' : undefined;
}

/** `text` as a path, or undefined when it is not one. Composes to NFC. */
export function parseRelativePath(text: string): RelativePath | undefined {
  const composed = text.normalize('NFC');
  return checkPath(composed) === undefined ? (composed as RelativePath) : undefined;
}

/**
 * A folder's key prefix in its one spelling: empty, or segments each followed by a slash.
 *
 * @returns undefined when a segment is not fit for a key, or when it lies in what the engine keeps for itself: there every
 * object would be taken for an internal one, and so for a deleted one.
 */
export function parsePrefix(text: string): string | undefined {
  const trimmed = text.replace(/^\/+|\/+$/g, '').normalize('NFC');
  if (trimmed === '') return '';
  return checkPath(trimmed) === undefined && !isInternalKey(`${trimmed}/`) ? `${trimmed}/` : undefined;
}

/** The key that holds `path` in a folder with this prefix (as {@link parsePrefix} spells it). */
export function keyOf(prefix: string, path: RelativePath): ObjectKey {
  return (prefix + path) as ObjectKey;
}

/** What a listed key means for a folder. */
export type ListedKey =
  | { readonly kind: 'path'; readonly path: RelativePath }
  /** A directory marker, our own trash, a probe or what was made for a link: never synced and nothing to tell. */
  | { readonly kind: 'internal' }
  /** A key that no path can stand for; synced nowhere, and told to the person. */
  | { readonly kind: 'refused'; readonly problem: NameProblem | 'not-nfc' };

/** Reads a listed key. The key must start with `prefix`. */
export function pathOfKey(prefix: string, key: string): ListedKey {
  if (key.endsWith('/') || isInternalKey(key)) return { kind: 'internal' };
  const path = key.slice(prefix.length);
  const problem = checkPath(path);
  if (problem !== undefined) return { kind: 'refused', problem };
  if (path.normalize('NFC') !== path) return { kind: 'refused', problem: 'not-nfc' };
  return { kind: 'path', path: path as RelativePath };
}

/** Whether a key is one of those that the engine keeps for itself. */
export function isInternalKey(key: string): boolean {
  return INTERNAL_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** Whether two prefixes (as {@link parsePrefix} spells them) share any key. */
export function prefixesOverlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** Whether a path lies below a directory, at any depth. */
export function isBelow(path: string, directory: string): boolean {
  return path.length > directory.length && path[directory.length] === '/' && path.startsWith(directory);
}

/** The path of the directory that holds `path`: `''` for what is directly below the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last segment of `path`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What a path lies below: `a` and `a/b` for `a/b/c`. */
export function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    found.push(path.slice(0, slash));
  return found;
}

/** Each path once, without those that lie below another of them. */
export function withoutNested<T extends string>(paths: Iterable<T>): T[] {
  const all = new Set<string>(paths);
  return [...new Set(paths)].filter((path) => !ancestors(path).some((above) => all.has(above)));
}
