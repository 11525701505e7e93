declare const brand: unique symbol;
/** A path below a folder's root: NFC, `/` between segments, no leading or trailing slash, every segment fit for a key. */
export type RelativePath = string & {
  readonly [brand]: 'RelativePath';
};
/** The whole key of an object in a bucket. */
export type ObjectKey = string & {
  readonly [brand]: 'ObjectKey';
};
/** Longest key in UTF-8 bytes (S3 and RustFS). */
export declare const MAX_KEY_BYTES = 1024;
/** Longest segment between two slashes in UTF-8 bytes (RustFS stores each segment as a directory or file name). */
export declare const MAX_SEGMENT_BYTES = 255;
/** The directory in each local root that is ours alone and never synced. */
export declare const PRIVATE_DIRECTORY = '.rustfs-sync';
/** The prefix in a bucket under which copies of deleted objects are kept; never synced. */
export declare const REMOTE_TRASH_PREFIX = '.rustfs-sync-trash/';
/** The prefix in a bucket under which `doctor` and `folder add` probe the server; never synced. */
export declare const REMOTE_PROBE_PREFIX = '.rustfs-sync-probe/';
/** Why a name can not be held by the server. */
export type NameProblem =
  | 'name-too-long'
  | 'key-too-long'
  | 'line-break-in-name'
  | 'nul-in-name'
  | 'dot-segment'
  | 'empty-segment'
  | 'name-not-unicode';
/** What is wrong with one name between two slashes, or undefined when it is fit for a key. */
export declare function checkSegment(name: string): NameProblem | undefined;
/** What is wrong with a key as a whole, or undefined. `key` is prefix and path together. */
export declare function checkKeyLength(key: string): NameProblem | undefined;
/** What is wrong with a whole relative path, or undefined. */
export declare function checkPath(path: string): NameProblem | undefined;
/** `text` as a path, or undefined when it is not one. Composes to NFC. */
export declare function parseRelativePath(text: string): RelativePath | undefined;
/**
 * A folder's key prefix in its one spelling: empty, or segments each followed by a slash.
 *
 * @returns undefined when a segment is not fit for a key, or when it lies in what the engine keeps for itself: there every
 * object would be taken for an internal one, and so for a deleted one.
 */
export declare function parsePrefix(text: string): string | undefined;
/** The key that holds `path` in a folder with this prefix (as {@link parsePrefix} spells it). */
export declare function keyOf(prefix: string, path: RelativePath): ObjectKey;
/** What a listed key means for a folder. */
export type ListedKey =
  | {
      readonly kind: 'path';
      readonly path: RelativePath;
    }
  /** A directory marker, our own trash or a probe: never synced and nothing to tell. */
  | {
      readonly kind: 'internal';
    }
  /** A key that no path can stand for; synced nowhere, and told to the person. */
  | {
      readonly kind: 'refused';
      readonly problem: NameProblem | 'not-nfc';
    };
/** Reads a listed key. The key must start with `prefix`. */
export declare function pathOfKey(prefix: string, key: string): ListedKey;
/** Whether a key is one of those that the engine keeps for itself. */
export declare function isInternalKey(key: string): boolean;
/** Whether two prefixes (as {@link parsePrefix} spells them) share any key. */
export declare function prefixesOverlap(a: string, b: string): boolean;
export {};
