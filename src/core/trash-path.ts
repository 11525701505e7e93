import { PRIVATE_DIRECTORY, REMOTE_TRASH_PREFIX } from './paths.ts';

/** Where a root's trash is: a directory for each time that something was put into it, and in that the paths as they were. */
export const TRASH_DIRECTORY = `${PRIVATE_DIRECTORY}/trash`;

/** What was deleted or replaced is kept for so long, here and in the bucket: 30 days. */
export const TRASH_KEPT_MS = 30 * 24 * 3_600_000;

/** A time, and behind it what keeps two of one second apart: nothing in buckets of versions up to 0.1. */
const STAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z(-[a-z0-9]+)?$/;
const LETTERS = /^-[a-z2-7]{4}$/;
const ETAG_DIGITS = /^-[a-z0-9]{8}$/;

/**
 * A name for what goes into the trash together: UTC to the second, which every file system can hold and people can read.
 *
 * @param letters four random characters of a-z and 2-7 (as `Random.id` makes them) that keep two of a second apart.
 */
export function trashStamp(nowMs: number, letters: string): string {
  return `${timeStamp(nowMs)}-${letters}`;
}

/** When a stamp was made, in milliseconds since 1970, or undefined when it is none. */
export function parseTrashStamp(stamp: string): number | undefined {
  const [, date, hours, minutes, seconds, letters = ''] = STAMP.exec(stamp) ?? [];
  return LETTERS.test(letters) ? timeOf(date, hours, minutes, seconds) : undefined;
}

/** When a stamp of the bucket's trash was made; undefined when it is none. */
export function parseBucketTrashStamp(stamp: string): number | undefined {
  const [, date, hours, minutes, seconds, digits] = STAMP.exec(stamp) ?? [];
  return digits === undefined || ETAG_DIGITS.test(digits) ? timeOf(date, hours, minutes, seconds) : undefined;
}

/**
 * The stamp of a copy in the bucket's trash. The ETag in it keeps two deletions of one key in one second apart, by whichever
 * computers, and yet a deletion that is tried again writes the same copy: not every server keeps a copy from replacing another.
 */
export function bucketTrashStamp(trashedMs: number, etag: string): string {
  const digits = etag.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return `${timeStamp(trashedMs)}-${digits.slice(0, 8).padEnd(8, '0')}`;
}

/** The key in the bucket's trash for what was under `key`. */
export function bucketTrashKey(stamp: string, key: string): string {
  return `${REMOTE_TRASH_PREFIX}${stamp}/${key}`;
}

/** What a key in the bucket's trash says: when it went there, and from where; undefined for one that we did not make. */
export function parseBucketTrashKey(
  trashKey: string,
): { readonly stamp: string; readonly trashedMs: number; readonly key: string } | undefined {
  const [stamp = '', ...rest] = trashKey.slice(REMOTE_TRASH_PREFIX.length).split('/');
  const trashedMs = parseBucketTrashStamp(stamp);
  const key = rest.join('/');
  const isOurs = trashKey.startsWith(REMOTE_TRASH_PREFIX) && key !== '';
  return isOurs && trashedMs !== undefined ? { stamp, trashedMs, key } : undefined;
}

function timeStamp(atMs: number): string {
  return new Date(atMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
}

function timeOf(date = '', hours = '', minutes = '', seconds = ''): number | undefined {
  const text = `${date}T${hours}:${minutes}:${seconds}.000Z`;
  const timeMs = Date.parse(text);
  // A parser takes the 30th of February for the 2nd of March; what comes back is not what was read.
  return Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== text ? undefined : timeMs;
}

/** The place in the trash for what was at `path`. */
export function trashPath(stamp: string, path: string): string {
  return `${TRASH_DIRECTORY}/${stamp}/${path}`;
}
