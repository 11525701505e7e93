import type { Clock, DirectoryEntry, EntryKind, FileStat, FileSystem, OpenFile } from '../../src/core/environment.ts';
import { SyncError, type ErrorCode } from '../../src/core/errors.ts';

/** One call of the engine, as a test's hook sees it right before it is carried out. */
export interface FsCall {
  readonly op: 'resolveRoot' | 'stat' | 'readDirectory' | 'openFile' | 'fileStat' | 'read' | 'readText' | 'writeText';
  /** Absolute. */
  readonly path: string;
  readonly position?: number;
}

interface Node {
  kind: EntryKind;
  fileId: string;
  mtimeNs: bigint;
  ctimeNs: bigint;
  birthtimeNs: bigint;
  executable: boolean;
  readable: boolean;
  content: Uint8Array;
  /** Where a symbolic link points. */
  target: string;
  children: Map<string, Node>;
  /** Set on a directory that is another disk's root. */
  deviceId: string | undefined;
}

/**
 * A disk in memory, with the rules of POSIX: file ids, times in nanoseconds, links that are never followed below a root,
 * files that go on existing for whoever has them open. Names are kept as they are given: case and Unicode form count.
 *
 * Every change has a time of its own, one nanosecond after the one before where the clock stands still; with
 * `coarseTimesNs` times are cut to that grain, as some file systems do.
 */
