import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { nameOf, PRIVATE_DIRECTORY } from '../core/paths.ts';
import { sampleIn, type SampleFile, type SampleLanguage } from './sample.ts';

const PRIVATE_TRASH = `${PRIVATE_DIRECTORY}/trash/`;

/** What desktops put into a folder that somebody looked into. */
const DESKTOP_LITTER = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** @returns a path below `directory` at which there is nothing yet, for the sample folder. */
export async function freeSamplePath(directory: string, language: SampleLanguage): Promise<string> {
  const { folder } = sampleIn(language);
  const parent = await realpath(directory);
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? folder : `${folder} ${number}`);
    if (!(await isThere(path))) return path;
  }
}

/** Makes the sample folder. @throws what the system says where that can not be done. */
export async function makeSampleFolder(path: string, language: SampleLanguage): Promise<void> {
  // Not with its parents: something that came into being there meanwhile is not ours.
  await mkdir(path);
  for (const file of sampleIn(language).local) {
    const target = join(path, ...file.path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.bytes, { flag: 'wx' });
  }
}

/**
 * Removes a sample folder in which nothing was added or changed. Each file is looked at before it is removed, and what
 * else is there stays.
 *
 * @returns whether it is gone.
 */
export async function removeSampleFolder(path: string): Promise<boolean> {
  if (!(await isThere(path))) return true;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const { ours, directories } = sorted(path, entries);
  if (ours === undefined || !(await areUnchanged(path, ours))) return false;
  for (const one of ours) await unlink(join(path, one));
  await rm(join(path, PRIVATE_DIRECTORY), { recursive: true, force: true });
  // The deepest first. One that is not empty after all fails, and so is kept with all above it.
  const deepest = directories.sort((a, b) => b.length - a.length);
  for (const directory of [...deepest.map((one) => join(path, one)), path]) {
    if (!(await isRemoved(directory))) return false;
  }
  return true;
}

/** The files that may be ours, by their paths with slashes; undefined where one can not be. */
function sorted(
  root: string,
  entries: readonly Dirent[],
): { readonly ours: string[] | undefined; readonly directories: string[] } {
  const ours: string[] = [];
  const directories: string[] = [];
  for (const entry of entries) {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    const isPrivate = path === PRIVATE_DIRECTORY || path.startsWith(`${PRIVATE_DIRECTORY}/`);
    if (entry.isDirectory()) {
      if (!isPrivate) directories.push(path);
      continue;
    }
    // In the trash lies what somebody had, and may want back.
    if (!entry.isFile() || path.startsWith(PRIVATE_TRASH)) return { ours: undefined, directories };
    if (!isPrivate) ours.push(path);
  }
  return { ours, directories };
}

async function areUnchanged(root: string, paths: readonly string[]): Promise<boolean> {
  const known = new Map<string, SampleFile>();
  for (const language of ['en', 'zh-CN'] as const) {
    const { local, remote } = sampleIn(language);
    for (const file of [...local, ...remote]) known.set(file.path, file);
  }
  for (const path of paths) {
    if (DESKTOP_LITTER.has(nameOf(path))) continue;
    const expected = known.get(path);
    if (expected === undefined) return false;
    const found = join(root, path);
    // A large file that somebody put in its place is not read.
    if ((await stat(found)).size !== expected.bytes.length) return false;
    if (Buffer.compare(await readFile(found), expected.bytes) !== 0) return false;
  }
  return true;
}

async function isRemoved(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
