import { onlyChosen } from '../core/chosen.ts';
import { isSettled, mayHideAnEdit } from '../core/entries.ts';
import type { Environment } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { createFilter, IGNORE_FILE, withoutDirectory, type PathFilter } from '../core/filters.ts';
import { withoutNested, type RelativePath } from '../core/paths.ts';
import { utf8ByteLength } from '../core/text.ts';
import { scanPaths, scanTree } from '../local/scan.ts';
import { listObjects } from '../remote/index.ts';
import type { FolderRow } from '../state/index.ts';
import { expireBucketTrash } from './bucket-trash.ts';
import { compareTrees, type Compared, type Trees } from './compare.ts';
import { endLeftUploads, endOrphanedUploads } from './end-uploads.ts';
import { executePlan, type ExecutionListener } from './execute.ts';
import { headRemote, type FolderContext } from './folder-context.ts';
import { relativeTo } from './folders.ts';
import { revisitFreed } from './freed-names.ts';
import { makeRoom } from './make-room.ts';
import { OtherNames } from './other-names.ts';
import { PlanWriter } from './plan-writer.ts';
import { releaseUnchosen } from './release-unchosen.ts';
import { remoteTree, type RefusedKey } from './remote-tree.ts';
import { isToldAlready } from './told-already.ts';
import { comparedAfterCut } from './power-cut.ts';
import { proveLocalRoot } from './roots.ts';
import { settleCase } from './settle-case.ts';
import {
  baseBelow,
  leftOutBefore,
  localAsRemembered,
  objectsAbove,
  pathsBelow,
  remoteAfterHint,
  type Scope,
} from './scope.ts';
import type { Execution } from './tally.ts';
import { tidyRoot } from './tidy-root.ts';
import { comparedByNow, forgetOldEffects } from './under-way.ts';

/** Longest `.rustfsignore` that is read, in bytes. */
const MAX_IGNORE_FILE_BYTES = 1024 * 1024;

/** How a cycle went. */
export type CycleResult =
  | { readonly kind: 'held' }
  /** Monotonic milliseconds at which all was compared, and carrying it out began. */
  | { readonly kind: 'executed'; readonly execution: Execution; readonly comparedMs: number };

export interface CycleListener extends ExecutionListener {
  comparing(): void;
  /** A path was compared. */
  compared(): void;
  executing(): void;
}

/** Reads what of the folder is left out here: by its rules, or because only a part of it is chosen. */
export async function loadFilter(environment: Environment, folder: FolderRow): Promise<PathFilter> {
  return chosenOf(await loadRules(environment, folder), folder);
}

/** The folder's rules, and with them what is not chosen for this computer. */
export function chosenOf(rules: PathFilter, { chosen }: FolderRow): PathFilter {
  return chosen === undefined ? rules : onlyChosen(rules, chosen);
}

/**
 * Reads the folder's rules of what to leave out. What the program itself keeps is left out of a folder around it: the bucket is no
 * place for its secrets, and reading its lock would give that up.
 */
export async function loadRules({ fs, ownDirectory }: Environment, folder: FolderRow): Promise<PathFilter> {
  const rules = createFilter(folder.ignoreGlobs, (await readIgnoreFile(fs, folder.localRoot)) ?? '');
  const own = ownDirectory === undefined ? undefined : relativeTo(folder.localRoot, ownDirectory);
  return own === undefined ? rules : withoutDirectory(rules, own);
}

/** A directory of that name holds no rules: a key such as `.rustfsignore/x` must not stop the folder. */
async function readIgnoreFile(fs: Environment['fs'], root: string): Promise<string | undefined> {
  try {
    return await fs.readText(root, IGNORE_FILE, MAX_IGNORE_FILE_BYTES);
  } catch (error) {
    if (hasCode(error, 'not-a-file') && (await fs.stat(root, IGNORE_FILE))?.kind === 'directory') return undefined;
    throw error;
  }
}

/**
 * One turn of a folder: compare, let the brake look at the plan, carry it out. The roots have been proved.
 *
 * @throws the first error of scan or listing: nothing is then carried out, and what was planned is dropped.
 */
