import type { Environment, FileSystem } from '../core/environment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import { TEMPORARY_DIRECTORY } from '../transfer/index.ts';

/** The file in each root that says which folder it is. */
export const MARKER_PATH = `${PRIVATE_DIRECTORY}/folder-id`;

/** A marker is a line of text; anything longer is not ours. */
const MAX_MARKER_BYTES = 256;

/** Writes a root's marker. */
export async function writeMarker(fs: FileSystem, root: string, folderId: string): Promise<void> {
  await fs.writeText(root, MARKER_PATH, `${folderId}\n`);
}

/** The id in a root's marker, or undefined where there is none. */
export async function readMarker(fs: FileSystem, root: string): Promise<string | undefined> {
  return (await fs.readText(root, MARKER_PATH, MAX_MARKER_BYTES))?.trim();
}

/** What proving a root found. */
export interface ProvenRoot {
  /** The file system that the root is on now; another than before may just be a reboot, see `core/brake`. */
  readonly deviceId: string;
}

/**
 * Proves that the root is the directory that was added (safety rule 1): it is there, with the folder's marker in it. An
 * unmounted disk or a replaced directory fails here, and nothing is taken for deleted.
 *
 * @throws SyncError root-missing or root-replaced.
 */
export async function proveLocalRoot(fs: FileSystem, folder: FolderRow): Promise<ProvenRoot> {
  const root = folder.localRoot;
  const stat = await fs.stat(root, '');
  if (stat?.kind !== 'directory') {
    throw new SyncError({
      code: 'root-missing',
      message: `${root} is not there.`,
      advice: 'Connect its disk or bring the folder back; until then nothing is changed in the bucket.',
      retryable: true,
    });
  }
  const marker = await readMarker(fs, root);
  if (marker === folder.id) return { deviceId: stat.deviceId };
  throw new SyncError({
    code: 'root-replaced',
    message: `${root} is not the folder that was added: its marker ${MARKER_PATH} is ${marker === undefined ? 'missing' : 'another one'}.`,
    advice:
      'If its disk is not mounted, mount it. If the folder was really replaced, remove it here and add it again: equal files are recognised and not sent again.',
  });
}

/**
 * Whether the root's disk keeps for each file whether it may be executed: FAT, exFAT and NTFS are mostly mounted so that all may.
 * The marker was made as one that may not. Where it may, a person changed that with all that is in the folder (`chmod -R`), or the
 * disk says so of every file: a new one tells.
 */
export async function keepsExecutable(
  { fs, random, log }: Pick<Environment, 'fs' | 'random' | 'log'>,
  root: string,
): Promise<boolean> {
  if ((await fs.stat(root, MARKER_PATH))?.executable !== true) return true;
  const path = `${TEMPORARY_DIRECTORY}/${random.id(16)}`;
  try {
    const made = await fs.writeFile(root, path, new Uint8Array(), { mtimeNs: undefined, executable: false });
    await fs.removeFile(root, path);
    return made.executable === false;
  } catch (error) {
    // A full disk, say, or one for reading alone: its files are sent all the same, and nothing is said of it.
    log.warn('What a disk keeps of permissions could not be found out', { root, error: asSyncError(error).message });
    return false;
  }
}

/**
 * Proves a root over and over while a plan is carried out: a disk may go away at any moment, and what is then put below the
 * empty mount point must not be taken for being on the disk. All who ask while a proof is under way share the next one.
 */
export class RootProofs {
  readonly #prove: () => Promise<unknown>;
  #running: Promise<unknown> | undefined;
  #next: Promise<unknown> | undefined;

  constructor(fs: FileSystem, folder: FolderRow) {
    this.#prove = () => proveLocalRoot(fs, folder);
  }

  /** A proof that begins after the call. @throws SyncError root-missing, root-replaced */
  async again(): Promise<void> {
    await (this.#next ??= this.#begin());
  }

  async #begin(): Promise<void> {
    const before = this.#running;
    // How that one came out is told to those who asked for it.
    await before?.catch(() => undefined);
    this.#next = undefined;
    await (this.#running = this.#prove());
  }
}
