import { randomFillSync } from 'node:crypto';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;

export interface TreeShape {
  readonly directories: number;
  readonly filesPerDirectory: number;
  readonly fileBytes: number;
}

/** A folder of small files of random content below `parent`; made once. */
export async function smallFiles(parent: string, shape: TreeShape): Promise<string> {
  const { directories, filesPerDirectory, fileBytes } = shape;
  const root = join(parent, `tree-${directories}x${filesPerDirectory}x${fileBytes}`);
  if (await exists(root)) return root;
  const content = new Uint8Array(fileBytes);
  for (let d = 0; d < directories; d++) {
    const directory = join(root, `directory-${padded(d)}`);
    await mkdir(directory, { recursive: true });
    for (let f = 0; f < filesPerDirectory; f++) {
      await writeFile(join(directory, `file-${padded(f)}.bin`), randomFillSync(content));
    }
  }
  return root;
}

/** A folder with one file of random content below `parent`; made once. */
export async function largeFile(parent: string, mebibytes: number): Promise<string> {
  const root = join(parent, `file-${mebibytes}-mib`);
  if (await exists(root)) return root;
  await mkdir(root, { recursive: true });
  const file = await open(join(root, 'large.bin'), 'w');
  const content = new Uint8Array(MIB);
  for (let n = 0; n < mebibytes; n++) await file.write(randomFillSync(content));
  await file.close();
  return root;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function padded(number: number): string {
  return String(number).padStart(4, '0');
}
