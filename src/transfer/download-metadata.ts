import type { HeadResult, ObjectMetadata } from '../core/object-store.ts';
import type { DownloadContext, DownloadJob } from './download.ts';

const NS_PER_SECOND = 1_000_000_000n;

/**
 * The modification time that a file gets, in nanoseconds since 1970: that of the file the object was made from, as rclone
 * and we write it, or as mc does (`cp -a`, `mirror -a`); else the time of the object. Undefined where the server tells none.
 */
export function modifiedNsOf({ metadata, lastModifiedMs }: HeadResult): bigint | undefined {
  const declared = parseMtime(metadata['mtime'] ?? '') ?? mcModifiedNs(metadata['mc-attrs'] ?? '');
  if (declared !== undefined) return declared;
  return lastModifiedMs > 0 ? BigInt(Math.trunc(lastModifiedMs)) * 1_000_000n : undefined;
}

/** Seconds since 1970 with a decimal fraction as nanoseconds, or undefined for anything else. Digits past the ninth are cut. */
export function parseMtime(text: string): bigint | undefined {
  // Eleven digits reach the year 5138; what is more is no time that a disk can hold.
  const match = /^(-?)(\d{1,11})(?:\.(\d{0,30}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, seconds = '0', fraction = ''] = match;
  const ns = BigInt(seconds) * NS_PER_SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return sign === '-' ? -ns : ns;
}

/** From attributes as mc keeps them: `atime:SECONDS#NANOSECONDS/.../mtime:SECONDS#NANOSECONDS/...`. */
function mcModifiedNs(attributes: string): bigint | undefined {
  const [, seconds = '', ns = ''] = /(?:^|\/)mtime:(-?\d{1,11})#(\d{1,9})(?:\/|$)/.exec(attributes) ?? [];
  return seconds === '' ? undefined : parseMtime(`${seconds}.${ns.padStart(9, '0')}`);
}

/**
 * Whether the owner may execute the file that an object was made from, by its `mode`: a Unix mode in octal, with or without the
 * kind of a file. Undefined where it says nothing of that.
 */
export function isExecutable(metadata: ObjectMetadata): boolean | undefined {
  const mode = metadata['mode']?.trim() ?? '';
  if (!/^(?:0?10)?[0-7]{3,4}$/.test(mode)) return undefined;
  return (Number.parseInt(mode, 8) & 0o100) !== 0;
}

/** The same, and where the object says nothing, as the file is that it replaces: from Windows, say, or from `aws s3 cp`. */
export async function shallExecute(
  { environment: { fs } }: Pick<DownloadContext, 'environment'>,
  job: Pick<DownloadJob, 'root' | 'path' | 'diskPath' | 'expectLocal'>,
  metadata: ObjectMetadata,
): Promise<boolean> {
  const declared = isExecutable(metadata);
  if (declared !== undefined || job.expectLocal === undefined) return declared ?? false;
  return (await fs.stat(job.root, job.diskPath ?? job.path))?.executable ?? false;
}

/** The MD5 of the content in hex that `md5chksum` declares (base64, as rclone writes it), or undefined. */
export function declaredMd5(metadata: ObjectMetadata): string | undefined {
  const base64 = metadata['md5chksum']?.trim() ?? '';
  if (!/^[A-Za-z0-9+/]{22}==$/.test(base64)) return undefined;
  return Array.from(atob(base64), (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
