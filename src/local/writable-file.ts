import type { FileHandle } from 'node:fs/promises';
import type { FileStat, WritableFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { diskError, fileChanged, systemCode, type DiskCall } from './disk-errors.ts';
import { nativePath, parentOf } from './disk-path.ts';
import { toFileStat } from './file-stat.ts';
import { settableTime } from './file-times.ts';
import { makeDirectories } from './make-directories.ts';
import { openToWrite, type OpenedFile } from './no-links.ts';
import { refuseOutsidePrivate } from './private-paths.ts';

/** As any program makes files, since a move gives this one its place among the person's own; the umask takes from it. */
const NEW_FILE_MODE = 0o666;
const ANYONE_READS = 0o444;
const ANYONE_EXECUTES = 0o111;

/** What file systems say that keep no such times or bits. The stat that `finish` returns tells what they kept. */
const NOT_KEPT = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * Opens a file below the private directory for writing, creating it and the directories above it. What it holds stays,
 * unless the file has a name in the tree too (see {@link openToWrite}): then it starts empty.
 *
 * @throws SyncError invalid-argument (outside the private directory), link-in-path, not-a-file, name-taken (a file stands
 * where a directory is needed), disk-full, file-unreadable, disk-error
 */
export async function openPrivateFile(root: string, path: string, useProc: boolean): Promise<WritableFile> {
  refuseOutsidePrivate(path);
  const call: DiskCall = { doing: 'Writing', path: nativePath(root, path) };
  const open = () => openToWrite(root, path, NEW_FILE_MODE, useProc);
  try {
    return new NodeWritableFile(await open(), call);
  } catch (error) {
    if (!hasCode(error, 'file-vanished')) throw error;
  }
  await makeDirectories(root, parentOf(path), call.doing, useProc);
  return new NodeWritableFile(await open(), call);
}

class NodeWritableFile implements WritableFile {
  readonly #handle: FileHandle;
  readonly #call: DiskCall;
  #sizeBytes: number;

  constructor({ handle, stat }: OpenedFile, call: DiskCall) {
    this.#handle = handle;
    this.#sizeBytes = Number(stat.size);
    this.#call = call;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        const step = await this.#handle.write(bytes, written, bytes.length - written, position + written);
        written += step.bytesWritten;
        this.#sizeBytes = Math.max(this.#sizeBytes, position + written);
      }
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    try {
      return await readFully(this.#handle, buffer, position);
    } catch (error) {
      throw diskError(error, { ...this.#call, doing: 'Reading' });
    }
  }

  async finish(options: {
    readonly sizeBytes: number;
    readonly mtimeNs: bigint | undefined;
    readonly executable: boolean;
  }): Promise<FileStat> {
    try {
      const before = await this.#handle.stat();
      // Making it longer would fill it with zeros that nobody sent.
      if (before.size < options.sizeBytes) throw fileChanged(this.#call);
      if (before.size > options.sizeBytes) await this.#handle.truncate(options.sizeBytes);
      this.#sizeBytes = options.sizeBytes;
      await this.#setExecutable(before.mode, options.executable);
      // After the last change of the content, which would move it.
      if (options.mtimeNs !== undefined) await this.#setModified(before.atimeMs, options.mtimeNs);
      await this.#handle.sync();
      return toFileStat(await this.#handle.stat({ bigint: true }));
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #setExecutable(mode: number, executable: boolean): Promise<void> {
    const wanted = executable ? mode | ((mode & ANYONE_READS) >> 2) : mode & ~ANYONE_EXECUTES;
    // Windows knows no such bits.
    if (wanted === mode || process.platform === 'win32') return;
    await asFarAsKept(() => this.#handle.chmod(wanted & 0o7777));
  }

  async #setModified(accessedMs: number, mtimeNs: bigint): Promise<void> {
    await asFarAsKept(() => this.#handle.utimes(accessedMs / 1000, settableTime(mtimeNs).seconds));
  }
}

/** Fills `buffer` from `position`; returns the bytes read, fewer only at the end of the file. */
export async function readFully(handle: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function asFarAsKept(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!NOT_KEPT.has(systemCode(error) ?? '')) throw error;
  }
}
