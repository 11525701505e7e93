import type { WholeFile } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import type { Disk } from './disk.ts';
import { diskError, type DiskCall } from './disk-errors.ts';
import { nativePath } from './disk-path.ts';
import { toFileStat } from './file-stat.ts';
import { openRegularFile } from './no-links.ts';

/**
 * Reads a small regular file whole, and looks at it once more after.
 *
 * @throws SyncError too-large when it holds more than `maxBytes`; as `openRegularFile`
 */
export async function readRegularFile(disk: Disk, root: string, path: string, maxBytes: number): Promise<WholeFile> {
  const call: DiskCall = { doing: 'Reading', path: nativePath(root, path) };
  const { handle, stat } = await openRegularFile(disk, root, path);
  try {
    const opened = toFileStat(stat);
    if (opened.sizeBytes > maxBytes) throw tooLarge(call, maxBytes);
    const bytes = new Uint8Array(opened.sizeBytes);
    const bytesRead = await handle.read(bytes, 0);
    return { opened, bytes: bytes.subarray(0, bytesRead), after: toFileStat(await handle.stat()) };
  } catch (error) {
    throw diskError(error, call);
  } finally {
    await handle.close();
  }
}

function tooLarge({ path }: DiskCall, maxBytes: number): SyncError {
  return new SyncError({
    code: 'too-large',
    message: `${path} is larger than the ${maxBytes} bytes that it may have.`,
    advice: 'Make the file smaller.',
  });
}