export class MemoryFileSystem implements FileSystem {
  /** Called before each call of the engine; may change the disk, or throw what the call is to fail with. */
  onCall: ((call: FsCall) => void | Promise<void>) | undefined;
  readonly calls: FsCall[] = [];
  coarseTimesNs = 1n;
  openFiles = 0;
  readonly #clock: Clock;
  #lastNs = 0n;
  #lastFileId = 0;
  readonly #top: Node;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#top = this.#newNode('directory');
    this.#top.deviceId = 'disk-1';
  }

  // What a test does to the disk. Paths are absolute.

  makeDirectory(path: string, deviceId?: string): void {
    let node = this.#top;
    for (const name of segmentsOf(path)) {
      const existing = node.children.get(name);
      if (existing === undefined) this.#link(node, name, this.#newNode('directory'));
      else if (existing.kind !== 'directory') throw new Error(`${path}: ${name} is no directory`);
      node = node.children.get(name) ?? node;
    }
    if (deviceId !== undefined) node.deviceId = deviceId;
  }

  /** Writes in place: an existing file keeps its file id. Makes the directories above it. */
  write(path: string, content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const existing = this.#find(path);
    const node = existing ?? this.#newNode('file');
    if (node.kind !== 'file') throw new Error(`${path} is no file`);
    node.content = bytes;
    node.mtimeNs = node.ctimeNs = this.#nowNs();
    if (existing === undefined) this.#attach(path, node);
  }

  /** Writes beside and renames over, as careful programs do: the file id is new. */
  replace(path: string, content: Uint8Array | string): void {
    if (this.#find(path) !== undefined) this.remove(path);
    this.write(path, content);
  }

  /** Moves the times and nothing else. */
  touch(path: string): void {
    const node = this.#get(path);
    node.mtimeNs = node.ctimeNs = this.#nowNs();
  }

  /** Sets the modification time, as programs that unpack or copy do; ctime tells. */
  setModified(path: string, mtimeNs: bigint): void {
    const node = this.#get(path);
    node.mtimeNs = mtimeNs;
    node.ctimeNs = this.#nowNs();
  }

  /** Moves ctime alone. */
  setMode(path: string, mode: { readonly executable?: boolean; readonly readable?: boolean }): void {
    const node = this.#get(path);
    node.executable = mode.executable ?? node.executable;
    node.readable = mode.readable ?? node.readable;
    node.ctimeNs = this.#nowNs();
  }

  rename(from: string, to: string): void {
    const node = this.#get(from);
    this.#detach(from);
    if (this.#find(to) !== undefined) this.remove(to);
    node.ctimeNs = this.#nowNs();
    this.#attach(to, node);
  }

  /** Removes a file or a whole directory. Whoever has it open sees its ctime move, as it has one name less. */
  remove(path: string): void {
    this.#get(path).ctimeNs = this.#nowNs();
    this.#detach(path);
  }

  makeLink(path: string, target: string): void {
    const node = this.#newNode('symlink');
    node.target = target;
    this.#attach(path, node);
  }

  /** A pipe, socket or device. */
  makeSpecial(path: string): void {
    this.#attach(path, this.#newNode('other'));
  }

  /** The content of a file, or undefined when there is none. */
  contentOf(path: string): Uint8Array | undefined {
    const node = this.#find(path);
    return node?.kind === 'file' ? node.content : undefined;
  }

  /** All files below a directory, with paths relative to it, sorted. */
  filesBelow(root: string): string[] {
    const found: string[] = [];
    const walk = (node: Node, path: string) => {
      if (node.kind === 'file') found.push(path);
      for (const [name, child] of node.children) walk(child, path === '' ? name : `${path}/${name}`);
    };
    walk(this.#get(root), '');
    return found.sort();
  }

  /** What a stat says, without a call of the engine. */
  statNow(path: string): FileStat {
    const found = this.#walk(path);
    if (found === undefined) throw new Error(`${path} is not there`);
    return statOf(found.node, found.deviceId);
  }

  // The port.

  async resolveRoot(path: string): Promise<string> {
    await this.#called({ op: 'resolveRoot', path });
    let resolved: string[] = [];
    const todo = segmentsOf(path);
    for (let steps = 0; todo.length > 0; steps++) {
      const name = todo.shift() ?? '';
      const node = this.#find(`/${[...resolved, name].join('/')}`);
      if (node === undefined || steps > 100) throw failure('file-vanished', path);
      if (node.kind !== 'symlink') resolved.push(name);
      else {
        if (node.target.startsWith('/')) resolved = [];
        todo.unshift(...segmentsOf(node.target));
      }
    }
    return `/${resolved.join('/')}`;
  }

  async stat(root: string, path: string): Promise<FileStat | undefined> {
    await this.#called({ op: 'stat', path: join(root, path) });
    const found = this.#walkBelow(root, path);
    return found && statOf(found.node, found.deviceId);
  }

  async readDirectory(root: string, path: string): Promise<DirectoryEntry[]> {
    await this.#called({ op: 'readDirectory', path: join(root, path) });
    const found = this.#walkBelow(root, path);
    if (found?.node.kind === 'symlink') throw failure('link-in-path', path);
    if (found?.node.kind !== 'directory') throw failure('file-vanished', path);
    if (!found.node.readable) throw failure('file-unreadable', path);
    return [...found.node.children].map(([name, child]) => ({ name, kind: child.kind }));
  }

  async openFile(root: string, path: string): Promise<OpenFile> {
    await this.#called({ op: 'openFile', path: join(root, path) });
    const found = this.#walkBelow(root, path);
    if (found === undefined) throw failure('file-vanished', path);
    if (found.node.kind === 'symlink') throw failure('link-in-path', path);
    if (found.node.kind !== 'file') throw failure('not-a-file', path);
    if (!found.node.readable) throw failure('file-unreadable', path);
    return this.#open(found.node, found.deviceId, join(root, path));
  }

  async readText(root: string, path: string, maxBytes: number): Promise<string | undefined> {
    await this.#called({ op: 'readText', path: join(root, path) });
    const node = this.#walkBelow(root, path)?.node;
    if (node?.kind !== 'file') return undefined;
    if (!node.readable) throw failure('file-unreadable', path);
    if (node.content.length > maxBytes) throw failure('too-large', path);
    return new TextDecoder().decode(node.content);
  }

  async writeText(root: string, path: string, text: string): Promise<void> {
    await this.#called({ op: 'writeText', path: join(root, path) });
    this.replace(join(root, path), text);
  }

  #open(node: Node, deviceId: string, path: string): OpenFile {
    this.openFiles += 1;
    let isOpen = true;
    const check = () => {
      if (!isOpen) throw new Error(`${path} was used after it was closed`);
    };
    return {
      opened: statOf(node, deviceId),
      stat: async () => {
        check();
        await this.#called({ op: 'fileStat', path });
        return statOf(node, deviceId);
      },
      read: async (buffer, position) => {
        check();
        await this.#called({ op: 'read', path, position });
        const bytes = node.content.subarray(position, position + buffer.length);
        buffer.set(bytes);
        return bytes.length;
      },
      close: async () => {
        check();
        isOpen = false;
        this.openFiles -= 1;
      },
    };
  }

  async #called(call: FsCall): Promise<void> {
    this.calls.push(call);
    await this.onCall?.(call);
  }

  #nowNs(): bigint {
    const wallNs = BigInt(Math.round(this.#clock.now() * 1_000_000));
    this.#lastNs = wallNs > this.#lastNs ? wallNs : this.#lastNs + 1n;
    return (this.#lastNs / this.coarseTimesNs) * this.coarseTimesNs;
  }

  #newNode(kind: EntryKind): Node {
    const now = this.#nowNs();
    return {
      kind,
      fileId: String(++this.#lastFileId),
      mtimeNs: now,
      ctimeNs: now,
      birthtimeNs: now,
      executable: false,
      readable: true,
      content: new Uint8Array(),
      target: '',
      children: new Map(),
      deviceId: undefined,
    };
  }

  #link(parent: Node, name: string, node: Node): void {
    parent.children.set(name, node);
    parent.mtimeNs = parent.ctimeNs = this.#nowNs();
  }

  #attach(path: string, node: Node): void {
    const { parent, name } = splitPath(path);
    this.makeDirectory(parent);
    this.#link(this.#get(parent), name, node);
  }

  #detach(path: string): void {
    const { parent, name } = splitPath(path);
    const node = this.#get(parent);
    node.children.delete(name);
    node.mtimeNs = node.ctimeNs = this.#nowNs();
  }

  #get(path: string): Node {
    const node = this.#find(path);
    if (node === undefined) throw new Error(`${path} is not there`);
    return node;
  }

  #find(path: string): Node | undefined {
    return this.#walk(path)?.node;
  }

  #walk(path: string): { node: Node; deviceId: string } | undefined {
    let node = this.#top;
    let deviceId = 'disk-1';
    for (const name of segmentsOf(path)) {
      const child = node.children.get(name);
      if (child === undefined) return undefined;
      node = child;
      deviceId = node.deviceId ?? deviceId;
    }
    return { node, deviceId };
  }

  /** As {@link MemoryFileSystem.#walk}, but a link on the way below the root is an error. */
  #walkBelow(root: string, path: string): { node: Node; deviceId: string } | undefined {
    const segments = segmentsOf(path);
    for (let depth = 1; depth < segments.length; depth++) {
      const above = this.#find(join(root, segments.slice(0, depth).join('/')));
      if (above?.kind === 'symlink') throw failure('link-in-path', path);
    }
    return this.#walk(join(root, path));
  }
}

/** The error that the real disk would give. */
export function failure(code: ErrorCode, path: string): SyncError {
  return new SyncError({ code, message: `${path}: ${code}`, advice: 'None; this is a test.' });
}

function statOf(node: Node, deviceId: string): FileStat {
  const { kind, mtimeNs, ctimeNs, birthtimeNs, fileId, executable } = node;
  return { kind, sizeBytes: node.content.length, mtimeNs, ctimeNs, birthtimeNs, fileId, executable, deviceId };
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

function splitPath(path: string): { parent: string; name: string } {
  const segments = segmentsOf(path);
  const name = segments.pop();
  if (name === undefined) throw new Error('The top has no parent');
  return { parent: `/${segments.join('/')}`, name };
}

function join(root: string, path: string): string {
  return path === '' ? root : `${root}/${path}`;
}
