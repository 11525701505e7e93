import type { DirectoryEntry, EntryKind, FileStat, FileSystem } from '../../../src/core/environment.ts';
import { SyncError, type ErrorCode } from '../../../src/core/errors.ts';

/** A tree to scan: a file is `'file'`, a directory is an object of its entries. */
export type Tree = { readonly [name: string]: Tree | Leaf };
export type Leaf = 'file' | 'symlink' | 'other';

export interface Oddities {
  /** Errors of `readDirectory`, by path. */
  readonly list?: Readonly<Record<string, ErrorCode>>;
  /** Errors of `stat`, by path. */
  readonly stat?: Readonly<Record<string, ErrorCode>>;
  /** What `stat` says although the listing says otherwise; `gone` for nothing there. */
  readonly changed?: Readonly<Record<string, EntryKind | 'gone'>>;
  /** Directories on another file system. */
  readonly mounted?: readonly string[];
  /** Whether listings leave the kinds open. */
  readonly unknownKinds?: boolean;
}

/** A FileSystem to scan, out of an object. It counts what it is asked. */
export function createMemoryFileSystem(
  tree: Tree,
  oddities: Oddities = {},
): FileSystem & { readonly listed: string[]; readonly looked: string[] } {
  const listed: string[] = [];
  const looked: string[] = [];
  return {
    listed,
    looked,
    resolveRoot: async (path) => path,
    async stat(_root, path): Promise<FileStat | undefined> {
      looked.push(path);
      failIf(oddities.stat?.[path], path);
      const changed = oddities.changed?.[path];
      const node = find(tree, path);
      if (changed === 'gone' || node === undefined) return undefined;
      return makeStat(changed ?? kindOf(node), path, oddities.mounted?.includes(path) === true ? 'other' : 'main');
    },
    async readDirectory(_root, path): Promise<DirectoryEntry[]> {
      listed.push(path);
      failIf(oddities.list?.[path], path);
      const node = find(tree, path);
      if (typeof node !== 'object') throw makeError('file-vanished', path);
      return Object.entries(node).map(([name, entry]) => ({
        name,
        kind: oddities.unknownKinds === true ? 'unknown' : kindOf(entry),
      }));
    },
    openFile: notHere,
    flushFile: notHere,
    readFile: notHere,
    readText: notHere,
    writeText: notHere,
    openForWriting: notHere,
    writeFile: notHere,
    move: notHere,
    removeFile: notHere,
    removeEmptyDirectory: notHere,
  };
}

function find(tree: Tree, path: string): Tree | Leaf | undefined {
  let node: Tree | Leaf | undefined = tree;
  for (const name of path === '' ? [] : path.split('/')) {
    if (typeof node !== 'object' || !Object.hasOwn(node, name)) return undefined;
    node = node[name];
  }
  return node;
}

function kindOf(node: Tree | Leaf): EntryKind {
  return typeof node === 'object' ? 'directory' : node;
}

function makeStat(kind: EntryKind, path: string, deviceId: string): FileStat {
  const times = { mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n };
  return {
    kind,
    sizeBytes: path.length,
    fileId: `id of ${path}`,
    deviceId,
    executable: false,
    hasOtherNames: false,
    ...times,
  };
}

function failIf(code: ErrorCode | undefined, path: string): void {
  if (code !== undefined) throw makeError(code, path);
}

function makeError(code: ErrorCode, path: string): SyncError {
  return new SyncError({ code, message: `${code} at ${path}`, advice: 'none' });
}

async function notHere(): Promise<never> {
  throw new Error('A scan does not do that.');
}
