import { MAX_SEGMENT_BYTES, type RelativePath } from './paths.ts';
import { utf8ByteLength } from './text.ts';

/**
 * The name under which the local side of a conflict is kept beside the remote one: `name (conflict DEVICE 2026-01-31
 * 235959).ext`, in UTC, with a number behind it where that is taken. The same file gets the same name however often it is
 * tried, since the time is that of its last change.
 *
 * @param attempt from 1.
 */
export function conflictPath(path: RelativePath, device: string, mtimeNs: bigint, attempt: number): RelativePath {
  return pathBeside(path, `conflict ${deviceName(device)} ${stampOf(mtimeNs)}`, attempt);
}

/** The name for what comes out of the trash while something else has its place: `name (restored 2026-01-31 235959).ext`. */
export function restoredPath(path: RelativePath, trashedMs: number, attempt: number): RelativePath {
  return pathBeside(path, `restored ${stampOf(BigInt(trashedMs) * 1_000_000n)}`, attempt);
}

/** The name for what a person puts beside something of the same name, as file managers make it: `name (2).ext`. */
export function numberedPath<P extends string>(path: P, number: number): P {
  return pathBeside(path, String(number), 1);
}

/** `name (WORDS).ext`, or `name (WORDS 2).ext` for a second attempt. */
function pathBeside<P extends string>(path: P, words: string, attempt: number): P {
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? name.slice(dot) : '';
  const number = attempt > 1 ? ` ${attempt}` : '';
  const suffix = ` (${words}${number})`;
  const room = MAX_SEGMENT_BYTES - utf8ByteLength(suffix) - utf8ByteLength(extension);
  // A name that is nearly all extension keeps neither whole: what counts is that the copy has a name at all.
  return room > 0
    ? ((path.slice(0, slash) + cut(stem, room) + suffix + extension) as P)
    : ((path.slice(0, slash) + cut(name, MAX_SEGMENT_BYTES - utf8ByteLength(suffix)) + suffix) as P);
}

/** A device's name as it may stand in a file's on any system. */
function deviceName(device: string): string {
  const plain = device
    .replace(/[^\p{L}\p{N} ._-]/gu, '')
    .normalize('NFC')
    .trim();
  return plain === '' ? 'this computer' : cut(plain, 40).trim();
}

/** As many whole characters as fit into `bytes`. */
function cut(text: string, bytes: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += utf8ByteLength(character);
    if (used > bytes) break;
    kept += character;
  }
  return kept;
}

function stampOf(mtimeNs: bigint): string {
  const [date = '', time = ''] = new Date(Number(mtimeNs / 1_000_000n)).toISOString().split('T');
  return `${date} ${time.slice(0, 8).replaceAll(':', '')}`;
}
