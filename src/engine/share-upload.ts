import type { ShareStep } from '../api/index.ts';
import { sameFingerprint } from '../core/entries.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { FolderRow } from '../state/index.ts';
import { loadFilter } from './cycle.ts';
import type { EngineParts } from './engine-parts.ts';
import type { FolderCycle, FolderRunner } from './folder-runner.ts';
import { isPaused } from './folder-status.ts';
import { EVERYTHING, type Scope } from './scope.ts';

/** A path of a synced folder, to be in the bucket. */
export interface SharedPath {
  readonly folder: FolderRow;
  /** `''` for the folder itself. */
  readonly path: string;
  /** As the disk spells it. */
  readonly diskPath: string;
  readonly isDirectory: boolean;
}

/** What lets a path be synced before all others. The signal ends the work, whoever waits for it. */
export interface Hurry {
  readonly runner: FolderRunner;
  readonly stopping: AbortSignal;
}

type Waiting = Extract<ShareStep, { kind: 'uploading' }>;

/** Shares what the bucket holds already. */
const SHARE_NOW = 'rustfs-sync share PATH --no-wait';

/** How often progress is told, and a file that would not keep still is tried again. */
const TELL_EVERY_MS = 200;
/** What was just written is taken up once it is quiet; a directory in which something never is is shared all the same. */
const AGAIN_MS = 1_000;
/** A file that failed and is tried again within this time is waited for. What only a person can mend waits far longer. */
const LONGEST_WAIT_MS = 30_000;
const MAX_DIRECTORY_ROUNDS = 5;

/**
 * Whether what is on this computer is what the bucket holds. Of a file that is gone here nothing has to be sent; of a
 * directory only a look at it can tell.
 *
 * @throws SyncError not-uploaded when something else has taken the place of a file.
 */
export async function isUploaded(parts: EngineParts, { folder, path, diskPath, isDirectory }: SharedPath) {
  if (folder.mode === 'download') return true;
  if (isDirectory) return false;
  const stat = await parts.environment.fs.stat(folder.localRoot, diskPath);
  if (stat === undefined) return true;
  if (stat.kind !== 'file') throw notUploaded(path, 'It is no file any more.', 'Share what is there now.');
  const base = parts.state.base.get(folder.id, path);
  return base !== undefined && sameFingerprint(stat, base);
}

/**
 * Sends a file, or all that is below a directory, before it is shared, and tells how far it is.
 *
 * @throws SyncError not-uploaded when it can not be sent without a person; held-by-brake; unreachable.
 */
export async function* untilUploaded(
  parts: EngineParts,
  place: SharedPath,
  { runner, stopping }: Hurry,
  signal: AbortSignal,
): AsyncGenerator<Waiting, void, undefined> {
  const { clock } = parts.environment;
  for (let round = 0; !(await isUploaded(parts, place)); round++) {
    await refuseWhatWaits(parts, place);
    // Once, or what fails would be sent again and again for as long as somebody waits.
    if (round === 0) parts.state.problems.retryNow(place.folder.id, place.path);
    askFor(parts, place, runner);
    const look = watched(runner.cycle(scopeOf(place), stopping));
    while (!look.isOver() || movingOf(parts, place).length > 0 || isPutOff(parts, place)) {
      yield waitingOf(parts, place);
      await clock.sleep(TELL_EVERY_MS, signal);
      // A cycle that was under way may have sent it, and have much else to send.
      if (await isUploaded(parts, place)) return;
      refuseOffline(parts, place);
    }
    const cycle = await unlessCalledOff(look.result);
    // Its account was changed meanwhile, say. That the folder was paused or removed is told by the next round.
    if (cycle === undefined) {
      await clock.sleep(TELL_EVERY_MS, signal);
      continue;
    }
    refuseFailed(parts, place, cycle);
    if (place.isDirectory && (round === MAX_DIRECTORY_ROUNDS || !isAgainDue(cycle, place))) return;
    if (round > 0) await clock.sleep(place.isDirectory ? AGAIN_MS : TELL_EVERY_MS, signal);
  }
}

/** Whether a file failed that is tried again soon. */
function isPutOff({ state, environment }: EngineParts, { folder, path, isDirectory }: SharedPath): boolean {
  if (isDirectory) return false;
  const waitMs = (state.problems.get(folder.id, path, 'transfer')?.retryAtMs ?? 0) - environment.clock.now();
  return waitMs > 0 && waitMs <= LONGEST_WAIT_MS;
}

