import { lstat, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DirectoryEntry, FileStat, FileSystem, OpenFile } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { parentOf } from '../core/paths.ts';
import { diskThread } from './disk-thread.ts';
import { performTask, type DiskResults, type DiskTask, type DiskTaskKind } from './disk-task.ts';
import { hasProc, pooledDisk, type Disk, type DiskHandle, type NameCalls } from './disk.ts';
import { diskError, isMissing, type DiskCall } from './disk-errors.ts';
import { nativePath } from './disk-path.ts';
import { listNames } from './directory-names.ts';
import { toFileStat } from './file-stat.ts';
import { isMountPoint } from './mount-points.ts';
import { openRegularFile, proveParents, withDirectory } from './no-links.ts';
import { removeEmptyDirectory, removePrivateFile } from './remove.ts';
import { shareWhileRunning } from './share.ts';
import { openPrivateFile } from './writable-file.ts';
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
  const { useProc = hasProc(), nameCalls } = options;
  const disk: Disk = { ...pooledDisk(useProc), ...nameCalls };
  const isPlain = useProc === hasProc() && nameCalls === undefined;
  const perform = <K extends DiskTaskKind>(task: DiskTask<K>): Promise<DiskResults[K]> =>
    isPlain ? diskThread.perform(task) : performTask(disk, task);
  const parentIsProven = shareWhileRunning(nativePath, (root: string, parent: string) =>
    proveParents(disk, root, parent, { doing: 'Looking at', path: nativePath(root, parent) }),
  );

  return {
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
        const stat = toFileStat(await lstat(native, { bigint: true }));
        return path !== '' && isMountPoint(native) ? { ...stat, isMountPoint: true } : stat;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw diskError(error, { doing: 'Looking at', path: native });
      }
    },

    async readDirectory(root, path): Promise<DirectoryEntry[]> {
      return withDirectory(disk, root, path, 'Listing', (base) => listNames(base));
    },

    async openFile(root, path) {
      const { handle, stat } = await openRegularFile(disk, root, path);
      return new NodeOpenFile(handle, toFileStat(stat), nativePath(root, path));
    },

    async flushFile(root, path) {
      // There a reader may not.
      if (process.platform === 'win32') return;
      const { handle } = await openRegularFile(disk, root, path);
      try {
        await handle.sync();
      } catch {
        // Of a disk that can not, or fails, the content that can still be read is the more worth keeping.
      } finally {
        await handle.close();
      }
    },

    async readFile(root, path, maxBytes) {
      return perform({ kind: 'read', root, path, maxBytes });
    },

    async readText(root, path, maxBytes) {
      try {
        const { bytes } = await perform({ kind: 'read', root, path, maxBytes });
        return new TextDecoder().decode(bytes);
      } catch (error) {
        if (hasCode(error, 'file-vanished')) return undefined;
        throw error;
      }
    },

    async writeText(root, path, text) {
      await writeTextFile(disk, root, path, text);
    },

    async openForWriting(root, path) {
      return openPrivateFile(disk, root, path);
    },

    async writeFile(root, path, bytes, how) {
      return perform({ kind: 'write', root, path, bytes, how });
    },

    async move(root, from, to, expect) {
      return perform({ kind: 'move', root, from, to, expect });
    },

    async removeFile(root, path) {
      await removePrivateFile(disk, root, path);
    },

    async removeEmptyDirectory(root, path) {
      return removeEmptyDirectory(disk, root, path);
    },
  };
}

class NodeOpenFile implements OpenFile {
  readonly opened: FileStat;
  readonly #handle: DiskHandle;
  readonly #call: DiskCall;

  constructor(handle: DiskHandle, opened: FileStat, native: string) {
    this.#handle = handle;
    this.opened = opened;
    this.#call = { doing: 'Reading', path: native };
  }

  async stat(): Promise<FileStat> {
    try {
      return toFileStat(await this.#handle.stat());
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    try {
      return await this.#handle.read(buffer, position);
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
