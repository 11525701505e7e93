import type { Fingerprint } from './entries.ts';
import type { ObjectStore, StoreTarget } from './object-store.ts';

/**
 * Every effect that the engine has comes in through this object: the desktop gives it the real ones, a simulation gives
 * it its own. No module of the engine reads a global clock or random source, opens a file or a socket by itself.
 */
export interface Environment {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly watcher: WatchService;
  readonly secrets: SecretStore;
  readonly hash: Hashing;
  /**
   * The directory that the state of the program lies in, absolute and with all links resolved: its secrets, its database and
   * its lock, which is no part of any folder. Absent where there is none, as in a simulation.
   */
  readonly ownDirectory?: string;
  /** Opens a connection pool to an account's server. The caller closes it. */
  connect(target: StoreTarget): ObjectStore;
}

/** Time. */
export interface Clock {
  /** Wall time in milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `delayMs`. A pending timer does not keep the process alive. */
  timer(delayMs: number, callback: () => void): Timer;
}

/** A running timer; cancelling twice is harmless. */
export interface Timer {
  cancel(): void;
}

/** Chance. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh identifier of `length` characters of a-z and 2-7, unguessable in the real environment. */
  id(length: number): string;
}

/** Structured log. Never given a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Digests. */
export interface Hashing {
  md5(bytes: Uint8Array): Uint8Array;
  /**
   * The same for megabytes, off the thread that calls. The buffer is taken over and given back: what was passed in must not
   * be touched afterwards.
   */
  md5Large(bytes: Uint8Array<ArrayBuffer>): Promise<{ md5: Uint8Array; bytes: Uint8Array<ArrayBuffer> }>;
  /** An unsigned 32-bit number. */
  crc32(bytes: Uint8Array): number;
  /** For content that comes piece by piece. */
  startMd5(): IncrementalHash;
  /** For content that comes piece by piece. */
  startSha(algorithm: 'sha1' | 'sha256'): IncrementalHash;
  /** MD5 for pieces of about a megabyte, off the thread that calls. Must be ended by `digest`, whatever happens. */
  startMd5Large(): LargeHash;
}

export interface LargeHash {
  /** The bytes have to stay as they are until it resolves. They are copied unless threads can share their memory. */
  update(bytes: Uint8Array): Promise<void>;
  digest(): Promise<Uint8Array>;
}

