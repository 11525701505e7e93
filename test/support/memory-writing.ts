import type { WritableFile } from '../../src/core/environment.ts';
import { settableTime } from '../../src/local/file-times.ts';
import type { FsCall } from './memory-fs.ts';
import { failure, join, statOf, type Located, type MemoryNode, type MemoryTree } from './memory-tree.ts';

/** What the writing half of the disk in memory needs of it. */
export interface WriteLimits {
  readonly tree: MemoryTree;
  readonly now: () => number;
  /** Tells the test's hook. */
  readonly called: (call: FsCall) => Promise<void>;
  /** @throws SyncError when the disk is read-only or has no room for this much more. */
  readonly check: (addedBytes: number, path: string) => void;
  /** Counts open files. */
  readonly count: (opened: 1 | -1) => void;
}

/** The directories of `path` below a root, made where they are not there. */
export function makeBelow({ tree, check }: WriteLimits, root: string, path: string): Located {
  const found = tree.findBelow(root, path);
  if (found?.node.kind === 'directory') return found;
  let above = tree.directoryBelow(root, '');
  for (const name of path.split('/')) {
    let child = tree.child(above.node, name);
    if (child?.kind === 'symlink') throw failure('link-in-path', path);
    if (child !== undefined && child.kind !== 'directory') throw failure('name-taken', path);
    if (child === undefined) {
      check(0, path);
      child = tree.newNode('directory');
      tree.link(above.node, name, child);
    }
    above = { node: child, deviceId: child.deviceId ?? above.deviceId };
  }
  return above;
}

/** A path below a root as the directory and the name in it. */
export function splitBelow(path: string): { above: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { above: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}

/** The open end of a file. */
export interface OpenEnd {
  /** @throws after the close: a test must not pass with that. */
  readonly check: () => void;
  readonly read: (node: MemoryNode, buffer: Uint8Array, position: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

export function openNode(limits: WriteLimits, path: string): OpenEnd {
  let isOpen = true;
  limits.count(1);
  const check = () => {
    if (!isOpen) throw new Error(`${path} was used after it was closed`);
  };
  return {
    check,
    read: async (node, buffer, position) => {
      check();
      await limits.called({ op: 'read', path, position });
      const bytes = node.content.subarray(position, position + buffer.length);
      buffer.set(bytes);
      return bytes.length;
    },
    close: async () => {
      check();
      isOpen = false;
      limits.count(-1);
    },
  };
}

/** As the real disk: a file that has another name is not written through, but begun anew. */
export function openToWrite(
  limits: WriteLimits,
  root: string,
  path: string,
  what: 'kept' | 'anew' = 'kept',
): WritableFile {
  const { tree, check } = limits;
  tree.findBelow(root, path);
  const { above, name } = splitBelow(path);
  const parent = makeBelow(limits, root, above);
  check(0, path);
  let node = tree.child(parent.node, name);
  if (node?.kind === 'symlink') throw failure('link-in-path', path);
  if (node !== undefined && node.kind !== 'file') throw failure('not-a-file', path);
  if (node?.readable === false && what === 'kept') throw failure('file-unreadable', path);
  if (node !== undefined && (node.links > 1 || what === 'anew')) {
    tree.unlink(parent.node, name);
    node = undefined;
  }
  if (node === undefined) {
    node = tree.newNode('file');
    tree.link(parent.node, name, node);
  }
  return writable(limits, { node, deviceId: parent.deviceId }, join(root, path));
}

function writable(limits: WriteLimits, found: Located, path: string): WritableFile {
  const { tree, called, check } = limits;
  const { node } = found;
  const open = openNode(limits, path);
  return {
    get sizeBytes() {
      return node.content.length;
    },
    read: (buffer, position) => open.read(node, buffer, position),
    async write(bytes, position) {
      open.check();
      await called({ op: 'write', path, position });
      check(position + bytes.length - node.content.length, path);
      // A copy, since the test may hold what was there.
      const content = new Uint8Array(Math.max(node.content.length, position + bytes.length));
      content.set(node.content);
      content.set(bytes, position);
      node.content = content;
      node.mtimeNs = node.ctimeNs = tree.nowNs();
    },
    async finish({ sizeBytes, mtimeNs, executable }) {
      open.check();
      await called({ op: 'finish', path });
      check(0, path);
      if (node.content.length < sizeBytes) throw failure('file-changed', path);
      if (node.content.length > sizeBytes) {
        node.content = node.content.slice(0, sizeBytes);
        node.mtimeNs = tree.nowNs();
      }
      node.executable = executable;
      if (mtimeNs !== undefined) node.mtimeNs = tree.cut(settableTime(mtimeNs).mtimeNs);
      node.ctimeNs = tree.nowNs();
      return statOf(found);
    },
    close: open.close,
  };
}
