import type { SyncOutcome } from '../api/index.ts';
import type { Clock } from '../core/environment.ts';
import { asSyncError, cancelled, hasCode, type ErrorCode, type SyncError } from '../core/errors.ts';
import { isUnreachable } from '../transfer/index.ts';
import type { Connection } from './connections.ts';
import { Counts, type Execution } from './tally.ts';
import type { EngineParts } from './engine-parts.ts';
import type { FolderCycle, FolderRunner } from './folder-runner.ts';
import { withPatience } from './patience.ts';
import { EVERYTHING, objectsInTheWay, type Scope } from './scope.ts';

/** At the start of a run the server has to answer within so many tries. */
const FIRST_TRIES = 3;
const FIRST_PAUSE_MS = 500;
/** What moved under us or failed for a while is taken up again so often. */
const MAX_ROUNDS = 5;
/** Files are taken up again once they have been quiet for about a second. */
const QUIET_MS = 1_100;
/** The longest that a run waits for files that failed for a while. */
const LONGEST_WAIT_MS = 30_000;

/** Why a folder's run ended, worst last. */
type Verdict =
  | { readonly kind: 'in-sync' }
  | { readonly kind: 'problems' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'held' }
  | { readonly kind: 'unreachable'; readonly error: SyncError }
  /** Called off by whoever asked for it. */
  | { readonly kind: 'stopped'; readonly error: SyncError };

const RANKS: readonly Verdict['kind'][] = ['in-sync', 'paused', 'problems', 'held', 'unreachable', 'stopped'];

const STOPPED: Verdict = { kind: 'stopped', error: cancelled('Syncing') };

/** Codes that say: this computer can not work with that server or bucket as things are. */
const SIGN_IN_CODES: readonly ErrorCode[] = [
  'unreachable',
  'timeout',
  'untrusted-certificate',
  'wrong-secret-key',
  'unknown-access-key',
  'access-denied',
  'wrong-region',
  'path-style-needed',
  'clock-skew',
  'not-s3',
  'no-such-bucket',
  'no-secret',
  'no-keychain',
];

/**
 * Runs folders until each is in sync or can not be without a person, or the signal aborts. The folders go side by side. Tells
 * what was done to them meanwhile, whoever had it done.
 */
export async function syncOnce(
  parts: EngineParts,
  runners: readonly { readonly folderId: string; readonly runner: FolderRunner }[],
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const before = runners.map(({ runner }) => Object.assign(new Counts(), runner.done));
  const verdicts = await Promise.all(
    runners.map(({ folderId, runner }) => syncFolder(parts, folderId, runner, signal)),
  );
  const worst = verdicts.reduce<Verdict>((a, b) => (RANKS.indexOf(b.kind) > RANKS.indexOf(a.kind) ? b : a), {
    kind: 'in-sync',
  });
  const sum = (of: keyof Counts) =>
    runners.reduce((total, { runner }, index) => total + runner.done[of] - (before[index]?.[of] ?? 0), 0);
  const done = {
    uploadedFiles: sum('uploadedFiles'),
    uploadedBytes: sum('uploadedBytes'),
    downloadedFiles: sum('downloadedFiles'),
    downloadedBytes: sum('downloadedBytes'),
    deletedFiles: sum('deletedFiles'),
    movedFiles: sum('movedFiles'),
    releasedFiles: sum('releasedFiles'),
  };
  if (worst.kind !== 'unreachable' && worst.kind !== 'stopped') return { result: worst.kind, ...done };
  const { code, message, advice, detail } = worst.error;
  return { result: worst.kind, error: { code, message, advice, detail }, ...done };
}