export interface IncrementalHash {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** Kind of a directory entry, links not followed. */
export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

export interface DirectoryEntry {
  /** As the disk spells it. */
  readonly name: string;
  /** `unknown` where the file system does not tell without a stat. */
  readonly kind: EntryKind | 'unknown';
}

/** An lstat. */
export interface FileStat extends Fingerprint {
  readonly kind: EntryKind;
  /** Id of the file system. */
  readonly deviceId: string;
  /** Whether something is mounted at it, of another disk or of the same; absent where not, or where the system does not tell. */
  readonly isMountPoint?: true;
  readonly birthtimeNs: bigint;
  /** Whether the owner may execute it; undefined where the system keeps no such bit. */
  readonly executable: boolean | undefined;
  /** Whether it is a file that has another name too, anywhere on its disk: a hard link. */
  readonly hasOtherNames: boolean;
}

/**
 * The disk. Paths below a root are given as the root (absolute, links resolved) and the path below it as the disk spells
 * it, with `/` between segments. Nothing here follows a link below the root. Errors are SyncErrors: file-vanished,
 * file-unreadable, not-a-file, link-in-path, disk-full, disk-error.
 */
export interface FileSystem {
  /** The absolute path with all links resolved; file-vanished when nothing is there. */
  resolveRoot(path: string): Promise<string>;
  /** lstat below a root, or undefined when nothing is there. `''` is the root itself. */
  stat(root: string, path: string): Promise<FileStat | undefined>;
  /** The names in a directory, in no order. */
  readDirectory(root: string, path: string): Promise<DirectoryEntry[]>;
  /** Opens a regular file for reading after proving that no link was followed on the way. */
  openFile(root: string, path: string): Promise<OpenFile>;
  /** Has the system write a regular file to the disk, if it can, with what programs changed of it in their memory. */
  flushFile(root: string, path: string): Promise<void>;
  /** A small regular file as a whole, proved as `openFile` does; too-large when it holds more than `maxBytes`. */
  readFile(root: string, path: string, maxBytes: number): Promise<WholeFile>;
  /** A small text file (at most `maxBytes`), or undefined when it is not there. */
  readText(root: string, path: string, maxBytes: number): Promise<string | undefined>;
  /** Writes a small text file whole or not at all, creating the directories above it. */
  writeText(root: string, path: string, text: string): Promise<void>;
  /**
   * Opens a file to be written piece by piece, creating it and the directories above it where they are not there. What it
   * holds already stays, so that a download can go on. For paths below the private directory alone.
   */
  openForWriting(root: string, path: string): Promise<WritableFile>;
  /**
   * Writes a small file in one go and flushes it to the disk, creating the directories above it. A file that has the name
   * already loses it. For paths below the private directory alone. A failure may leave a part of the file.
   */
  writeFile(root: string, path: string, bytes: Uint8Array, how: Omit<Finish, 'sizeBytes'>): Promise<FileStat>;
  /**
   * Gives a file another name on the same file system, creating the directories above it. Never replaces anything, but for
   * another spelling of the file's own name on a disk that ignores case; there, directories that `to` spells otherwise than the
   * disk get the spelling of `to`, with all that is in them.
   *
   * @param expect what must be at `from`: only that file is moved.
   * @returns the file under its new name (a move changes its ctime).
   * @throws SyncError file-changed when `from` is not as expected; name-taken when something is at `to`.
   */
  move(root: string, from: string, to: string, expect: Fingerprint): Promise<FileStat>;
  /** Removes a file for good. For paths below the private directory alone. That it is gone already is no error. */
  removeFile(root: string, path: string): Promise<void>;
  /** Removes a directory if nothing is in it. @returns whether it is gone. Never the root, never the private directory. */
  removeEmptyDirectory(root: string, path: string): Promise<boolean>;
}

/** A file open for writing. The opener closes it. */
export interface WritableFile {
  /** Bytes that it holds. */
  readonly sizeBytes: number;
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Reads back what was written. As {@link OpenFile.read}. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Cuts it to a length, sets its modification time and whether its owner may execute it, and flushes it to the disk. */
  finish(options: Finish): Promise<FileStat>;
  close(): Promise<void>;
}

/** What a written file is to be. */
export interface Finish {
  readonly sizeBytes: number;
  /** Undefined: the time at which it was written. */
  readonly mtimeNs: bigint | undefined;
  readonly executable: boolean;
}

/** A file that was read in one go. */
export interface WholeFile {
  /** As it was right after it was opened. */
  readonly opened: FileStat;
  /** Fewer than `opened` says where the file was cut meanwhile. */
  readonly bytes: Uint8Array;
  /** As it was after all of it was read. */
  readonly after: FileStat;
}

/** A file open for reading. The opener closes it. */
export interface OpenFile {
  /** As it was right after it was opened. */
  readonly opened: FileStat;
  stat(): Promise<FileStat>;
  /** Fills `buffer` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** What a watcher says: something below this path may have changed, or it lost track of everything. */
export type WatchHint =
  /** NFC path relative to the root, `''` for the root; a file or a directory. */
  | { readonly kind: 'path'; readonly path: string }
  /** Events were or may have been lost: scan everything. */
  | { readonly kind: 'overflow'; readonly reason: string };

/** Watches local roots. Hints only: the scan is the truth. */
export interface WatchService {
  /** Starts watching; hints begin before the promise resolves. */
  watch(root: string, options: WatchOptions, onHint: (hint: WatchHint) => void): Promise<Watch>;
}

export interface WatchOptions {
  /** Whether a directory (NFC, relative) needs no watching. */
  ignoresDirectory(path: string): boolean;
}

export interface Watch {
  close(): Promise<void>;
}

/** Where secrets are kept. */
export type SecretPlace = 'keychain' | 'file';

/** Secrets by account id. Their values never enter logs, the database, events or error texts. */
export interface SecretStore {
  /** @throws SyncError no-keychain where the system has none. */
  set(accountId: string, secret: AccountSecret, place: SecretPlace): Promise<void>;
  /** @throws SyncError no-secret when it is gone. */
  get(accountId: string, place: SecretPlace): Promise<AccountSecret>;
  delete(accountId: string, place: SecretPlace): Promise<void>;
}

export interface AccountSecret {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** For the proxy between, where it asks for them. */
  readonly proxy?: { readonly user: string; readonly password: string };
}
