import type { FileSystem } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';

/**
 * A path as the disk spells the part of it that is there. Ours are NFC; a disk may hold a name in another Unicode form, and
 * what is written beside it under ours would be a second directory of what looks like the same name.
 */
export async function spellOnDisk(fs: FileSystem, root: string, path: string): Promise<string> {
  let spelled = '';
  for (const name of path.split('/')) spelled = join(spelled, await nameIn(fs, root, spelled, name));
  return spelled;
}

/** The same for the directories above a path. The name itself stays: a scan has found nothing under it. */
export async function spellDirectories(fs: FileSystem, root: string, path: string): Promise<string> {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return path;
  return join(await spellOnDisk(fs, root, path.slice(0, slash)), path.slice(slash + 1));
}

async function nameIn(fs: FileSystem, root: string, directory: string, name: string): Promise<string> {
  if (name === name.normalize('NFD') || (await fs.stat(root, join(directory, name))) !== undefined) return name;
  try {
    const entries = await fs.readDirectory(root, directory);
    return entries.find((entry) => entry.name.normalize('NFC') === name)?.name ?? name;
  } catch (error) {
    if (!hasCode(error, 'file-vanished')) throw error;
    return name;
  }
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
