import { SyncError } from '../core/errors.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';

/** Which part of a root a path lies in, and what may be written where. Pure: decided before the disk is touched. */

/** The file that proves which folder a root belongs to. */
const MARKER_NAME = 'folder-id';

/** Whether a path lies below the private directory. The directory itself does not. */
export function isPrivate(path: string): boolean {
  return path.startsWith(`${PRIVATE_DIRECTORY}/`) && path.length > PRIVATE_DIRECTORY.length + 1;
}

/** @throws SyncError invalid-argument when `path` is not below the private directory. */
export function refuseOutsidePrivate(path: string): void {
  if (isPrivate(path)) return;
  throw refused(path, `only what is below ${PRIVATE_DIRECTORY} is written or removed directly`);
}

/** @throws SyncError invalid-argument for the root, the private directory, and another spelling of that one. */
export function refuseKeptDirectory(path: string): void {
  if (path === '') throw refused(path, 'the folder itself is never removed');
  if (!path.includes('/') && looksPrivate(path)) throw refused(path, 'the directory of RustFS Sync is never removed');
}

/**
 * @throws SyncError invalid-argument for a move of or onto the root, the private directory or the marker in it, and into
 * what a disk that ignores case would take for the private directory.
 */
export function refuseKeptNames(from: string, to: string): void {
  for (const path of [from, to]) {
    if (path === '') throw refused(path, 'the folder itself is never moved or replaced');
    if (isKept(path)) throw refused(path, 'this name belongs to RustFS Sync');
  }
}

function isKept(path: string): boolean {
  const [first = '', ...below] = path.split('/');
  if (!looksPrivate(first)) return false;
  if (first !== PRIVATE_DIRECTORY || below.length === 0) return true;
  return below.length === 1 && fold(below[0] ?? '') === MARKER_NAME;
}

function looksPrivate(name: string): boolean {
  return fold(name) === PRIVATE_DIRECTORY;
}

/**
 * Folds whatever any disk may take for the same letter, and more: case (`ſ` is an `s` in capitals), compatibility forms,
 * and the invisible characters that HFS+ ignores.
 */
function fold(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase();
}

function refused(path: string, why: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(path)} is refused: ${why}.`,
    advice: `Give the file another name. Names that start with ${PRIVATE_DIRECTORY} are kept for RustFS Sync.`,
  });
}
