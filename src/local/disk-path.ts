import { sep } from 'node:path';
import { SyncError } from '../core/errors.ts';

/** Names that Windows takes for devices, whatever their extension. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * The absolute native path of `path` below `root`.
 *
 * @param path below the root with `/` between segments, or `''` for the root itself.
 * @throws SyncError invalid-argument for a path that could lead out of the root or that the system would read as another
 * one: absolute, with `..`, `.` or empty segments, with NUL; on Windows also with `\`, `:`, device names, and names that
 * end in a dot or a space. Thrown before the disk is touched.
 */
export function nativePath(root: string, path: string, platform: NodeJS.Platform = process.platform): string {
  if (path === '') return root;
  const segments = path.split('/');
  for (const segment of segments) {
    if (isRefused(segment, platform)) throw refusedPath(path);
  }
  return joinBelow(root, platform === 'win32' ? segments.join('\\') : path);
}

/** `root` and a native path below it with one separator between them, also where the root is `/` or `C:\`. */
export function joinBelow(root: string, below: string): string {
  return root.endsWith(sep) ? root + below : root + sep + below;
}

/** The path of the directory that holds `path`: `''` for what is directly below the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last segment of `path`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isRefused(segment: string, platform: NodeJS.Platform): boolean {
  if (segment === '' || segment === '.' || segment === '..' || segment.includes('\0')) return true;
  if (platform !== 'win32') return false;
  return /[\\:]/.test(segment) || /[. ]$/.test(segment) || WINDOWS_DEVICE.test(segment);
}

function refusedPath(path: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `The path ${JSON.stringify(path)} is refused: it could lead out of the synced folder.`,
    advice: 'Rename the file or object. Nothing was read or written.',
  });
}
