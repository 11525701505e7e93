import type { FileHandle } from 'node:fs/promises';
import type { FileStat, Finish, WritableFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { parentOf } from '../core/paths.ts';
import { readFully, writeFully, type Disk } from './disk.ts';
import { diskError, fileChanged, systemCode, type DiskCall } from './disk-errors.ts';
import { nativePath } from './disk-path.ts';
import { toFileStat } from './file-stat.ts';
import { settableTime } from './file-times.ts';
import { makeDirectories } from './make-directories.ts';
import { openToWrite, type OpenedToWrite } from './no-links.ts';
import { refuseOutsidePrivate } from './private-paths.ts';

/** As any program makes files, since a move gives this one its place among the person's own; the umask takes from it. */
export const NEW_FILE_MODE = 0o666;
const ANYONE_READS = 0o444;
const ANYONE_EXECUTES = 0o111;

/** So much of a file is flushed while more of it arrives. */
const EARLY_FLUSH_BYTES = 32 * 1024 * 1024;

/** What file systems say that keep no such times or bits. The stat that `finish` returns tells what they kept. */
const NOT_KEPT = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * Opens a file below the private directory for writing, creating it and the directories above it. What it holds stays,
 * unless the file has a name in the tree too (see {@link openToWrite}): then it starts empty.
 *
 * @throws SyncError invalid-argument (outside the private directory), link-in-path, not-a-file, name-taken (a file stands
 * where a directory is needed), disk-full, file-unreadable, disk-error
 */
export async function openPrivateFile(disk: Disk, root: string, path: string): Promise<WritableFile> {
  refuseOutsidePrivate(path);
  const call: DiskCall = { doing: 'Writing', path: nativePath(root, path) };
  const open = () => openToWrite(disk, root, path, NEW_FILE_MODE);
  try {
    return new NodeWritableFile(await open(), call);
  } catch (error) {
    if (!hasCode(error, 'file-vanished')) throw error;
  }
  await makeDirectories(disk, root, parentOf(path), call.doing);
  return new NodeWritableFile(await open(), call);
}

class NodeWritableFile implements WritableFile {
  readonly #handle: FileHandle;
  readonly #call: DiskCall;
  /** Made by us, and its mode is still the one that it was made with: nobody may execute it. */
  #isAsMade: boolean;
  readonly #flushing = new EarlyFlush();
  #sizeBytes: number;

  constructor({ handle, sizeBytes, isNew }: OpenedToWrite, call: DiskCall) {
    this.#handle = handle;
    this.#sizeBytes = sizeBytes;
    this.#isAsMade = isNew;
    this.#call = call;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      await writeFully(this.#handle, bytes, position);
      this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes.length);
      this.#flushing.wrote(bytes.length, this.#handle);
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

  async finish(options: Finish): Promise<FileStat> {
    try {
      if (!this.#isAsMade || this.#sizeBytes !== options.sizeBytes || options.executable) await this.#trim(options);
      // After the last change of the content, which would move it.
      if (options.mtimeNs !== undefined) await this.#setModified(options.mtimeNs);
      await this.#flushing.ended();
      await this.#handle.sync();
      const stat = toFileStat(await this.#handle.stat({ bigint: true }));
      if (stat.sizeBytes !== options.sizeBytes) throw fileChanged(this.#call);
      return stat;
    } catch (error) {
      throw diskError(error, this.#call);
    }
  }

  async close(): Promise<void> {
    await this.#flushing.ended().catch(() => {});
    await this.#handle.close();
  }

  async #trim({ sizeBytes, executable }: { readonly sizeBytes: number; readonly executable: boolean }): Promise<void> {
    const before = await this.#handle.stat();
    // Making it longer would fill it with zeros that nobody sent.
    if (before.size < sizeBytes) throw fileChanged(this.#call);
    if (before.size > sizeBytes) await this.#handle.truncate(sizeBytes);
    this.#sizeBytes = sizeBytes;
    this.#isAsMade = false;
    const wanted = executable ? before.mode | ((before.mode & ANYONE_READS) >> 2) : before.mode & ~ANYONE_EXECUTES;
    // Windows knows no such bits.
    if (wanted === before.mode || process.platform === 'win32') return;
    await asFarAsKept(() => this.#handle.chmod(wanted & 0o7777));
  }

  /** The time of access is set alike, since Node sets both or none. */
  async #setModified(mtimeNs: bigint): Promise<void> {
    const { seconds } = settableTime(mtimeNs);
    await asFarAsKept(() => this.#handle.utimes(seconds, seconds));
  }
}

/**
 * Sends what was written of a large file to the disk while more of it arrives. Else all of it would wait for the flush at the
 * end, which takes the disk longer than everything before.
 */
class EarlyFlush {
  #unflushedBytes = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  wrote(bytes: number, handle: FileHandle): void {
    this.#unflushedBytes += bytes;
    if (this.#unflushedBytes < EARLY_FLUSH_BYTES || this.#running !== undefined) return;
    this.#unflushedBytes = 0;
    this.#running = handle
      .datasync()
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => (this.#running = undefined));
  }

  /** Waits for what is under way. @throws what the disk said to any of it: the system tells of such a failure once. */
  async ended(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Changes times or bits, where the file system keeps such. */
export async function asFarAsKept(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!NOT_KEPT.has(systemCode(error) ?? '')) throw error;
  }
}
