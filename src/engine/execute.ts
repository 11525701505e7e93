import { asSyncError, type SyncError } from '../core/errors.ts';
import type { Lane, Phase, PlanItem } from '../core/plan.ts';
import { runConcurrently } from '../transfer/index.ts';
import { FILE_RETRIES } from '../core/retry.ts';
import { perform } from './effects.ts';
import { concernsWholeFolder, movedUnderUs } from './failures.ts';
import type { FolderContext } from './folder-context.ts';
import type { Ending, Outcome } from './outcome.ts';
import type { LargeEnd, LargeWork } from './large-lane.ts';
import { record, recordFailure } from './record.ts';
import { isSetAside } from './set-aside.ts';
import { count, Execution, type Tally } from './tally.ts';
import { Uncleared } from './uncleared.ts';

/**
 * Files worked on at once; the request budget decides how many of them are on the wire. The others are on the disk or being
 * written down, in groups that are the larger and the fewer the more there are.
 */
const AT_ONCE = 80;

/** Plan rows read at a time. */
const PAGE_ROWS = 256;

/** So many refusals in a row, with no success between, are the account's or the bucket's and not the files'. */
const REFUSALS_TO_STOP = 20;

export interface ExecutionListener {
  /** One planned path is done with, whatever came of it. */
  settled(item: PlanItem): void;
  /** One is left for later: it waits for another attempt, or a person set it aside. */
  leftOut(item: PlanItem): void;
  /**
   * A large file is done with, perhaps long after the cycle that planned it. It has to be compared again if it moved under
   * us or was called off, and so have the paths that comparisons left alone because of it.
   */
  largeEnded(path: string, how: LargeEnd, context: FolderContext): void;
}

/**
 * Works through a folder's plan, phase by phase. A path that fails becomes a problem with a time to try again, and the
 * others go on. Rows of what is done leave the plan; the others stay in it. Large files are handed to the folder's lane for
 * them and may be on their way when this resolves.
 *
 * @throws SyncError cancelled when the signal aborts.
 */
export async function executePlan(
  context: FolderContext,
  listener: ExecutionListener,
  signal: AbortSignal,
): Promise<Execution> {
  const execution = new Execution();
  const run = new PlanRun(context, listener, signal, execution);
  for (const phase of context.state.plans.phases(context.folder.id)) {
    if (phase === 1) {
      // Whatever the first phase did is off the plan: what is left of it is in the way.
      context.commit.flush();
      context.large.open(largeWork(context, listener, execution.large, signal));
    }
    await run.through(phase);
    signal.throwIfAborted();
    if (execution.fatal !== undefined) {
      context.large.close();
      break;
    }
    // Deletions come last, after all else is done.
    execution.isCutShort = context.files.isAwaited;
    if (execution.isCutShort) break;
  }
  execution.fatal ??= execution.full;
  context.commit.flush();
  if (context.large.size === 0) context.upload.budget.clearBuffers();
  return execution;
}

/** A file on its way is no row of the plan, so that the plan can be made anew meanwhile; it is one again if it fails. */
function largeWork(
  context: FolderContext,
  listener: ExecutionListener,
  execution: Tally,
  signal: AbortSignal,
): LargeWork {
  const { large, state, folder, upload } = context;
  const run = new PlanRun(context, listener, signal, execution);
  const rows = run.rows(1, 'large');
  return {
    take() {
      const next = rows.next();
      if (next.done === true) return undefined;
      state.plans.delete(folder.id, next.value.path);
      return next.value;
    },
    settle: (item) => run.settle(item),
    ended(item, how) {
      if (large.size === 0) upload.budget.clearBuffers();
      listener.largeEnded(item.path, how, context);
    },
  };
}

/** What was asked of the database for several rows at once. */
interface Asked {
  readonly additions: number;
  /** Whether anybody asked anything of a transfer of this folder. */
  readonly anyWish: boolean;
  /** Whether any path of this folder waits to be tried again. */
  readonly anyWait: boolean;
}

class PlanRun {
  readonly execution: Tally;
  readonly #context: FolderContext;
  readonly #listener: ExecutionListener;
  readonly #signal: AbortSignal;
  /** Paths whose turn came before that of others. */
  readonly #hadTurn = new Set<string>();
  #refusalsInRow = 0;
  /** The one question after many refusals. */
  #asking: Promise<void> | undefined;
  #lastRefusal: SyncError | undefined;

  constructor(context: FolderContext, listener: ExecutionListener, signal: AbortSignal, execution: Tally) {
    this.#context = context;
    this.#listener = listener;
    this.#signal = signal;
    this.execution = execution;
  }

  /** Works through a phase, but for large files to transfer. */
  async through(phase: Phase): Promise<void> {
    await this.#lane(phase, 'small');
    if (phase !== 1) await this.#lane(phase, 'large');
  }

  async #lane(phase: Phase, lane: Lane): Promise<void> {
    await runConcurrently(this.rows(phase, lane), AT_ONCE, async (item) => {
      await this.settle(item);
      // Nothing new is begun before that is answered: whoever was refused meanwhile waits for it too.
      if (this.#refusalsInRow >= REFUSALS_TO_STOP) await (this.#asking ??= this.#askLast(phase, lane));
    });
  }

