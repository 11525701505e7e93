import type { FileSystem, WholeFile } from '../../src/core/environment.ts';
import { SyncError } from '../../src/core/errors.ts';

/** `FileSystem.readFile` in the steps that the disk takes, so that what stands in for one of them comes in between. */
export async function readInSteps(
  fs: Pick<FileSystem, 'openFile'>,
  root: string,
  path: string,
  maxBytes: number,
): Promise<WholeFile> {
  const file = await fs.openFile(root, path);
  try {
    const { opened } = file;
    if (opened.sizeBytes > maxBytes) {
      throw new SyncError({ code: 'too-large', message: `${path} is too large.`, advice: 'Make it smaller.' });
    }
    const bytes = new Uint8Array(opened.sizeBytes);
    const bytesRead = await file.read(bytes, 0);
    return { opened, bytes: bytes.subarray(0, bytesRead), after: await file.stat() };
  } finally {
    await file.close();
  }
}
