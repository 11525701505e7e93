import { sameFingerprint, type Fingerprint } from '../../src/core/entries.ts';
import type { FileStat } from '../../src/core/environment.ts';
import { isPrivate } from '../../src/local/private-paths.ts';
import { TRASH_DIRECTORY, trashStamp } from '../../src/core/trash-path.ts';
import { failure, foldCase, join, statOf, type Located, type MemoryNode } from './memory-tree.ts';
import { makeBelow, splitBelow, type WriteLimits } from './memory-writing.ts';

interface MoveRequest {
  readonly root: string;
  readonly from: string;
  readonly to: string;
  readonly expect: Fingerprint;
}

interface Move extends MoveRequest {
  readonly limits: WriteLimits;
  readonly fromName: string;
  readonly fromParent: Located;
  readonly toName: string;
  readonly toParent: Located;
  readonly node: MemoryNode;
}

/** Moves a file in the steps of the real disk (src/local/move-file.ts), so that a hook can come in between each two. */
export async function moveNode(limits: WriteLimits, request: MoveRequest): Promise<FileStat> {
  const { tree } = limits;
  const { root, to, expect } = request;
  const before = tree.findBelow(root, request.from);
  if (before?.node.kind !== 'file' || !sameFingerprint(statOf(before), expect))
    throw failure('file-changed', request.from);
  const from = await respellDirectories(limits, request);
  if (from === to && from !== request.from) return statOf(before);
  tree.findBelow(root, to);
  const source = splitBelow(from);
  const target = splitBelow(to);
  const move: Move = {
    ...request,
    from,
    limits,
    fromName: source.name,
    fromParent: tree.directoryBelow(root, source.above),
    toName: target.name,
    toParent: makeBelow(limits, root, target.above),
    node: before.node,
  };
  limits.check(0, to);
  const isTaken = isPrivate(to) && !isPrivate(from);
  if (isTaken) await takeIntoPrivate(move);
  else await giveName(move);
  const moved = statOf({ node: move.node, deviceId: move.toParent.deviceId });
  // An edit since then must not pass for the content that was moved.
  if (!sameFingerprint({ ...moved, ctimeNs: request.expect.ctimeNs }, request.expect))
    throw failure('file-changed', to);
  return moved;
}

/** On a disk that ignores case, directories that `to` spells otherwise get that spelling. */
async function respellDirectories({ tree, called }: WriteLimits, { root, from, to }: MoveRequest): Promise<string> {
  const [before, after] = [splitBelow(from), splitBelow(to)];
  if (before.above === after.above || foldCase(before.above) !== foldCase(after.above)) return from;
  if (tree.findBelow(root, before.above)?.node !== tree.findBelow(root, after.above)?.node) return from;
  const names = after.above.split('/');
  for (const [index, name] of names.entries()) {
    const parent = tree.directoryBelow(root, names.slice(0, index).join('/')).node;
    const old = tree.spell(parent, name);
    if (old === undefined || old === name) continue;
    const above = join(root, names.slice(0, index).join('/'));
    await called({ op: 'rename', path: join(above, old), to: join(above, name) });
    tree.respell(parent, old, name);
  }
  return `${after.above}/${before.name}`;
}

async function takeIntoPrivate(move: Move): Promise<void> {
  if (isTargetThere(move)) throw failure('name-taken', move.to);
  await call(move, 'rename', move.from, move.to);
  requireExpected(move);
  requirePlace(move);
  rename(move);
}

async function giveName(move: Move): Promise<void> {
  const { limits, root, from, to, node, toParent, toName } = move;
  const { tree } = limits;
  await call(move, 'link', from, to);
  if (!tree.hasHardLinks) {
    await renameOnly(move);
    return;
  }
  const there = tree.child(toParent.node, toName);
  if (there !== undefined) {
    if (!isOwnName(move)) throw failure('name-taken', to);
    await renameOnly(move);
    return;
  }
  requireExpected(move);
  requirePlace(move);
  tree.link(toParent.node, toName, node);
  node.ctimeNs = tree.nowNs();
  if (!isPrivate(from)) {
    try {
      await releaseShared(move);
    } catch (error) {
      await takeBackName(move);
      throw error;
    }
    return;
  }
  await call(move, 'unlink', from);
  releaseName(move);
  if (tree.findBelow(root, to)?.node !== node) throw failure('file-changed', to);
}

