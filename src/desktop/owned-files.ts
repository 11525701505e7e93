import { chmod, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SyncError } from '../core/errors.ts';
import type { Integration, IntegrationState } from './integration.ts';

/** In every file that is made here, so that it is known again. */
export const MARKER = 'Made by RustFS Sync';

export interface OwnedFile {
  readonly path: string;
  /** Holds {@link MARKER}. */
  readonly text: string;
  readonly executable?: boolean;
}

/** Files of ours in places that belong to others as well. */
export class OwnedFiles implements Integration {
  readonly #files: readonly OwnedFile[];
  readonly #former: readonly string[];
  readonly #directories: readonly string[];

  /**
   * @param former other places where a file of this purpose may be, which is then out of date.
   * @param directories removed with the files when nothing else is in them, the innermost first.
   */
  constructor(files: readonly OwnedFile[], former: readonly string[] = [], directories: readonly string[] = []) {
    this.#files = files;
    this.#former = former;
    this.#directories = directories;
  }

  get places(): readonly string[] {
    return this.#files.map(({ path }) => path);
  }

  async state(): Promise<IntegrationState> {
    const former = await Promise.all(this.#former.map(isOurs));
    const found = await Promise.all(this.#files.map(({ path }) => readIfThere(path)));
    const ours = found.filter((text) => text?.includes(MARKER) === true);
    if (ours.length === 0) return former.includes(true) ? 'stale' : 'absent';
    const isCurrent = this.#files.every(({ text }, index) => found[index] === text) && !former.includes(true);
    return isCurrent ? 'installed' : 'stale';
  }

  async install(): Promise<void> {
    for (const { path } of this.#files) await refuseForeign(path);
    for (const file of this.#files) await writeWhole(file.path, file.text, file.executable === true ? 0o755 : 0o644);
    for (const path of this.#former) await removeIfOurs(path);
  }

  async remove(): Promise<void> {
    for (const path of [...this.places, ...this.#former]) await removeIfOurs(path);
    for (const directory of this.#directories) await rmdir(directory).catch(keptByOthers);
  }
}

/** Writes a file so that nobody ever reads half of it, not even after a power cut. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const half = `${path}.rustfs-sync-new`;
  try {
    await writeFile(half, text, { mode, flush: true });
    await chmod(half, mode);
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function isOurs(path: string): Promise<boolean> {
  return (await readIfThere(path))?.includes(MARKER) === true;
}

async function removeIfOurs(path: string): Promise<void> {
  if (await isOurs(path)) await rm(path, { force: true });
}

async function refuseForeign(path: string): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined || text.includes(MARKER)) return;
  throw new SyncError({
    code: 'name-taken',
    message: `${path} is there already, and RustFS Sync did not make it.`,
    advice: 'Look at it, move it away if it is not needed, and try again.',
  });
}

function keptByOthers(error: unknown): void {
  const code = codeOf(error);
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && !isAbsent(error)) throw error;
}

function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
