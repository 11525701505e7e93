import type { DirectoryListing } from '../api/index.ts';
import type { FileSystem } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { checkSegment } from '../core/paths.ts';

/** What picking a folder on the engine's computer needs beside the disk port. */
export interface DiskPlaces {
  readonly homeDirectory: string;
  /** @throws when it can not be made. */
  makeDirectory(path: string): Promise<unknown>;
}

/**
 * The folders of this computer, one level at a time, for a window that has no file dialog of the system.
 *
 * @param wanted may begin with `~`, as people type it; undefined is the home directory.
 * @throws SyncError root-missing when it is no folder; what the disk says of one that can not be read.
 */
export async function listDirectories(
  fs: FileSystem,
  { homeDirectory }: DiskPlaces,
  wanted: string | undefined,
): Promise<DirectoryListing> {
  const path = await openDirectory(fs, inHome(homeDirectory, wanted ?? ''));
  const entries = await fs.readDirectory(path, '');
  const directories = entries
    .filter(({ name, kind }) => kind === 'directory' && !name.startsWith('.'))
    .map(({ name }) => ({ name, path: joinPath(path, name) }))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const parent = parentOfPath(path);
  return { path, home: homeDirectory, directories, ...(parent !== undefined && { parent }) };
}

function inHome(homeDirectory: string, wanted: string): string {
  if (wanted === '' || wanted === '~') return homeDirectory;
  return /^~[/\\]/.test(wanted) ? homeDirectory + wanted.slice(1) : wanted;
}

/** @returns its whole path, as the disk has it. */
async function openDirectory(fs: FileSystem, path: string): Promise<string> {
  const missing = (cause?: unknown) =>
    new SyncError({
      code: 'root-missing',
      message: `${path} is no folder on this computer.`,
      advice: 'Choose a folder that is there, or make a new one.',
      cause,
    });
  const resolved = await fs.resolveRoot(path).catch((error: unknown) => {
    throw hasCode(error, 'file-vanished') ? missing(error) : error;
  });
  if ((await fs.stat(resolved, ''))?.kind !== 'directory') throw missing();
  return resolved;
}

/** @returns the path of the new folder. @throws SyncError invalid-argument */
export async function makeDirectory(places: DiskPlaces, parent: string, name: string): Promise<string> {
  if (checkSegment(name) !== undefined || /[/\\]/.test(name)) {
    throw new SyncError({
      code: 'invalid-argument',
      message: `${JSON.stringify(name)} can not be the name of a folder.`,
      advice: 'Choose a name without slashes.',
    });
  }
  const path = joinPath(parent, name);
  try {
    await places.makeDirectory(path);
  } catch (cause) {
    throw new SyncError({
      code: 'disk-error',
      message: `The folder ${path} could not be made.`,
      advice: 'Choose another name or place; you need permission to write there.',
      detail: String(cause),
      cause,
    });
  }
  return path;
}

function separatorOf(path: string): '\\' | '/' {
  return /^([A-Za-z]:)?\\/.test(path) ? '\\' : '/';
}

function joinPath(directory: string, name: string): string {
  const separator = separatorOf(directory);
  return directory.endsWith(separator) ? directory + name : directory + separator + name;
}

function parentOfPath(path: string): string | undefined {
  const separator = separatorOf(path);
  const trimmed = path.endsWith(separator) ? path.slice(0, -1) : path;
  const at = trimmed.lastIndexOf(separator);
  if (at < 0) return undefined;
  // The root of a disk keeps its separator.
  return at === 0 || trimmed[at - 1] === ':' ? trimmed.slice(0, at + 1) : trimmed.slice(0, at);
}