  /** The rows whose turn has come: those that a person wants first, at any time, and the others in their order. */
  *rows(phase: Phase, lane: Lane): Generator<PlanItem, void, undefined> {
    const { state, folder } = this.#context;
    const uncleared = phase === 1 ? new Uncleared(state.plans, folder.id) : undefined;
    for (let after = ''; ;) {
      const page = state.plans.page(folder.id, phase, lane, after, PAGE_ROWS);
      let asked: Asked | undefined;
      for (const item of page) {
        // For a small file the questions would cost more than the rest of the work on its row.
        if (asked?.additions !== this.#additions) {
          for (let first = this.#first(phase, lane); first !== undefined; first = this.#first(phase, lane)) yield first;
          asked = this.#ask();
        }
        if (this.#isOver) return;
        if (this.#hadTurn.has(item.path)) continue;
        if (this.#mayBegin(item, asked) && uncleared?.holdsBack(item) !== true) yield item;
        else this.#listener.leftOut(item);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_ROWS) return;
      after = last.path;
    }
  }

  /** Moves whenever there is a new wish, or a new row that an old one may be about. */
  get #additions(): number {
    const { wishes, plans } = this.#context.state;
    return wishes.additions + plans.additions;
  }

  #ask(): Asked {
    const { state, folder } = this.#context;
    return {
      additions: this.#additions,
      anyWish: state.wishes.any(folder.id),
      anyWait: state.problems.nextRetryMs(folder.id) !== undefined,
    };
  }

  /** Whether nothing more is to be begun. */
  get #isOver(): boolean {
    return this.#signal.aborted || this.execution.fatal !== undefined || this.#context.files.isAwaited;
  }

  /** The row that a person wants before all others. The wish has come true with that. */
  #first(phase: Phase, lane: Lane): PlanItem | undefined {
    const { state, folder, commit, files } = this.#context;
    while (!this.#isOver && state.plans.nextWished(folder.id, phase, lane) !== undefined) {
      // What is done may still be in the plan.
      commit.flush();
      const item = state.plans.nextWished(folder.id, phase, lane);
      if (item === undefined) return undefined;
      state.wishes.delete(folder.id, item.path);
      if (this.#hadTurn.has(item.path) || files.get(item.path) !== undefined) continue;
      this.#hadTurn.add(item.path);
      return item;
    }
    return undefined;
  }

  #mayBegin(item: PlanItem, { anyWish, anyWait }: Asked): boolean {
    const { state, folder, environment } = this.#context;
    if (this.execution.full !== undefined && needsRoom(item)) return false;
    if (anyWish && isSetAside(state, folder.id, item)) return false;
    if (!anyWait) return true;
    const problem = state.problems.get(folder.id, item.path, 'transfer');
    const waitMs = (problem?.retryAtMs ?? 0) - environment.clock.now();
    // A wait longer than any that we set comes of a clock that was put back.
    return waitMs <= 0 || waitMs > FILE_RETRIES.maxDelayMs;
  }

  /**
   * After many refusals in a row, one question: is the last file of the plan refused too? If so it is the account or the
   * bucket, and asking for all the others helps nobody. If not, a policy keeps some paths and the others go on.
   */
  async #askLast(phase: Phase, lane: Lane): Promise<void> {
    const { state, folder, commit, files } = this.#context;
    // What is done may still be in the plan.
    commit.flush();
    const last = state.plans.last(folder.id, phase, lane);
    // On its way by now, it answers by itself: two at once would write into one file.
    if (last !== undefined && files.get(last.path) === undefined && !isSetAside(state, folder.id, last))
      await this.settle(last);
    if (this.#refusalsInRow > REFUSALS_TO_STOP) this.execution.fatal ??= this.#lastRefusal;
  }

  async settle(item: PlanItem): Promise<Ending> {
    const begun = this.#context.files.begin(item, this.#signal);
    try {
      return this.#succeeded(item, await perform(this.#context, item, begun.signal));
    } catch (thrown) {
      return begun.isStopped ? this.#stopped(item) : this.#failed(item, asSyncError(thrown));
    } finally {
      begun.end();
    }
  }

  /** It is neither done nor failed: it stays planned, for when the person wants it. */
  #stopped(item: PlanItem): Ending {
    const { state, folder } = this.#context;
    if (!state.plans.has(folder.id, item.path)) state.plans.put(folder.id, item);
    this.#listener.leftOut(item);
    return 'settled';
  }

  #succeeded(item: PlanItem, outcome: Outcome): Ending {
    this.#refusalsInRow = 0;
    const { commit, done } = this.#context;
    count(this.execution, outcome);
    count(done, outcome);
    const isStale = outcome.kind === 'stale';
    if (isStale) this.execution.stalePaths.push(item.path);
    if (outcome.kind !== 'moved') this.#revisitOldName(item);
    commit.add(item.path, () => record(this.#context, item, outcome));
    this.#listener.settled(item);
    return isStale ? 'stale' : 'settled';
  }

  #failed(item: PlanItem, error: SyncError): Ending {
    this.#listener.settled(item);
    if (error.code === 'cancelled' || this.#signal.aborted) return 'cancelled';
    if (movedUnderUs(error)) {
      this.execution.stalePaths.push(item.path);
      this.#revisitOldName(item);
      this.#context.commit.add(item.path, () => this.#context.state.plans.delete(this.#context.folder.id, item.path));
      return 'stale';
    }
    this.execution.failedFiles += 1;
    this.#refusalsInRow = error.code === 'access-denied' ? this.#refusalsInRow + 1 : 0;
    // Without room for a copy in the bucket's trash nothing can be deleted either.
    if (error.code === 'quota-exceeded' && item.kind !== 'delete-remote') this.execution.full ??= error;
    else if (concernsWholeFolder(error)) this.execution.fatal ??= error;
    this.#lastRefusal = error;
    this.#context.commit.add(item.path, () => recordFailure(this.#context, item, error));
    return 'settled';
  }

  /** The old name was to go with the move. Now that nothing came of that, it is decided by itself. */
  #revisitOldName({ from }: PlanItem): void {
    if (from !== undefined) this.execution.stalePaths.push(from);
  }
}

function needsRoom({ kind }: PlanItem): boolean {
  return kind === 'upload' || kind === 'move-remote';
}
