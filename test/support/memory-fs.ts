import type { Fingerprint } from '../../src/core/entries.ts';
import type {
  Clock,
  DirectoryEntry,
  EntryKind,
  FileStat,
  FileSystem,
  Finish,
  OpenFile,
  WholeFile,
  WritableFile,
} from '../../src/core/environment.ts';
import { refuseKeptDirectory, refuseKeptNames, refuseOutsidePrivate } from '../../src/local/private-paths.ts';
import { moveNode } from './memory-move.ts';
import {
  failure,
  join,
  MemoryTree,
  segmentsOf,
  statOf,
  type Located,
  type MemoryDiskOptions,
  type MemoryNode,
} from './memory-tree.ts';
import { makeBelow, openNode, openToWrite, splitBelow, type WriteLimits } from './memory-writing.ts';
import { readInSteps } from './read-in-steps.ts';

export { failure } from './memory-tree.ts';

/** One call of the engine, as a test's hook sees it right before it is carried out. */
export interface FsCall {
  readonly op:
    | 'resolveRoot'
    | 'stat'
    | 'readDirectory'
    | 'openFile'
    | 'fileStat'
    | 'read'
    | 'readText'
    | 'writeText'
    | 'openForWriting'
    | 'writeFile'
    | 'write'
    | 'finish'
    | 'move'
    // The steps of a move, as the real disk takes them. A hook that throws at one leaves what a failure there leaves.
    | 'link'
    | 'rename'
    | 'unlink'
    | 'removeFile'
    | 'removeEmptyDirectory';
  /** Absolute. */
  readonly path: string;
  readonly position?: number;
  /** The other name, absolute. */
  readonly to?: string;
}

/**
 * A disk in memory, with the rules of POSIX: file ids, times in nanoseconds, links that are never followed below a root,
 * files that go on existing for whoever has them open. Names are kept as they are given: case and Unicode form count,
 * unless the options say otherwise.
 *
 * Every change has a time of its own, one nanosecond after the one before where the clock stands still, but for the disk's
 * grain. Whatever the tests of `fs-conformance` ask, it answers as the real disk does.
 */
export class MemoryFileSystem implements FileSystem {
  /** Called before each call of the engine; may change the disk, or throw what the call is to fail with. */
  onCall: ((call: FsCall) => void | Promise<void>) | undefined;
  readonly calls: FsCall[] = [];
  openFiles = 0;
  /** What fits on the disk: beyond it, writing says disk-full. */
  capacityBytes = Infinity;
  /** Whether the disk is mounted for reading alone. */
  readOnly = false;
  readonly #clock: Clock;
  readonly #tree: MemoryTree;

  constructor(clock: Clock, options: MemoryDiskOptions = {}) {
    this.#clock = clock;
    this.#tree = new MemoryTree(clock, options);
  }

  // What a test does to the disk. Paths are absolute.

  makeDirectory(path: string, deviceId?: string): void {
    const node = this.#tree.makeDirectory(path);
    if (deviceId !== undefined) node.deviceId = deviceId;
  }

  /** Writes in place: an existing file keeps its file id. Makes the directories above it. */
  write(path: string, content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const existing = this.#tree.find(path)?.node;
    const node = existing ?? this.#tree.newNode('file');
    if (node.kind !== 'file') throw new Error(`${path} is no file`);
    node.content = bytes;
    node.mtimeNs = node.ctimeNs = this.#tree.nowNs();
    if (existing === undefined) this.#tree.attach(path, node);
  }