/** Whether something in a directory was not quiet yet. */
function isAgainDue(cycle: FolderCycle, { path }: SharedPath): boolean {
  if (cycle.kind !== 'executed') return false;
  const { stalePaths, large } = cycle.execution;
  return [...stalePaths, ...large.stalePaths].some((each) => path === '' || each.startsWith(`${path}/`));
}

/** Moves a file to the top of the queue, in a cycle that is under way as well. */
function askFor({ state }: EngineParts, { folder, path, isDirectory }: SharedPath, runner: FolderRunner): void {
  if (isDirectory) return;
  state.wishes.put(folder.id, path, 'first');
  runner.hurry(path);
}

function scopeOf({ path, isDirectory }: SharedPath): Scope {
  if (path === '') return EVERYTHING;
  return { kind: 'paths', paths: [path], ask: new Set(isDirectory ? [] : [path]) };
}

/** A promise of which one can ask whether it is over. */
function watched(work: Promise<FolderCycle>) {
  let over = false;
  const result = work.finally(() => (over = true));
  // Who waits may have gone by then.
  result.catch(() => undefined);
  return { isOver: () => over, result };
}

/** What a look came to; undefined where another command called it off. */
async function unlessCalledOff(look: Promise<FolderCycle>): Promise<FolderCycle | undefined> {
  try {
    return await look;
  } catch (error) {
    if (hasCode(error, 'cancelled')) return undefined;
    throw error;
  }
}

function movingOf({ transfers }: EngineParts, { folder, path, isDirectory }: SharedPath) {
  const below = path === '' ? '' : `${path}/`;
  return transfers
    .list()
    .filter((each) => each.folderId === folder.id && each.direction === 'up')
    .filter((each) => (isDirectory ? each.path.startsWith(below) : each.path === path));
}

function waitingOf(parts: EngineParts, place: SharedPath): Waiting {
  const moving = movingOf(parts, place);
  const [doneBytes, sizeBytes] = moving.reduce(
    ([done, size], each) => [done + each.doneBytes, size + each.sizeBytes],
    [0, 0],
  );
  return { kind: 'uploading', path: place.path, isMoving: moving.length > 0, doneBytes, sizeBytes };
}

/** @throws SyncError for what keeps all of the folder, or this file, from being sent. */
async function refuseWhatWaits({ state, environment }: EngineParts, { folder, path, isDirectory }: SharedPath) {
  const now = state.folders.byId(folder.id);
  if (now === undefined) throw notUploaded(path, 'Its folder is not synced any more.', 'Add the folder again.');
  if (isPaused(state, now)) {
    throw notUploaded(path, 'Syncing is paused.', 'Resume it, or share what is in the bucket now.', SHARE_NOW);
  }
  if (now.hold !== undefined && !now.hold.approved) throw held();
  const filter = await loadFilter(environment, now);
  const isLeftOut = path !== '' && (isDirectory ? filter.ignoresDirectory(path) : filter.ignoresFile(path));
  if (!isLeftOut) return;
  throw notUploaded(
    path,
    'It is left out of syncing.',
    'Change what the folder leaves out, or share it from elsewhere.',
  );
}

/** A server that can not be reached is told at once: the person decides whether to wait. */
function refuseOffline({ connections }: EngineParts, { folder }: SharedPath): void {
  const reachability = connections.peek(folder.accountId)?.breaker.state;
  if (reachability?.kind === 'unreachable') throw reachability.error;
}

function refuseFailed(
  { state, environment }: EngineParts,
  { folder, path, isDirectory }: SharedPath,
  cycle: FolderCycle,
): void {
  if (cycle.kind === 'stopped') throw cycle.error;
  if (cycle.kind === 'held') throw held();
  // Of a directory, what could be sent is shared.
  if (isDirectory) return;
  for (const source of ['transfer', 'comparison', 'conflict'] as const) {
    const problem = state.problems.get(folder.id, path, source);
    if (problem === undefined || problem.severity === 'notice') continue;
    if ((problem.retryAtMs ?? Number.POSITIVE_INFINITY) - environment.clock.now() <= LONGEST_WAIT_MS) continue;
    throw notUploaded(path, problem.message, problem.advice);
  }
}

function held(): SyncError {
  return new SyncError({
    code: 'held-by-brake',
    message: 'The folder is held by a safety brake, so the file is not uploaded.',
    advice: 'Look at its plan and approve or revert it; or share what is in the bucket now.',
    command: SHARE_NOW,
  });
}

function notUploaded(path: string, why: string, advice: string, command?: string): SyncError {
  const message = `${path === '' ? 'The folder' : path} is not uploaded. ${why}`;
  return new SyncError({ code: 'not-uploaded', message, advice, command });
}
