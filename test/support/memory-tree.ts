import type { Clock, EntryKind, FileStat } from '../../src/core/environment.ts';
import { SyncError, type ErrorCode } from '../../src/core/errors.ts';
import { utf8ByteLength } from '../../src/core/text.ts';
import { nativePath } from '../../src/local/disk-path.ts';

export interface MemoryNode {
  kind: EntryKind;
  fileId: string;
  mtimeNs: bigint;
  ctimeNs: bigint;
  birthtimeNs: bigint;
  executable: boolean;
  readable: boolean;
  content: Uint8Array;
  /** Names that it has. */
  links: number;
  /** Where a symbolic link points. */
  target: string;
  children: Map<string, MemoryNode>;
  /** Set on a directory that is another disk's root. */
  deviceId: string | undefined;
}

export interface Located {
  readonly node: MemoryNode;
  readonly deviceId: string;
}

export interface MemoryDiskOptions {
  /** Whether names that differ in case alone are one, kept as first given (Windows, macOS). */
  readonly caseInsensitive?: boolean;
  /** The grain to which the disk cuts all its times (FAT 2,000, HFS+ 1,000). */
  readonly mtimeGranularityMs?: number;
  /** False for a disk that knows no hard links (FAT). */
  readonly hardLinks?: boolean;
}

const NAME_LIMIT_BYTES = 255;

/** The directories, names and times of a disk in memory; it knows nothing of roots, hooks or the port. Paths are absolute. */
export class MemoryTree {
  readonly hasHardLinks: boolean;
  readonly caseInsensitive: boolean;
  readonly #grainNs: bigint;
  readonly #clock: Clock;
  readonly #top: MemoryNode;
  #lastNs = 0n;
  #lastFileId = 0;
  #lettersGiven = 0;

  constructor(clock: Clock, options: MemoryDiskOptions) {
    this.#clock = clock;
    this.caseInsensitive = options.caseInsensitive ?? false;
    this.hasHardLinks = options.hardLinks ?? true;
    this.#grainNs = BigInt(Math.round((options.mtimeGranularityMs ?? 0) * 1_000_000)) || 1n;
    this.#top = this.newNode('directory');
    this.#top.deviceId = 'disk-1';
  }

