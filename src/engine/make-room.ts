import type { FileSystem } from '../core/environment.ts';

/**
 * Sees to it that a file can get its name where a directory has it. A bucket has no directories, so that one in which there
 * is nothing but empty directories is in nobody's way and goes.
 *
 * @returns whether nothing is at the path now.
 */
export async function makeRoom(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
  return (await holdsNothing(fs, root, diskPath)) && removeEmpty(fs, root, diskPath);
}

/** Whether a path is a directory in which there is nothing but empty directories. */
export async function holdsNothing(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
  if ((await fs.stat(root, diskPath))?.kind !== 'directory') return false;
  for (const { name } of await fs.readDirectory(root, diskPath)) {
    if (!(await holdsNothing(fs, root, `${diskPath}/${name}`))) return false;
  }
  return true;
}

/** Only ever removes what is empty at that moment. */
async function removeEmpty(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
  for (const { name, kind } of await fs.readDirectory(root, diskPath)) {
    if (kind !== 'file') await removeEmpty(fs, root, `${diskPath}/${name}`);
  }
  return fs.removeEmptyDirectory(root, diskPath);
}