async function syncFolder(
  parts: EngineParts,
  folderId: string,
  runner: FolderRunner,
  signal: AbortSignal,
): Promise<Verdict> {
  const folder = parts.state.folders.byId(folderId);
  if (folder === undefined || folder.paused || parts.state.settings.read().paused) return { kind: 'paused' };
  let connection: Connection;
  try {
    connection = await parts.connections.byId(folder.accountId, signal);
    await reachBucket(parts.environment.clock, connection, folder.bucket, signal);
  } catch (thrown) {
    if (signal.aborted) return STOPPED;
    return { kind: 'unreachable', error: asSyncError(thrown) };
  }
  parts.state.problems.retryNow(folderId);
  try {
    const work = (patientSignal: AbortSignal) => rounds(parts, folderId, runner, patientSignal);
    return await withPatience(parts.environment.clock, connection, signal, work, { wasReached: true });
  } catch (thrown) {
    const error = asSyncError(thrown);
    if (isUnreachable(error)) return { kind: 'unreachable', error };
    if (error.code !== 'cancelled') throw thrown;
    if (signal.aborted) return STOPPED;
    // The account was changed meanwhile, or what is chosen, or a held plan was reverted; or the folder was paused or removed.
    return syncFolder(parts, folderId, runner, signal);
  }
}

/** A first request that does not wait for ever: whoever runs a command wants to know at once that the address is wrong. */
async function reachBucket(clock: Clock, { store }: Connection, bucket: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await store.headBucket(bucket, signal);
      return;
    } catch (error) {
      if (tries === FIRST_TRIES || !asSyncError(error).retryable) throw error;
      await clock.sleep(FIRST_PAUSE_MS * tries, signal);
    }
  }
}

async function rounds(
  parts: EngineParts,
  folderId: string,
  runner: FolderRunner,
  signal: AbortSignal,
): Promise<Verdict> {
  const { clock } = parts.environment;
  let scope: Scope | undefined = EVERYTHING;
  for (let round = 0; round < MAX_ROUNDS && scope !== undefined;) {
    const cycle: FolderCycle = await runner.cycle(scope, signal);
    if (cycle.kind === 'held') return { kind: 'held' };
    if (cycle.kind === 'stopped') return stoppedVerdict(cycle.error);
    await runner.settled(signal);
    signal.throwIfAborted();
    // One that was cut short had no chance to come to an end.
    if (!cycle.execution.isCutShort) round += 1;
    const next = nextRound(parts, folderId, cycle.execution);
    if (next !== undefined) await clock.sleep(next.delayMs, signal);
    scope = next?.scope;
  }
  const { warning, error } = parts.state.problems.count(folderId);
  // Paths that would not keep still through all rounds are not in sync either.
  if (warning + error > 0 || scope !== undefined) return { kind: 'problems' };
  const { paused, cancelled } = parts.state.wishes.count(folderId);
  return paused + cancelled > 0 ? { kind: 'paused' } : { kind: 'in-sync' };
}

/** What is left that may succeed soon, and when to try. */
function nextRound(
  { state, environment }: EngineParts,
  folderId: string,
  { stalePaths: small, deletedFiles, large }: Execution,
): { readonly scope: Scope; readonly delayMs: number } | undefined {
  // What was taken for deleted may have moved to where the scan had been already: only another look shows it.
  const stalePaths = [...small, ...large.stalePaths];
  if (deletedFiles > 0) return { scope: EVERYTHING, delayMs: 0 };
  if (stalePaths.length > 0) {
    const ask = new Set([...stalePaths, ...objectsInTheWay(state.problems.clashes(folderId), stalePaths)]);
    return { scope: { kind: 'paths', paths: stalePaths, ask }, delayMs: QUIET_MS };
  }
  const retryAtMs = state.problems.nextRetryMs(folderId);
  if (retryAtMs === undefined) return undefined;
  const delayMs = Math.max(0, retryAtMs - environment.clock.now());
  return delayMs <= LONGEST_WAIT_MS ? { scope: { kind: 'retry' }, delayMs } : undefined;
}

function stoppedVerdict(error: SyncError): Verdict {
  return hasCode(error, ...SIGN_IN_CODES) ? { kind: 'unreachable', error } : { kind: 'problems' };
}