/** An editor's new version under the old name stays there. */
async function releaseShared(move: Move): Promise<void> {
  const { limits, root, from, fromName } = move;
  await call(move, 'rename', from);
  if (!releaseName(move)) return;
  const aside = `${TRASH_DIRECTORY}/${trashStamp(limits.now(), limits.tree.freshLetters())}`;
  const held = `${aside}/${fromName}`;
  limits.tree.link(makeBelow(limits, root, aside).node, fromName, move.node);
  await call(move, 'unlink', held);
  limits.tree.detach(join(root, held));
  limits.tree.detach(join(root, aside));
}

/** Takes the old name from the file, if it still has it. */
function releaseName({ limits, fromParent, fromName, node }: Move): boolean {
  if (limits.tree.child(fromParent.node, fromName) !== node) return false;
  limits.tree.unlink(fromParent.node, fromName);
  node.ctimeNs = limits.tree.nowNs();
  return true;
}

async function takeBackName(move: Move): Promise<void> {
  const { limits, to, toName, toParent, fromName, fromParent, node } = move;
  if (limits.tree.child(fromParent.node, fromName) !== node) return;
  if (limits.tree.child(toParent.node, toName) !== node) return;
  try {
    await call(move, 'unlink', to);
    limits.tree.unlink(toParent.node, toName);
  } catch {
    // Both names stay, as after a crash; the error that is told is the first one.
  }
}

async function renameOnly(move: Move): Promise<void> {
  if (isTargetThere(move) && !isOwnName(move)) throw failure('name-taken', move.to);
  await call(move, 'rename', move.from, move.to);
  requireExpected(move);
  requirePlace(move);
  if (isTargetThere(move) && !isOwnName(move)) throw failure('name-taken', move.to);
  rename(move);
}

function rename({ limits, fromParent, fromName, toParent, toName, node }: Move): void {
  limits.tree.unlink(fromParent.node, fromName);
  limits.tree.link(toParent.node, toName, node);
  node.ctimeNs = limits.tree.nowNs();
}

/** What is at the old name has to be the file that was to be moved, untouched: the real disk looks right before. */
function requireExpected({ limits, root, from, expect, node }: Move): void {
  const now = limits.tree.findBelow(root, from);
  const isSame = now?.node === node && sameFingerprint(statOf(now), expect);
  if (!isSame) throw failure('file-changed', from);
}

/** A directory that was removed since it was opened takes no names, and one on another disk not this one. */
function requirePlace({ fromParent, toParent, to }: Move): void {
  if (toParent.node.links === 0) throw failure('file-changed', to);
  if (fromParent.deviceId !== toParent.deviceId) throw failure('disk-error', to);
}

function isTargetThere({ limits, toParent, toName }: Move): boolean {
  return limits.tree.child(toParent.node, toName) !== undefined;
}

/** Whether both names are one entry, on a disk that ignores case. */
function isOwnName({ limits, fromParent, fromName, toParent, toName }: Move): boolean {
  if (fromName === toName || foldCase(fromName) !== foldCase(toName) || fromParent.node !== toParent.node) return false;
  return limits.tree.spell(fromParent.node, fromName) === limits.tree.spell(toParent.node, toName);
}

async function call(move: Move, op: 'link' | 'rename' | 'unlink', path: string, to?: string): Promise<void> {
  const absolute = join(move.root, path);
  await move.limits.called(to === undefined ? { op, path: absolute } : { op, path: absolute, to: join(move.root, to) });
}
