import { ACCOUNT_NAME_RULE, isAccountName } from '../core/account-name.ts';
import { BUCKET_NAME_RULE, isBucketName } from '../core/bucket-name.ts';
import type { SyncError } from '../core/errors.ts';
import { quote, usageError } from './usage.ts';

/** Readers of what a person types. Each throws a SyncError (invalid-argument) that names the argument and the remedy. */

export interface BucketTarget {
  readonly account: string;
  readonly bucket: string;
}

export interface ObjectTarget extends BucketTarget {
  readonly key: string;
}

export interface PrefixTarget extends BucketTarget {
  /** Empty for the whole bucket. */
  readonly prefix: string;
}

/** `ACCOUNT:BUCKET`. */
export function parseBucketTarget(text: string): BucketTarget {
  const form = 'ACCOUNT:BUCKET';
  const { account, bucket, rest } = splitTarget(text, form, 'home:photos');
  if (rest !== '')
    throw usageError(`${quote(text)} names a key after the bucket.`, `Give only ${form}: ${account}:${bucket}`);
  return { account, bucket };
}

/** `ACCOUNT:BUCKET[/PREFIX]`. */
export function parsePrefixTarget(text: string): PrefixTarget {
  const { account, bucket, rest } = splitTarget(text, 'ACCOUNT:BUCKET[/PREFIX]', 'home:photos/2026/');
  return { account, bucket, prefix: rest };
}

/** `ACCOUNT:BUCKET/KEY`. */
export function parseObjectTarget(text: string): ObjectTarget {
  const target = parsePutTarget(text);
  if (target.key !== '') return target;
  throw usageError(
    `${quote(text)} names a bucket, but no key in it.`,
    `Write it like ${text.replace(/\/$/, '')}/2026/a.jpg`,
  );
}

/** `ACCOUNT:BUCKET/KEY`, where the key may be missing or end in a slash: the file's name then goes behind it. */
export function parsePutTarget(text: string): ObjectTarget {
  const { account, bucket, rest } = splitTarget(text, 'ACCOUNT:BUCKET/KEY', 'home:photos/2026/a.jpg');
  return { account, bucket, key: rest };
}

/** `ACCOUNT[:BUCKET]`. */
export function parseDoctorTarget(text: string): { account: string; bucket: string | undefined } {
  if (!text.includes(':')) return { account: parseAccountName(text), bucket: undefined };
  return parseBucketTarget(text);
}

/** Whether `text` can stand for something on a server rather than for a file: a colon before any slash, and no drive. */
export function looksRemote(text: string): boolean {
  return /^[^/\\:]+:[^/\\]/.test(text);
}

function splitTarget(text: string, form: string, example: string): { account: string; bucket: string; rest: string } {
  const match = /^([^:/\\]+):([^/]+)(?:\/(.*))?$/s.exec(text);
  const [, account, bucket, rest = ''] = match ?? [];
  if (account !== undefined && bucket !== undefined) return { account, bucket, rest };
  throw usageError(
    `${quote(text)} is not of the form ${form}.`,
    `Write it like ${example}; \`rustfs-sync bucket list ACCOUNT\` shows the buckets.`,
  );
}

/** An account's name: it stands before a colon in other commands, so that it can hold no colon, slash or space. */
export function parseAccountName(text: string): string {
  if (isAccountName(text)) return text;
  throw usageError(`${quote(text)} can not be the name of an account.`, ACCOUNT_NAME_RULE);
}

/** A name that a new bucket may have, by the rules of S3. */
export function parseNewBucketName(text: string): string {
  if (isBucketName(text)) return text;
  throw usageError(`${quote(text)} can not be the name of a bucket.`, BUCKET_NAME_RULE);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const LONGEST_LINK_SECONDS = 7 * 86_400;

/** A length of time in seconds: `10m`, `24h`, `7d`; undefined when it is none. */
function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (SECONDS[unit] ?? 0);
}

