import { lstat, realpath, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DirectoryEntry, FileStat, FileSystem, OpenFile } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { diskError, isMissing, type DiskCall } from './disk-errors.ts';
import { nativePath, parentOf } from './disk-path.ts';
import { listNames } from './directory-names.ts';
import { toFileStat } from './file-stat.ts';
import { moveFile } from './move-file.ts';
import { NAME_CALLS, type NameCalls } from './move-steps.ts';
import { hasProc, openRegularFile, proveParents, withDirectory } from './no-links.ts';
import { removeEmptyDirectory, removePrivateFile } from './remove.ts';
import { shareWhileRunning } from './share.ts';
import { openPrivateFile, readFully } from './writable-file.ts';
import { writePrivateFile } from './write-file.ts';
import { writeTextFile } from './write-text.ts';

export interface NodeFileSystemOptions {
  /** For tests: behave as on a system without /proc. */
  readonly useProc?: boolean;
  /** For tests: stand-ins for the system's calls that give and take names. */
  readonly nameCalls?: Partial<NameCalls>;
}

/**
 * The real disk. Node itself takes Windows paths longer than 260 characters (it prefixes them), so nothing is done here
 * for them.
 */
export function createNodeFileSystem(options: NodeFileSystemOptions = {}): FileSystem {
  const nameCalls: NameCalls = { ...NAME_CALLS, ...options.nameCalls };
  const useProc = async () => options.useProc ?? (await hasProc());
  const parentIsProven = shareWhileRunning(async (root: string, parent: string) =>
    proveParents(root, parent, { doing: 'Looking at', path: nativePath(root, parent) }, await useProc()),
  );

  const fs: FileSystem = {
    async resolveRoot(path) {
      const call: DiskCall = { doing: 'Opening', path };
      if (path === '' || path.includes('\0')) {
        throw new SyncError({
          code: 'invalid-argument',
          message: `${JSON.stringify(path)} is not the path of a folder.`,
          advice: 'Choose a folder on this computer.',
        });
      }
      try {
        return await realpath(resolve(path));
      } catch (error) {
        throw diskError(error, call);
      }
    },

    async stat(root, path) {
      const native = nativePath(root, path);
      const parent = parentOf(path);
      if (parent !== '' && !(await parentIsProven(root, parent))) return undefined;
      try {
        return toFileStat(await lstat(native, { bigint: true }));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw diskError(error, { doing: 'Looking at', path: native });
      }
    },

    async readDirectory(root, path): Promise<DirectoryEntry[]> {
      return withDirectory(root, path, 'Listing', await useProc(), (base) => listNames(base));
    },

    async openFile(root, path) {
      const { handle, stat } = await openRegularFile(root, path, await useProc());
      return new NodeOpenFile(handle, toFileStat(stat), nativePath(root, path));
    },

    async readText(root, path, maxBytes) {
      try {
        const file = await fs.openFile(root, path);
        try {
          return await readWhole(file, nativePath(root, path), maxBytes);
        } finally {
          await file.close();
        }
      } catch (error) {
        if (hasCode(error, 'file-vanished')) return undefined;
        throw error;
      }
    },

    async writeText(root, path, text) {
      await writeTextFile(root, path, text, await useProc());
    },

    async openForWriting(root, path) {
      return openPrivateFile(root, path, await useProc());
    },

    async writeFile(root, path, bytes, how) {
      return writePrivateFile({ root, path, bytes, how, useProc: await useProc() });
    },

    async move(root, from, to, expect) {
      return toFileStat(await moveFile(root, from, to, expect, nameCalls, await useProc()));
    },

    async removeFile(root, path) {
      await removePrivateFile(root, path, nameCalls, await useProc());
    },

    async removeEmptyDirectory(root, path) {
      return removeEmptyDirectory(root, path, await useProc());
    },
  };
  return fs;
}

class NodeOpenFile implements OpenFile {
  readonly opened: FileStat;
  readonly #handle: FileHandle;
  readonly #call: DiskCall;

  constructor(handle: FileHandle, opened: FileStat, native: string) {
    this.#handle = handle;
    this.opened = opened;
    this.#call = { doing: 'Reading', path: native };
  }

  async stat(): Promise<FileStat> {
    try {
      return toFileStat(await this.#handle.stat({ bigint: true }));
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    try {
      return await readFully(this.#handle, buffer, position);
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readWhole(file: OpenFile, native: string, maxBytes: number): Promise<string> {
  const buffer = new Uint8Array(maxBytes + 1);
  const sizeBytes = await file.read(buffer, 0);
  if (sizeBytes > maxBytes) {
    throw new SyncError({
      code: 'too-large',
      message: `${native} is larger than the ${maxBytes} bytes that it may have.`,
      advice: 'Make the file smaller.',
    });
  }
  return new TextDecoder().decode(buffer.subarray(0, sizeBytes));
}