  /** Writes beside and renames over, as careful programs do: the file id is new. */
  replace(path: string, content: Uint8Array | string): void {
    if (this.#tree.find(path) !== undefined) this.remove(path);
    this.write(path, content);
  }

  /** Moves the times and nothing else. */
  touch(path: string): void {
    const node = this.#tree.get(path);
    node.mtimeNs = node.ctimeNs = this.#tree.nowNs();
  }

  /** Sets the modification time, as programs that unpack or copy do; ctime tells. */
  setModified(path: string, mtimeNs: bigint): void {
    const node = this.#tree.get(path);
    node.mtimeNs = this.#tree.cut(mtimeNs);
    node.ctimeNs = this.#tree.nowNs();
  }

  /** Moves ctime alone. */
  setMode(path: string, mode: { readonly executable?: boolean; readonly readable?: boolean }): void {
    const node = this.#tree.get(path);
    node.executable = mode.executable ?? node.executable;
    node.readable = mode.readable ?? node.readable;
    node.ctimeNs = this.#tree.nowNs();
  }

  rename(from: string, to: string): void {
    const node = this.#tree.get(from);
    this.#tree.detach(from);
    if (this.#tree.find(to) !== undefined) this.remove(to);
    node.ctimeNs = this.#tree.nowNs();
    this.#tree.attach(to, node);
  }

  /** Removes a file or a whole directory. Whoever has it open sees its ctime move, as it has one name less. */
  remove(path: string): void {
    this.#tree.get(path).ctimeNs = this.#tree.nowNs();
    this.#tree.detach(path);
  }

  makeLink(path: string, target: string): void {
    const node = this.#tree.newNode('symlink');
    node.target = target;
    this.#tree.attach(path, node);
  }

  /** Gives a file another name, so that it has both. */
  makeHardLink(existing: string, path: string): void {
    const node = this.#tree.get(existing);
    this.#tree.attach(path, node);
    node.ctimeNs = this.#tree.nowNs();
  }

  /** A pipe, socket or device. */
  makeSpecial(path: string): void {
    this.#tree.attach(path, this.#tree.newNode('other'));
  }

  /** The content of a file, or undefined when there is none. */
  contentOf(path: string): Uint8Array | undefined {
    const node = this.#tree.find(path)?.node;
    return node?.kind === 'file' ? node.content : undefined;
  }

  /** What is at a path, or undefined when nothing is. */
  kindOf(path: string): EntryKind | undefined {
    return this.#tree.find(path)?.node.kind;
  }

  /** Gives everything below a directory back to whoever may not read it. */
  makeReadable(path: string): void {
    const walk = (node: MemoryNode) => {
      if (!node.readable) {
        node.readable = true;
        node.ctimeNs = this.#tree.nowNs();
      }
      for (const child of node.children.values()) walk(child);
    };
    walk(this.#tree.get(path));
  }

  /** All files below a directory, with paths relative to it, sorted. */
  filesBelow(root: string): string[] {
    return this.entriesBelow(root, 'file');
  }

  /** All entries of a kind below a directory, with paths relative to it, sorted. */
  entriesBelow(root: string, kind: EntryKind): string[] {
    const found: string[] = [];
    const walk = (node: MemoryNode, path: string) => {
      if (node.kind === kind) found.push(path);
      for (const [name, child] of node.children) walk(child, path === '' ? name : `${path}/${name}`);
    };
    walk(this.#tree.get(root), '');
    return found.sort();
  }

  /** The bytes of all files. */
  usedBytes(): number {
    return this.#tree.usedBytes();
  }

  /** What a stat says, without a call of the engine. */
  statNow(path: string): FileStat {
    const found = this.#tree.find(path);
    if (found === undefined) throw new Error(`${path} is not there`);
    return statOf(found);
  }

  /** How many names a file has. */
  namesOf(path: string): number {
    return this.#tree.get(path).links;
  }

  // The port.

  async resolveRoot(path: string): Promise<string> {
    await this.#called({ op: 'resolveRoot', path });
    let resolved: string[] = [];
    const todo = segmentsOf(path);
    for (let steps = 0; todo.length > 0; steps++) {
      const name = todo.shift() ?? '';
      const node = this.#tree.find(`/${[...resolved, name].join('/')}`)?.node;
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
    const found = this.#tree.findBelow(root, path);
    return found && statOf(found);
  }

  async readDirectory(root: string, path: string): Promise<DirectoryEntry[]> {
    await this.#called({ op: 'readDirectory', path: join(root, path) });
    const { node } = this.#tree.directoryBelow(root, path);
    if (!node.readable) throw failure('file-unreadable', path);
    return [...node.children].map(([name, child]) => ({ name, kind: child.kind }));
  }

  async openFile(root: string, path: string): Promise<OpenFile> {
    await this.#called({ op: 'openFile', path: join(root, path) });
    const found = this.#tree.findBelow(root, path);
    if (found === undefined) throw failure('file-vanished', path);
    if (found.node.kind === 'symlink') throw failure('link-in-path', path);
    if (found.node.kind !== 'file') throw failure('not-a-file', path);
    if (!found.node.readable) throw failure('file-unreadable', path);
    return this.#open(found, join(root, path));
  }

  /** Nothing here is mapped into a program's memory. */
  flushFile(): Promise<void> {
    return Promise.resolve();
  }

  async readFile(root: string, path: string, maxBytes: number): Promise<WholeFile> {
    return readInSteps(this, root, path, maxBytes);
  }

  async readText(root: string, path: string, maxBytes: number): Promise<string | undefined> {
    await this.#called({ op: 'readText', path: join(root, path) });
    const node = this.#tree.findBelow(root, path)?.node;
    if (node === undefined) return undefined;
    if (node.kind === 'symlink') throw failure('link-in-path', path);
    if (node.kind !== 'file') throw failure('not-a-file', path);
    if (!node.readable) throw failure('file-unreadable', path);
    if (node.content.length > maxBytes) throw failure('too-large', path);
    return new TextDecoder().decode(node.content);
  }

  async writeText(root: string, path: string, text: string): Promise<void> {
    await this.#called({ op: 'writeText', path: join(root, path) });
    const limits = this.#limits();
    limits.check(new TextEncoder().encode(text).length, path);
    const { above, name } = splitBelow(path);
    const parent = makeBelow(limits, root, above).node;
    if (this.#tree.child(parent, name)?.kind === 'directory') throw failure('not-a-file', path);
    this.replace(join(root, path), text);
  }

  async openForWriting(root: string, path: string): Promise<WritableFile> {
    refuseOutsidePrivate(path);
    await this.#called({ op: 'openForWriting', path: join(root, path) });
    return openToWrite(this.#limits(), root, path);
  }

  /** In the steps of the real disk, so that a hook can come in between. */
  async writeFile(root: string, path: string, bytes: Uint8Array, how: Omit<Finish, 'sizeBytes'>): Promise<FileStat> {
    refuseOutsidePrivate(path);
    await this.#called({ op: 'writeFile', path: join(root, path) });
    const file = openToWrite(this.#limits(), root, path, 'anew');
    try {
      await file.write(bytes, 0);
      return await file.finish({ ...how, sizeBytes: bytes.length });
    } finally {
      await file.close();
    }
  }

  async move(root: string, from: string, to: string, expect: Fingerprint): Promise<FileStat> {
    refuseKeptNames(from, to);
    await this.#called({ op: 'move', path: join(root, from), to: join(root, to) });
    return moveNode(this.#limits(), { root, from, to, expect });
  }

  async removeFile(root: string, path: string): Promise<void> {
    refuseOutsidePrivate(path);
    await this.#called({ op: 'removeFile', path: join(root, path) });
    const found = this.#tree.findBelow(root, path);
    if (found === undefined) return;
    if (found.node.kind === 'directory') throw failure('not-a-file', path);
    this.#limits().check(0, path);
    this.remove(join(root, path));
  }

  async removeEmptyDirectory(root: string, path: string): Promise<boolean> {
    refuseKeptDirectory(path);
    await this.#called({ op: 'removeEmptyDirectory', path: join(root, path) });
    const found = this.#tree.findBelow(root, path);
    if (found === undefined) return true;
    if (found.node.kind !== 'directory' || found.node.children.size > 0) return false;
    this.#limits().check(0, path);
    this.remove(join(root, path));
    return true;
  }

  #open(found: Located, path: string): OpenFile {
    const open = openNode(this.#limits(), path);
    return {
      opened: statOf(found),
      stat: async () => {
        open.check();
        await this.#called({ op: 'fileStat', path });
        return statOf(found);
      },
      read: (buffer, position) => open.read(found.node, buffer, position),
      close: open.close,
    };
  }

  #limits(): WriteLimits {
    return {
      tree: this.#tree,
      now: () => this.#clock.now(),
      called: (call) => this.#called(call),
      check: (addedBytes, path) => {
        if (this.readOnly) throw failure('disk-error', path);
        if (this.capacityBytes === Infinity || addedBytes <= 0) return;
        if (this.#tree.usedBytes() + addedBytes > this.capacityBytes) throw failure('disk-full', path);
      },
      count: (opened) => {
        this.openFiles += opened;
      },
    };
  }

  async #called(call: FsCall): Promise<void> {
    this.calls.push(call);
    await this.onCall?.(call);
  }
}