  /** Every call gives a later time, but for the disk's grain. */
  nowNs(): bigint {
    const wallNs = BigInt(Math.round(this.#clock.now() * 1_000_000));
    this.#lastNs = wallNs > this.#lastNs ? wallNs : this.#lastNs + 1n;
    return this.cut(this.#lastNs);
  }

  /** A time as the disk keeps it. */
  cut(timeNs: bigint): bigint {
    return (timeNs / this.#grainNs) * this.#grainNs;
  }

  /** Four letters that were not given before. */
  freshLetters(): string {
    const given = this.#lettersGiven++;
    return [17576, 676, 26, 1].map((unit) => String.fromCharCode(0x61 + (Math.floor(given / unit) % 26))).join('');
  }

  newNode(kind: EntryKind): MemoryNode {
    const now = this.nowNs();
    return {
      kind,
      fileId: String(++this.#lastFileId),
      mtimeNs: now,
      ctimeNs: now,
      birthtimeNs: now,
      executable: false,
      readable: true,
      content: new Uint8Array(),
      links: 0,
      target: '',
      children: new Map(),
      deviceId: undefined,
    };
  }

  /** How the disk spells a name in a directory, or undefined when nothing has it. */
  spell(parent: MemoryNode, name: string): string | undefined {
    if (parent.children.has(name)) return name;
    if (!this.caseInsensitive) return undefined;
    const folded = foldCase(name);
    return [...parent.children.keys()].find((other) => foldCase(other) === folded);
  }

  child(parent: MemoryNode, name: string): MemoryNode | undefined {
    const spelled = this.spell(parent, name);
    return spelled === undefined ? undefined : parent.children.get(spelled);
  }

  /** Gives a node a name. */
  link(parent: MemoryNode, name: string, node: MemoryNode): void {
    parent.children.set(name, node);
    node.links++;
    parent.mtimeNs = parent.ctimeNs = this.nowNs();
  }

  /** Takes a name away. */
  unlink(parent: MemoryNode, name: string): void {
    const spelled = this.spell(parent, name);
    const node = spelled === undefined ? undefined : parent.children.get(spelled);
    if (spelled === undefined || node === undefined) throw new Error(`${name} is not there`);
    parent.children.delete(spelled);
    node.links--;
    parent.mtimeNs = parent.ctimeNs = this.nowNs();
  }

  /** Gives an entry of a directory another spelling of its name. */
  respell(parent: MemoryNode, old: string, name: string): void {
    const node = parent.children.get(old);
    if (node === undefined) throw new Error(`${old} is not there`);
    parent.children.delete(old);
    parent.children.set(name, node);
    parent.mtimeNs = parent.ctimeNs = node.ctimeNs = this.nowNs();
  }

  attach(path: string, node: MemoryNode): void {
    const { parent, name } = splitPath(path);
    this.link(this.makeDirectory(parent), name, node);
  }

  detach(path: string): void {
    const { parent, name } = splitPath(path);
    this.unlink(this.get(parent), name);
  }

  makeDirectory(path: string): MemoryNode {
    let node = this.#top;
    for (const name of segmentsOf(path)) {
      const existing = this.child(node, name);
      const next = existing ?? this.newNode('directory');
      if (next.kind !== 'directory') throw new Error(`${path}: ${name} is no directory`);
      if (existing === undefined) this.link(node, name, next);
      node = next;
    }
    return node;
  }

  get(path: string): MemoryNode {
    const node = this.find(path)?.node;
    if (node === undefined) throw new Error(`${path} is not there`);
    return node;
  }

  find(path: string): Located | undefined {
    let node = this.#top;
    let deviceId = 'disk-1';
    for (const name of segmentsOf(path)) {
      const child = this.child(node, name);
      if (child === undefined) return undefined;
      node = child;
      deviceId = node.deviceId ?? deviceId;
    }
    return { node, deviceId };
  }

  /** What is at `path` below a root. A link on the way there is an error, and so is a path that the real disk refuses. */
  findBelow(root: string, path: string): Located | undefined {
    checkPath(path);
    const top = this.find(root);
    if (top === undefined) return undefined;
    let { node, deviceId } = top;
    for (const name of segmentsOf(path)) {
      if (node.kind === 'symlink') throw failure('link-in-path', path);
      const child = this.child(node, name);
      if (child === undefined) return undefined;
      node = child;
      deviceId = node.deviceId ?? deviceId;
    }
    return { node, deviceId };
  }

  /** As {@link MemoryTree.findBelow} for a directory; an error when there is none. */
  directoryBelow(root: string, path: string): Located {
    const found = this.findBelow(root, path);
    if (found?.node.kind === 'symlink') throw failure('link-in-path', path);
    if (found?.node.kind !== 'directory') throw failure('file-vanished', path);
    return found;
  }

  /** The bytes of all files, each counted once. */
  usedBytes(): number {
    const files = new Set<MemoryNode>();
    const walk = (node: MemoryNode) => {
      if (node.kind === 'file') files.add(node);
      for (const child of node.children.values()) walk(child);
    };
    walk(this.#top);
    let bytes = 0;
    for (const file of files) bytes += file.content.length;
    return bytes;
  }
}

/** The error that the real disk would give. */
export function failure(code: ErrorCode, path: string): SyncError {
  return new SyncError({ code, message: `${path}: ${code}`, advice: 'None; this is a test.' });
}

export function statOf({ node, deviceId }: Located): FileStat {
  const { kind, mtimeNs, ctimeNs, birthtimeNs, fileId, executable } = node;
  const hasOtherNames = kind === 'file' && node.links > 1;
  const sizeBytes = node.content.length;
  return { kind, sizeBytes, mtimeNs, ctimeNs, birthtimeNs, fileId, executable, hasOtherNames, deviceId };
}

/** Whether two names are one to a disk that ignores case. */
export function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}

export function segmentsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

export function splitPath(path: string): { parent: string; name: string } {
  const segments = segmentsOf(path);
  const name = segments.pop();
  if (name === undefined) throw new Error('The top has no parent');
  return { parent: `/${segments.join('/')}`, name };
}

export function join(root: string, path: string): string {
  return path === '' ? root : `${root}/${path}`;
}

function checkPath(path: string): void {
  nativePath('/', path, 'linux');
  if (segmentsOf(path).some((name) => name.length > 85 && utf8ByteLength(name) > NAME_LIMIT_BYTES)) {
    throw failure('disk-error', path);
  }
}