/** How long a link lasts, in seconds: `10m`, `24h`, `7d`; 1 second to 7 days. */
export function parseExpiry(text: string): number {
  const seconds = readDuration(text);
  const advice = 'Write a number and a unit, from 1s to 7d: 30s, 10m, 24h, 7d.';
  if (seconds === undefined) throw usageError(`--expires ${quote(text)} is not a length of time.`, advice);
  if (seconds === 0) throw usageError(`--expires ${quote(text)} would end before it begins.`, advice);
  if (seconds > LONGEST_LINK_SECONDS) {
    throw usageError(
      `--expires ${quote(text)} is longer than 7 days.`,
      'S3 links last 7 days at most: use --expires 7d.',
    );
  }
  return seconds;
}

/** An age for `--older-than`, in milliseconds: `12h`, `7d`. */
export function parseAge(text: string): number {
  const seconds = readDuration(text);
  if (seconds !== undefined) return seconds * 1_000;
  throw usageError(
    `--older-than ${quote(text)} is not a length of time.`,
    'Write a number and a unit: 30m, 12h, 7d, 30d.',
  );
}

/**
 * A moment for `--at`, in milliseconds since 1970: `2h ago`, a date (its beginning), a date and time of this computer, or
 * one with a time zone.
 */
export function parseMoment(text: string, nowMs: number): number {
  const agoSeconds = readDuration(text.replace(/\s*ago$/, ''));
  const atMs = agoSeconds === undefined ? readTime(text) : nowMs - agoSeconds * 1_000;
  if (atMs === undefined) {
    throw usageError(
      `--at ${quote(text)} is not a time.`,
      "Write it like '2h ago', 2026-11-22, '2026-11-22 10:15' or 2026-11-22T10:15:00Z.",
    );
  }
  if (atMs <= nowMs) return atMs;
  throw usageError(`--at ${quote(text)} is in the future.`, 'Give a time that has passed.');
}

function readTime(text: string): number | undefined {
  const [, date, time = '00:00', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
  const atMs = Date.parse(`${date ?? ''}T${time}${zone}`);
  if (Number.isNaN(atMs)) return undefined;
  // A parser takes the 30th of February for the 2nd of March.
  const day = new Date(`${date ?? ''}T00:00Z`);
  return day.toISOString().startsWith(date ?? '') ? atMs : undefined;
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** A limit in bytes a second: `500kB/s`, `2MiB/s`, `1.5MB/s`; `0` or `none` for no limit. `what` names the setting. */
export function parseRate(text: string, what: string): number {
  if (text === '0' || text === 'none') return 0;
  const [, digits, prefix] = /^(\d{1,9}(?:\.\d{1,6})?)\s*((?:[kmg]i?)?)b(?:\/s)?$/i.exec(text) ?? [];
  const bytesPerSecond = Math.round(Number(digits) * (BYTES[prefix?.toLowerCase() ?? '?'] ?? Number.NaN));
  if (Number.isSafeInteger(bytesPerSecond) && bytesPerSecond > 0) return bytesPerSecond;
  throw badRate(text, what);
}

function badRate(text: string, what: string): SyncError {
  return usageError(
    `${quote(text)} is not a rate for ${what}.`,
    'Write a number with kB/s, MB/s, KiB/s or MiB/s, for example 2MiB/s; 0 for no limit.',
  );
}

/** A whole number from 1 to 100,000, for `--limit`. */
export function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 100_000) return limit;
  throw usageError(`--limit ${quote(text)} is not a number from 1 to 100000.`, 'For example: --limit 50');
}

/** A setting that is on or off. `what` names it. */
export function parseSwitch(text: string, what: string): boolean {
  if (['on', 'yes', 'true'].includes(text)) return true;
  if (['off', 'no', 'false'].includes(text)) return false;
  throw usageError(`${quote(text)} is neither "on" nor "off" for ${what}.`, `For example: ${what} on`);
}

/** A port to listen on. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw usageError(`${JSON.stringify(text)} is not a port.`, 'Ports are numbers from 1 to 65535.');
}