export async function runCycle(
  context: FolderContext,
  scope: Scope,
  diskChanged: boolean,
  listener: CycleListener,
  signal: AbortSignal,
): Promise<CycleResult> {
  const { state, folder } = context;
  if (scope.kind !== 'retry') {
    listener.comparing();
    if (scope.kind === 'everything') await releaseUnchosen(context, signal);
    const held = await planCycle(context, scope, diskChanged, listener, signal);
    if (held) return { kind: 'held' };
  }
  const comparedMs = context.environment.clock.monotonic();
  if (scope.kind === 'everything') await tidyRoot(context, signal);
  listener.executing();
  const execution = await executePlan(context, listener, signal);
  // All of this makes room in the bucket.
  if (scope.kind === 'everything' && execution.fatal === execution.full) {
    await endOrphanedUploads(context, signal);
    await endLeftUploads(context, signal);
    await expireBucketTrash(context, signal);
  }
  state.activity.trim(context.environment.clock.now());
  if (scope.kind === 'everything') state.folders.finishFullPass(folder.id, context.environment.clock.now());
  return { kind: 'executed', execution, comparedMs };
}

/** @returns whether the brake holds the plan. */
async function planCycle(
  context: FolderContext,
  scope: Exclude<Scope, { kind: 'retry' }>,
  diskChanged: boolean,
  listener: CycleListener,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, folder, pass, environment, large } = context;
  large.close();
  if (scope.kind === 'everything') large.leaveOutAll();
  const roots = scope.kind === 'paths' ? withoutNested(withOtherNames(context, scope.paths)) : [];
  state.transaction(() => {
    if (scope.kind === 'everything') {
      state.plans.clear(folder.id);
      forgetOldEffects(context);
    }
    for (const path of roots) {
      state.plans.deleteUnder(folder.id, path);
      // Whoever touches a file that failed most likely mended it. One that we look at of ourselves waits for its turn.
      if (scope.kind !== 'paths' || !scope.ask.has(path)) state.problems.retryNow(folder.id, path);
    }
  });
  const writer = new PlanWriter(state, folder.id, pass, environment.clock.now());
  const brake = context.brake.count(scope, folder.hold && state.heldPlans.doneBefore(folder.id, folder.hold.totals));
  const otherNames = new OtherNames();
  const mayBeDone = scope.kind !== 'listing' && !state.underWay.isEmpty(folder.id);
  try {
    const trees = await treesOf(context, scope, roots, writer, signal);
    for await (const found of compareTrees(trees, context.rules, context.filter)) {
      signal.throwIfAborted();
      brake.see(found);
      // What is on its way is compared once it has arrived.
      if (found.kind === 'path' && large.leavesOut(found.merged.path)) continue;
      const compared = comparedAfterCut(context, mayBeDone ? comparedByNow(context, found) : found);
      if (isQuiet(context, compared) && !(scope.kind === 'listing' && isToldAlready(context, compared))) {
        brake.take(compared);
        writer.take(compared);
        if (scope.kind === 'paths') otherNames.take(compared);
      }
      listener.compared();
    }
    if (context.ignoresCase) brake.discount(await takeCaseClashes(context, writer));
    brake.discount(writer.finish());
    otherNames.revisit(context);
    // A disk that went away between its proof and the scan looked empty, and read as deleted.
    await proveLocalRoot(environment.fs, folder);
  } catch (error) {
    state.plans.clear(folder.id);
    throw error;
  }
  const { reason, totals } = context.brake.check(brake, diskChanged);
  // Approved since this cycle began, perhaps.
  const isApproved = state.folders.byId(folder.id)?.hold?.approved === true;
  const held = reason !== undefined && !(isApproved && !state.heldPlans.exceedsNoted(folder.id, reason));
  if (isApproved && !held) context.brake.beginAnew();
  state.transaction(() => {
    if (held) state.folders.setHold(folder.id, reason, totals, state.heldPlans.note(folder.id));
    else if (folder.hold !== undefined) {
      state.folders.clearHold(folder.id);
      state.heldPlans.clear(folder.id);
    }
    if (scope.kind === 'everything') {
      state.problems.deleteStale(folder.id, pass);
      state.problems.deleteUnplanned(folder.id);
      state.problems.deleteUnknown(folder.id);
    } else {
      for (const path of roots) {
        state.problems.deleteStale(folder.id, pass, path);
        state.problems.deleteUnplanned(folder.id, path);
      }
    }
  });
  return held;
}

/** A file that waits for its new name to be made in the bucket is a rename only as long as both names are looked at. */
function withOtherNames({ state, folder }: FolderContext, paths: readonly string[]): string[] {
  return [...paths, ...paths.flatMap((path) => state.plans.otherNames(folder.id, path))];
}

