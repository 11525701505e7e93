import { sep } from 'node:path';
import { SyncError } from '../core/errors.ts';

/** Names that Windows takes for devices, whatever their extension. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** The short names that Windows gives our private directory by itself: `RUSTFS~1`, and `RU1F9C~1` where there are many like that. */
const SHORT_PRIVATE_NAME = /^(?:rustfs~\d|rustf~\d\d|ru[\da-f]{4}~\d)$/i;

/**
 * The absolute native path of `path` below `root`.
 *
 * @param path below the root with `/` between segments, or `''` for the root itself.
 * @throws SyncError, before the disk is touched: invalid-argument for a path that could lead out of the root: absolute, with
 * `..`, `.` or empty segments, with NUL; on Windows unsafe-name for what that system would read as another path: with `\`,
 * `:`, device names, short names of the private directory, and names that end in a dot or a space; and for what it can not
 * hold, of which it says that it is not there.
 */
export function nativePath(root: string, path: string, platform: NodeJS.Platform = process.platform): string {
  if (path === '') return root;
  const segments = path.split('/');
  if (segments.some(leadsAway)) throw refusedPath(path);
  if (platform === 'win32' && segments.some(isOtherOnWindows)) throw otherOnWindows(path);
  return joinBelow(root, platform === 'win32' ? segments.join('\\') : path);
}

/** `root` and a native path below it with one separator between them, also where the root is `/` or `C:\`. */
export function joinBelow(root: string, below: string): string {
  return root.endsWith(sep) ? root + below : root + sep + below;
}

function leadsAway(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..' || segment.includes('\0');
}

/** Whether Windows, and the disks that are made for it, can not hold a name, or read it as another one. */
export function isOtherOnWindows(segment: string): boolean {
  return (
    /[\\:<>"|?*]/.test(segment) ||
    /[. ]$/.test(segment) ||
    WINDOWS_DEVICE.test(segment) ||
    SHORT_PRIVATE_NAME.test(segment)
  );
}

function refusedPath(path: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `The path ${JSON.stringify(path)} is refused: it could lead out of the synced folder.`,
    advice: 'Rename the file or object. Nothing was read or written.',
  });
}

function otherOnWindows(path: string): SyncError {
  return new SyncError({
    code: 'unsafe-name',
    message: `${JSON.stringify(path)} has a name that Windows can not hold, or reads as something else.`,
    advice: 'Rename it on a computer with another system, or in the bucket. Nothing was read or written.',
  });
}
