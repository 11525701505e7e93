import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { DirectoryEntry } from '../core/environment.ts';

const REPLACEMENT = '\uFFFD';

/**
 * The entries of a directory. A name that is not UTF-8 on disk comes with each offending byte as a lone surrogate
 * (U+DC80 to U+DCFF, as Python does it): different names stay different, and `checkSegment` refuses them.
 */
export async function listNames(native: string): Promise<DirectoryEntry[]> {
  const entries = await readdir(native, { withFileTypes: true });
  // The replacement character may be in the name itself or stand for a bad byte: only the bytes can tell.
  if (entries.some((entry) => entry.name.includes(REPLACEMENT))) {
    const raw = await readdir(native, { withFileTypes: true, encoding: 'buffer' });
    return raw.map((entry) => ({ name: decodeName(entry.name), kind: kindOfDirent(entry) }));
  }
  return entries.map((entry) => ({ name: entry.name, kind: kindOfDirent(entry) }));
}

/** Bytes of a name as text, in which every byte that is not part of valid UTF-8 becomes a lone surrogate. */
export function decodeName(bytes: Uint8Array): string {
  const text = decodeStrictly(bytes);
  if (text !== undefined) return text;
  let escaped = '';
  for (let at = 0; at < bytes.length;) {
    const length = validLength(bytes, at);
    escaped +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
        : (decodeStrictly(bytes.subarray(at, at + length)) ?? '');
    at += Math.max(1, length);
  }
  return escaped;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. */
function validLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (decodeStrictly(bytes.subarray(at, at + length)) !== undefined) return length;
  }
  return 0;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function kindOfDirent(entry: Omit<Dirent, 'name'>): DirectoryEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  const isOther = entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice();
  return isOther ? 'other' : 'unknown';
}
