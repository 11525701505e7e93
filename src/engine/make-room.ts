import type { FileSystem } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';

/**
 * Sees to it that a new file can get its name. A bucket has no directories, so that one which holds nothing is in nobody's
 * way and goes.
 *
 * @returns whether nothing is at the path now.
 * @throws SyncError name-clash where the disk takes the name for another one that is there.
 */
export async function makeRoom(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
  if ((await fs.stat(root, diskPath)) === undefined) return true;
  const there = (await findTwin(fs, root, diskPath, new Set())) ?? diskPath;
  if (await removeIfEmpty(fs, root, there)) return true;
  if (there !== diskPath) throw nameClash(diskPath, there);
  return false;
}

/** Whether a disk takes names that differ in case alone for one. Our own directory is on it under one of them. */
export async function ignoresCase(fs: FileSystem, root: string): Promise<boolean> {
  const [own, other] = [await fs.stat(root, PRIVATE_DIRECTORY), await fs.stat(root, PRIVATE_DIRECTORY.toUpperCase())];
  return own !== undefined && own.fileId === other?.fileId;
}

/**
 * Proves that the directories above a path have, where they are there, the names that they have in the bucket: what is put
 * into one that differs in case would be found under another path than it came from.
 *
 * @param known takes up what was proved, so that no directory is read twice for it.
 * @throws SyncError name-clash
 */
export async function proveDirectories(
  fs: FileSystem,
  root: string,
  diskPath: string,
  known: Set<string>,
): Promise<void> {
  const slash = diskPath.lastIndexOf('/');
  if (slash < 0) return;
  const twin = await findTwin(fs, root, diskPath.slice(0, slash), known);
  if (twin !== undefined && !(await removeIfEmpty(fs, root, twin))) throw nameClash(diskPath, twin);
}

/** The path as the disk spells it up to where it spells it otherwise; undefined when it spells what is there of it like this. */
async function findTwin(
  fs: FileSystem,
  root: string,
  diskPath: string,
  known: Set<string>,
): Promise<string | undefined> {
  let directory = '';
  for (const name of diskPath.split('/')) {
    const path = directory === '' ? name : `${directory}/${name}`;
    if (!known.has(path)) {
      if ((await fs.stat(root, path)) === undefined) return undefined;
      const names = (await fs.readDirectory(root, directory)).map((entry) => entry.name);
      if (!names.includes(name)) {
        const other = names.find((one) => plain(one) === plain(name)) ?? name;
        return directory === '' ? other : `${directory}/${other}`;
      }
      known.add(path);
    }
    directory = path;
  }
  return undefined;
}

function plain(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

/** Removes a directory in which there is nothing but empty directories. @returns whether it is gone. */
async function removeIfEmpty(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
  return (await holdsNothing(fs, root, diskPath)) && removeEmpty(fs, root, diskPath);
}

async function holdsNothing(fs: FileSystem, root: string, diskPath: string): Promise<boolean> {
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

function nameClash(diskPath: string, twin: string): SyncError {
  return new SyncError({
    code: 'name-clash',
    message: `${diskPath} can not be downloaded: this disk takes names that differ in case for one, and has ${twin} already.`,
    advice: 'Rename one of the two, so that their names differ by more than case. Nothing was changed.',
  });
}
