import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FileStat, FileSystem, WritableFile } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { MemoryFileSystem } from '../../support/memory-fs.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { makeTemporaryRoot } from './temporary.ts';

/** The steps of a move before which a test can do something, or fail them. */
export type NameStep = 'link' | 'rename' | 'unlink';

/** One disk for the probes: what a person and other programs do to it, beside the FileSystem that is looked at. */
export interface FsWorld {
  readonly fs: FileSystem;
  readonly root: string;
  /** A directory that is not below the root, with a file `secret` in it. */
  readonly outside: string;
  /** Called before each such step; its error is that of the step. */
  before: (step: NameStep) => void | Promise<void>;
  readonly write: (path: string, content: string) => Promise<void>;
  /** Writes beside and renames over, as editors do. */
  readonly replace: (path: string, content: string) => Promise<void>;
  /** The content of a file, or undefined when there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly makeDirectory: (path: string) => Promise<void>;
  readonly makeLink: (path: string, target: string) => Promise<void>;
  readonly makeHardLink: (existing: string, path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** All regular files below the root, sorted. */
  readonly list: () => Promise<string[]>;
  readonly listOutside: () => Promise<string[]>;
  readonly setReadOnly: () => void;
}

export interface WorldOptions {
  readonly hardLinks?: boolean;
  /** A disk of this size. */
  readonly sizeBytes?: number;
}

export interface WorldKind {
  readonly name: string;
  /** Undefined when this machine can not give such a disk. */
  readonly make: (options?: WorldOptions) => Promise<FsWorld | undefined>;
}

export const WORLDS: readonly WorldKind[] = [
  { name: 'the disk with /proc', make: (options) => makeRealWorld(undefined, options ?? {}) },
  { name: 'the disk without /proc', make: (options) => makeRealWorld(false, options ?? {}) },
  { name: 'the disk in memory', make: async (options) => makeMemoryWorld(options ?? {}) },
];

async function makeRealWorld(useProc: boolean | undefined, options: WorldOptions): Promise<FsWorld | undefined> {
  const root = options.sizeBytes === undefined ? await makeTemporaryRoot() : await mountSmall(options.sizeBytes);
  if (root === undefined) return undefined;
  const outside = await makeTemporaryRoot();
  await writeFile(join(outside, 'secret'), 'secret');
  const world: FsWorld = {
    fs: createNodeFileSystem({
      ...(useProc === undefined ? {} : { useProc }),
      nameCalls: {
        async link(existing, added) {
          await world.before('link');
          if (options.hardLinks === false) throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
          await link(existing, added);
        },
        async rename(from, to) {
          await world.before('rename');
          await rename(from, to);
        },
        async unlink(path) {
          await world.before('unlink');
          await unlink(path);
        },
      },
    }),
    root,
    outside,
    before: () => {},
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    async replace(path, content) {
      await writeFile(join(root, `${path}.new`), content);
      await rename(join(root, `${path}.new`), join(root, path));
    },
    async read(path) {
      return existsSync(join(root, path)) ? readFile(join(root, path), 'utf8') : undefined;
    },
    async makeDirectory(path) {
      await mkdir(join(root, path), { recursive: true });
    },
    makeLink: (path, target) => symlink(target, join(root, path)),
    makeHardLink: (existing, path) => link(join(root, existing), join(root, path)),
    rename: (from, to) => rename(join(root, from), join(root, to)),
    list: () => listFiles(root),
    listOutside: () => listFiles(outside),
    setReadOnly: () => execFileSync('mount', ['-o', 'remount,ro', root]),
  };
  return world;
}

/** The root of a small file system of its own, unmounted after the test. */
async function mountSmall(sizeBytes: number): Promise<string | undefined> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-small-')));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    await rmdir(path);
    return undefined;
  }
  onTestFinished(async () => {
    execFileSync('umount', [path]);
    await rmdir(path);
  });
  return path;
}

/** Without following links. */
async function listFiles(top: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (below: string) => {
    for (const entry of await readdir(join(top, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  await walk('');
  return found.sort();
}

function makeMemoryWorld(options: WorldOptions): FsWorld {
  const fs = new MemoryFileSystem(new VirtualClock(), options.hardLinks === false ? { hardLinks: false } : {});
  const root = '/root';
  const at = (path: string) => `${root}/${path}`;
  fs.makeDirectory(root);
  fs.write('/outside/secret', 'secret');
  fs.capacityBytes = options.sizeBytes ?? Infinity;
  const world: FsWorld = {
    fs,
    root,
    outside: '/outside',
    before: () => {},
    write: async (path, content) => fs.write(at(path), content),
    replace: async (path, content) => fs.replace(at(path), content),
    async read(path) {
      const content = fs.contentOf(at(path));
      return content && new TextDecoder().decode(content);
    },
    makeDirectory: async (path) => fs.makeDirectory(at(path)),
    makeLink: async (path, target) => fs.makeLink(at(path), target),
    makeHardLink: async (existing, path) => fs.makeHardLink(at(existing), at(path)),
    rename: async (from, to) => fs.rename(at(from), at(to)),
    list: async () => fs.filesBelow(root),
    listOutside: async () => fs.filesBelow('/outside'),
    setReadOnly: () => {
      fs.readOnly = true;
    },
  };
  fs.onCall = async ({ op }) => {
    if (op === 'link' || op === 'rename' || op === 'unlink') await world.before(op);
  };
  onTestFinished(() => {
    if (fs.openFiles !== 0) throw new Error(`${fs.openFiles} files were left open`);
  });
  return world;
}

/** Removes a path below a world's root, on either kind of disk. */
export async function removePath(world: FsWorld, path: string): Promise<void> {
  if (world.fs instanceof MemoryFileSystem) world.fs.remove(`${world.root}/${path}`);
  else await rm(join(world.root, path), { recursive: true });
}

/** Opens a file that is closed after the test. */
export async function openForWriting(fs: FileSystem, root: string, path: string): Promise<WritableFile> {
  const file = await fs.openForWriting(root, path);
  onTestFinished(() => file.close());
  return file;
}

/** The stat of something that must be there. */
export async function statOf(fs: FileSystem, root: string, path: string): Promise<FileStat> {
  const stat = await fs.stat(root, path);
  if (stat === undefined) throw new Error(`${path} is not there`);
  return stat;
}

/** An error that all kinds of disk pass on as it is. */
export function diskFull(): SyncError {
  return new SyncError({ code: 'disk-full', message: 'This step fails.', advice: 'None; this is a test.' });
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

export function text(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

/** A disk that can always be made. */
export function worldOf(made: FsWorld | undefined): FsWorld {
  if (made === undefined) throw new Error('This machine can not give such a disk.');
  return made;
}
