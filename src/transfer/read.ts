import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import type { FileSystem, OpenFile, WholeFile } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { IN_MEMORY_BYTES } from '../core/parts.ts';

/**
 * Opens a file that is still as planned. The caller closes it. A small one is read at once, and looked at once more right
 * after: what it is asked for is answered from memory, with what it was then.
 *
 * @throws SyncError file-changed when it moved under us (also when it is gone, or no plain file any more).
 */
export async function openAsPlanned(
  fs: Pick<FileSystem, 'openFile' | 'readFile'>,
  root: string,
  path: string,
  planned: Fingerprint,
): Promise<OpenFile> {
  let file: OpenFile;
  try {
    file =
      planned.sizeBytes <= IN_MEMORY_BYTES
        ? inMemory(await fs.readFile(root, path, IN_MEMORY_BYTES))
        : await fs.openFile(root, path);
  } catch (error) {
    if (hasCode(error, 'file-vanished', 'not-a-file', 'link-in-path', 'too-large')) throw movedUnderUs(path, error);
    throw error;
  }
  if (sameFingerprint(file.opened, planned)) return file;
  await file.close();
  throw movedUnderUs(path);
}

function inMemory({ opened, bytes, after }: WholeFile): OpenFile {
  return {
    opened,
    stat: async () => after,
    read: async (buffer, position) => copyFrom(bytes, buffer, position),
    close: async () => {},
  };
}

/** What reading a file does, of one that is in memory: returns the bytes copied, fewer than asked for only at its end. */
export function copyFrom(bytes: Uint8Array, buffer: Uint8Array, position: number): number {
  const found = bytes.subarray(position, position + buffer.length);
  buffer.set(found);
  return found.length;
}

/** @throws SyncError file-changed when the open file is not as planned any more. */
export async function checkUnchanged(file: OpenFile, path: string, planned: Fingerprint): Promise<void> {
  if (!sameFingerprint(await file.stat(), planned)) throw movedUnderUs(path);
}

/**
 * Fills `buffer` from `position`, and proves afterwards that the file was not written meanwhile.
 *
 * @throws SyncError file-changed
 */
export async function readUnchanged(
  file: OpenFile,
  path: string,
  planned: Fingerprint,
  buffer: Uint8Array,
  position: number,
): Promise<void> {
  const bytesRead = await file.read(buffer, position);
  await checkUnchanged(file, path, planned);
  if (bytesRead !== buffer.length) throw movedUnderUs(path);
}

/** The error of a file that was written, replaced or removed between plan and effect: not a failure, it is planned again. */
export function movedUnderUs(path: string, cause?: unknown): SyncError {
  return new SyncError({
    code: 'file-changed',
    message: `${path} changed while it was being read.`,
    advice: 'It is taken up again as soon as it has been quiet for a second.',
    retryable: true,
    cause,
  });
}