/** @returns how many deletions are not to be. */
async function takeCaseClashes(context: FolderContext, writer: PlanWriter): Promise<number> {
  writer.flush();
  const { environment, folder, state } = context;
  const givesWay = (holder: string) => makeRoom(environment.fs, folder.localRoot, holder);
  const clashes = await settleCase(context, state.plans, givesWay);
  for (const { path, holder } of clashes) writer.caseClash(path, holder);
  // What two names that are both to come are to the disk it can say when one of them is there.
  for (const { path, holder } of context.state.plans.takeSameNames(context.folder.id)) {
    if (!context.revisit(path)) writer.caseClash(path, holder);
  }
  return clashes.filter(({ sparesDeletion }) => sparesDeletion).length;
}

/**
 * Whether a path may be planned (safety rule 8). A file that was written a moment ago may be written again, and a disk
 * with coarse times would not show it; such a path, and one that vanished under the scan, is looked at again soon.
 */
function isQuiet(context: FolderContext, compared: Compared): boolean {
  if (compared.kind === 'skipped') {
    if (compared.item.reason === 'vanished') context.revisit(compared.item.path.replace(/\/$/, ''));
    return true;
  }
  if (compared.kind === 'clash') return true;
  const { local, path } = compared.merged;
  const readsFile = ['upload', 'reconcile', 'confirm-local'].includes(compared.action.kind);
  const nowMs = context.environment.clock.now();
  if (!readsFile || local === undefined || isSettled(local, nowMs)) return true;
  // On a disk with coarse times nothing would show that it was written to while it was read: it waits, however long.
  return !context.revisit(path, mayHideAnEdit(local, nowMs) ? 'endless' : undefined);
}

/** What the trees of a folder are read with; a {@link FolderContext} has all of it. */
export interface TreeSources extends Pick<FolderContext, 'environment' | 'state' | 'folder' | 'filter'> {
  readonly upload: Pick<FolderContext['upload'], 'store' | 'requests'>;
}

async function treesOf(
  context: FolderContext,
  scope: Exclude<Scope, { kind: 'retry' }>,
  roots: readonly string[],
  writer: PlanWriter,
  signal: AbortSignal,
): Promise<Trees> {
  const { state, folder } = context;
  const onRefused = (refused: RefusedKey) => writer.refused(refused);
  switch (scope.kind) {
    case 'everything':
      return wholeTrees(context, onRefused, signal);
    case 'listing': {
      const { base, remote } = wholeTrees(context, onRefused, signal);
      const local = localAsRemembered(state.base.stream(folder.id));
      return { base, local, remote: revisitFreed(context, remote) };
    }
    case 'paths':
      return hintedTrees(context, roots, scope.ask, signal);
  }
}

/** The trees of a whole folder: the disk as it is, the bucket as listed now. */
export function wholeTrees(
  { environment, folder, filter, state, upload }: TreeSources,
  onRefused: (refused: RefusedKey) => void,
  signal: AbortSignal,
): Trees {
  const prefixBytes = utf8ByteLength(folder.prefix);
  const range = { bucket: folder.bucket, prefix: folder.prefix };
  const listed = listObjects(upload.store, range, signal, (page) => upload.requests.run(page, signal));
  // Keys that no path can stand for concern nobody who only uploads.
  const tell = folder.mode === 'upload' ? () => undefined : onRefused;
  return {
    base: state.base.stream(folder.id),
    local: scanTree(environment.fs, folder.localRoot, { filter, prefixBytes, signal }),
    remote: remoteTree(listed, folder.prefix, tell),
  };
}

async function hintedTrees(
  context: FolderContext,
  roots: readonly string[],
  ask: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Trees> {
  const { environment, folder, filter, state } = context;
  const prefixBytes = utf8ByteLength(folder.prefix);
  const head = (path: RelativePath) => headRemote(context, path, signal);
  const rows = () => baseBelow(state, folder.id, roots);
  // Who only uploads takes no file for deleted, and may have any number of objects whose files are gone.
  const doubted = folder.mode === 'upload' ? [] : await leftOutBefore(rows(), filter);
  const asked = new Set([...pathsBelow(ask, roots), ...doubted]);
  return {
    base: rows(),
    local: scanPaths(environment.fs, folder.localRoot, roots, { filter, prefixBytes, signal }),
    remote: remoteAfterHint(rows(), asked, head),
    objectsAbove: await objectsAbove(state, folder.id, roots, ask, head),
  };
}
