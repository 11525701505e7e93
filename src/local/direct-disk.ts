import * as fs from 'node:fs';
import { pooledDisk, type Disk, type DiskHandle } from './disk.ts';

/** So many slow calls in a row are the disk's, and not those of a thread that had to wait for a processor. */
const SLOW_IN_ROW = 5;
/** So many calls go through the pool then. */
const CALLS_IN_POOL = 200;

/**
 * Calls that are made at once, on the thread that asks, but for flushing. Where several in a row took long (a disk on the
 * network, or one that has to start up first) the next ones go through the pool as well, side by side.
 *
 * @param slowMs a call that took so long was no quick one.
 */
export function directDisk(useProc: boolean, slowMs: number): Disk {
  const pooled = pooledDisk(useProc);
  let leftInPool = 0;
  let slowInRow = 0;

  const call = async <T>(quickly: () => T, slowly: () => Promise<T>): Promise<T> => {
    if (leftInPool > 0) {
      leftInPool -= 1;
      return slowly();
    }
    const startMs = performance.now();
    try {
      return quickly();
    } finally {
      slowInRow = performance.now() - startMs >= slowMs ? slowInRow + 1 : 0;
      if (slowInRow >= SLOW_IN_ROW) leftInPool = CALLS_IN_POOL;
    }
  };

  return {
    useProc,
    lstat: (path) =>
      call(
        () => fs.lstatSync(path, { bigint: true }),
        () => pooled.lstat(path),
      ),
    stat: (path) =>
      call(
        () => fs.statSync(path, { bigint: true }),
        () => pooled.stat(path),
      ),
    open: (path, flags, mode) =>
      call(
        () => directHandle(fs.openSync(path, flags, mode)),
        () => pooled.open(path, flags, mode),
      ),
    readdir: (path) =>
      call(
        () => fs.readdirSync(path),
        () => pooled.readdir(path),
      ),
    readlink: (path) =>
      call(
        () => fs.readlinkSync(path),
        () => pooled.readlink(path),
      ),
    mkdir: (path, mode) =>
      call(
        () => {
          fs.mkdirSync(path, { mode });
        },
        () => pooled.mkdir(path, mode),
      ),
    rmdir: (path) =>
      call(
        () => fs.rmdirSync(path),
        () => pooled.rmdir(path),
      ),
    link: (existing, added) =>
      call(
        () => fs.linkSync(existing, added),
        () => pooled.link(existing, added),
      ),
    rename: (from, to) =>
      call(
        () => fs.renameSync(from, to),
        () => pooled.rename(from, to),
      ),
    unlink: (path) =>
      call(
        () => fs.unlinkSync(path),
        () => pooled.unlink(path),
      ),
  };
}

/** A disk that opened a file quickly takes what is written into its cache quickly, too; only flushing waits for it. */
function directHandle(fd: number): DiskHandle {
  return {
    fd,
    stat: async () => fs.fstatSync(fd, { bigint: true }),
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
