import { constants, existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { DiskStat } from './file-stat.ts';

/**
 * The system's calls that files are written, named and removed with. There are two ways to make them: through Node's pool of
 * threads, and directly on the thread of the disk (see `disk-thread`). A test puts others in their place, to fail or to change
 * something first.
 */
export interface Disk {
  /** Whether descriptors can be looked up in /proc/self/fd. */
  readonly useProc: boolean;
  lstat(path: string): Promise<DiskStat>;
  stat(path: string): Promise<DiskStat>;
  open(path: string, flags: number, mode?: number): Promise<DiskHandle>;
  readdir(path: string): Promise<string[]>;
  readlink(path: string): Promise<string>;
  mkdir(path: string, mode: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  link(existing: string, added: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** What a directory or a file is open by. */
export interface DiskHandle {
  readonly fd: number;
  stat(): Promise<DiskStat>;
  /** Fills `buffer` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Writes all of them at the position. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Sets the times of access and of modification, as text: see `file-times`. */
  utimes(seconds: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a file to write; fails where anything is, a link too. */
export const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** The calls that give and take names. */
export type NameCalls = Pick<Disk, 'link' | 'rename' | 'unlink'>;

let procIsThere: boolean | undefined;

/** Whether this system tells in /proc what a descriptor is. Asked once. */
export function hasProc(): boolean {
  return (procIsThere ??= process.platform === 'linux' && existsSync('/proc/self/fd'));
}

/** Calls that go through Node's pool, side by side. */
export function pooledDisk(useProc: boolean): Disk {
  return {
    useProc,
    lstat: (path) => fs.lstat(path, { bigint: true }),
    stat: (path) => fs.stat(path, { bigint: true }),
    open: async (path, flags, mode) => handleOf(await fs.open(path, flags, mode)),
    readdir: (path) => fs.readdir(path),
    readlink: (path) => fs.readlink(path),
    mkdir: (path, mode) => fs.mkdir(path, { mode }),
    rmdir: (path) => fs.rmdir(path),
    link: (existing, added) => fs.link(existing, added),
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
  };
}

function handleOf(file: fs.FileHandle): DiskHandle {
  return {
    fd: file.fd,
    stat: () => file.stat({ bigint: true }),
    read: (buffer, position) => readFully(file, buffer, position),
    write: (bytes, position) => writeFully(file, bytes, position),
    utimes: (seconds) => file.utimes(seconds, seconds),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Fills `buffer` from `position`; returns the bytes read, fewer only at the end of the file. */
export async function readFully(file: fs.FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Writes all bytes at the position, however few the system takes at a time. */
export async function writeFully(file: fs.FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const step = await file.write(bytes, written, bytes.length - written, position + written);
    written += step.bytesWritten;
  }
}
