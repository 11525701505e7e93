import * as fs from 'node:fs';
import { pooledDisk, type Disk, type DiskHandle } from './disk.ts';

/** So many slow calls in a row are the disk's, and not those of a thread that had to wait for a processor. */
const SLOW_IN_ROW = 5;
/** So many calls go through the pool then. */
const CALLS_IN_POOL = 200;

/**
 * Calls that are made at once, on the thread that asks, but for flushing. Where several of a kind in a row took long (a disk on
 * the network, or one that has to start up or to move its head first) the next ones go through the pool as well, side by side.
 *
 * @param slowMs a call that took so long was no quick one.
 */
export function directDisk(useProc: boolean, slowMs: number): Disk {
  const pooled = pooledDisk(useProc);
  let leftInPool = 0;
  const goToPool = () => {
    leftInPool = CALLS_IN_POOL;
  };
  const naming = timed(slowMs, goToPool);
  // What a directory tells from memory says nothing of how long the disk takes to find the content.
  const reading = timed(slowMs, goToPool);
  const direct = directCalls(useProc, reading);

  const call = <T>(make: (disk: Disk) => Promise<T>): Promise<T> => {
    if (leftInPool === 0) return naming(() => make(direct));
    leftInPool -= 1;
    return make(pooled);
  };

  return {
    useProc,
    lstat: (path) => call((disk) => disk.lstat(path)),
    stat: (path) => call((disk) => disk.stat(path)),
    open: (path, flags, mode) => call((disk) => disk.open(path, flags, mode)),
    readdir: (path) => call((disk) => disk.readdir(path)),
    readlink: (path) => call((disk) => disk.readlink(path)),
    mkdir: (path, mode) => call((disk) => disk.mkdir(path, mode)),
    rmdir: (path) => call((disk) => disk.rmdir(path)),
    link: (existing, added) => call((disk) => disk.link(existing, added)),
    rename: (from, to) => call((disk) => disk.rename(from, to)),
    unlink: (path) => call((disk) => disk.unlink(path)),
  };
}

/** Makes a call that is over when it returns; its promise only tells how it ended. */
type Timed = <T>(make: () => Promise<T>) => Promise<T>;

/** Calls of one kind. @param onSlow told when several of them in a row took long. */
function timed(slowMs: number, onSlow: () => void): Timed {
  let slowInRow = 0;
  return (make) => {
    const startMs = performance.now();
    const made = make();
    slowInRow = performance.now() - startMs >= slowMs ? slowInRow + 1 : 0;
    if (slowInRow >= SLOW_IN_ROW) onSlow();
    return made;
  };
}

function directCalls(useProc: boolean, reading: Timed): Disk {
  return {
    useProc,
    lstat: async (path) => fs.lstatSync(path, { bigint: true }),
    stat: async (path) => fs.statSync(path, { bigint: true }),
    open: async (path, flags, mode) => directHandle(fs.openSync(path, flags, mode), reading),
    readdir: async (path) => fs.readdirSync(path),
    readlink: async (path) => fs.readlinkSync(path),
    mkdir: async (path, mode) => {
      fs.mkdirSync(path, { mode });
    },
    rmdir: async (path) => fs.rmdirSync(path),
    link: async (existing, added) => fs.linkSync(existing, added),
    rename: async (from, to) => fs.renameSync(from, to),
    unlink: async (path) => fs.unlinkSync(path),
  };
}

/** A disk that opened a file quickly takes what is written into its cache quickly, too; only flushing waits for it. */
function directHandle(fd: number, reading: Timed): DiskHandle {
  return {
    fd,
    stat: async () => fs.fstatSync(fd, { bigint: true }),
    read: (buffer, position) => reading(async () => readFullySync(fd, buffer, position)),
    async write(bytes, position) {
      for (let written = 0; written < bytes.length;) {
        written += fs.writeSync(fd, bytes, written, bytes.length - written, position + written);
      }
    },
    utimes: async (seconds) => fs.futimesSync(fd, seconds, seconds),
    sync: () => new Promise((resolve, reject) => fs.fsync(fd, (error) => (error === null ? resolve() : reject(error)))),
    close: async () => fs.closeSync(fd),
  };
}

function readFullySync(fd: number, buffer: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const bytesRead = fs.readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
