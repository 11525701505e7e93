import type { FsCall } from '../support/memory-fs.ts';
import { MemoryFileSystem } from '../support/memory-fs.ts';
import type { MemoryDiskOptions } from '../support/memory-tree.ts';
import { PRIVATE_DIRECTORY } from '../../src/core/paths.ts';
import { keyOfContent } from './contents.ts';
import type { Place } from './judge.ts';
import type { Life } from './life.ts';

/** The folder that is synced, on each computer's disk. */
export const ROOT = '/home/team';
/** Where the folder is while its disk is not mounted. */
const UNMOUNTED = '/dev/unmounted';

/** The steps in the middle of a call, which a hook sees and the call's own wrapper does not. */
const INNER_STEPS: ReadonlySet<FsCall['op']> = new Set([
  'fileStat',
  'read',
  'write',
  'finish',
  'link',
  'rename',
  'unlink',
]);

/** One computer's disk. */
export class Disk implements Place {
  readonly fs: MemoryFileSystem;
  readonly options: MemoryDiskOptions;
  /** The engine that works on it now. */
  life: Life | undefined;
  /** Called with the path below the root, as the disk spells it, of whatever changed. */
  onChange: ((path: string) => void) | undefined;
  /** Called with the path below the root, as the disk spells it, of a person's file that is about to be read. */
  onRead: ((path: string) => void) | undefined;
  /** Milliseconds since the world began. */
  unmountedSinceMs: number | undefined;

  constructor(clock: ConstructorParameters<typeof MemoryFileSystem>[0], options: MemoryDiskOptions) {
    this.options = options;
    this.fs = new MemoryFileSystem(clock, options);
    this.fs.makeDirectory(ROOT);
    this.fs.makeDirectory('/dev');
    this.fs.onCall = ({ op, path: absolute }) => {
      if (!INNER_STEPS.has(op)) return undefined;
      const path = absolute.slice(ROOT.length + 1);
      // A life that has ended never gets here: its calls do not come back from the step before.
      const before = this.life?.beforeDisk(`  ${op}`, path);
      const { onRead } = this;
      if (op !== 'read' || onRead === undefined || isPrivatePath(path)) return before;
      return before?.then(() => onRead(path));
    };
  }

  /** People's files, as the disk spells them. */
  paths(): string[] {
    const all = this.fs.filesBelow(this.isMounted ? ROOT : UNMOUNTED);
    return all.filter((path) => !isPrivatePath(path));
  }

  /** People's directories, as the disk spells them, with empty ones. */
  directories(): string[] {
    const all = this.fs.entriesBelow(this.isMounted ? ROOT : UNMOUNTED, 'directory');
    return all.filter((path) => path !== '' && !isPrivatePath(path));
  }

  /** People's symbolic links, as the disk spells them. */
  links(): string[] {
    const all = this.fs.entriesBelow(this.isMounted ? ROOT : UNMOUNTED, 'symlink');
    return all.filter((path) => !isPrivatePath(path));
  }

  /** People's files by their NFC path; of two that are one in NFC, one. */
  tree(): Map<string, string> {
    const tree = new Map<string, string>();
    for (const path of this.paths()) tree.set(path.normalize('NFC'), this.content(path) ?? '');
    return tree;
  }

  at(path: string): string {
    return `${this.isMounted ? ROOT : UNMOUNTED}/${path}`;
  }

  content(path: string): string | undefined {
    const bytes = this.fs.contentOf(this.at(path));
    return bytes && keyOfContent(bytes);
  }

  /** Whether two paths are names of one file. */
  isSameFile(path: string, other: string): boolean {
    const [one, two] = [path, other].map((each) => this.at(each));
    if (one === undefined || two === undefined || this.fs.kindOf(two) === undefined) return false;
    return this.fs.statNow(one).fileId === this.fs.statNow(two).fileId;
  }

  /** Whether a file can be made at a path: nothing but directories above it, and nothing but a file in its place. */
  hasRoomFor(path: string): boolean {
    const there = this.fs.kindOf(this.at(path));
    if (there !== undefined && there !== 'file') return false;
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const kind = this.fs.kindOf(this.at(path.slice(0, slash)));
      if (kind === undefined) return true;
      if (kind !== 'directory') return false;
    }
    return true;
  }

  /** The root becomes an empty directory, as one is on which a disk was mounted. */
  unmount(atMs: number): void {
    if (!this.isMounted) return;
    this.fs.rename(ROOT, UNMOUNTED);
    this.fs.makeDirectory(ROOT);
    this.unmountedSinceMs = atMs;
  }

  mount(): void {
    if (this.isMounted) return;
    this.fs.remove(ROOT);
    this.fs.rename(UNMOUNTED, ROOT);
    this.unmountedSinceMs = undefined;
  }

  get isMounted(): boolean {
    return this.unmountedSinceMs === undefined;
  }

  *everyContent(): Generator<string, void, undefined> {
    for (const top of this.isMounted ? [ROOT] : [ROOT, UNMOUNTED]) {
      for (const path of this.fs.filesBelow(top)) {
        const bytes = this.fs.contentOf(`${top}/${path}`);
        if (bytes !== undefined) yield keyOfContent(bytes);
      }
    }
  }
}

/** A path and the directories above it. */
export function beginnings(path: string): string[] {
  const names = path.split('/');
  return names.map((_name, index) => names.slice(0, index + 1).join('/'));
}

export function isPrivatePath(path: string): boolean {
  return path === PRIVATE_DIRECTORY || path.startsWith(`${PRIVATE_DIRECTORY}/`);
}
