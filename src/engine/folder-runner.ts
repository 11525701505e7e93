import type { Watch } from '../core/environment.ts';
import { asSyncError, cancelled, hasCode, type SyncError } from '../core/errors.ts';
import type { FolderRow } from '../state/index.ts';
import { Agenda, STOPPED_RETRY_MS } from './agenda.ts';
import { Brake } from './brake.ts';
import { BucketFollower } from './bucket-follower.ts';
import { settleChoice } from './choice-note.ts';
import { loadFilter, runCycle, type CycleListener, type CycleResult } from './cycle.ts';
import type { EngineParts } from './engine-parts.ts';
import { Counts } from './tally.ts';
import { FileControl } from './file-control.ts';
import type { FolderContext } from './folder-context.ts';
import { FolderProgress, isPaused } from './folder-status.ts';
import { GroupCommit } from './group-commit.ts';
import { LargeLane } from './large-lane.ts';
import { openContext } from './open-context.ts';
import { proveLocalRoot } from './roots.ts';
import { EVERYTHING, type Scope } from './scope.ts';
import { showProgress } from './show-progress.ts';
import { listStopped, showStopped } from './tell-stopped.ts';
import { Turns } from './turns.ts';
import { Waker } from './waker.ts';

/** What one cycle of a folder came to. */
export type FolderCycle = CycleResult | { readonly kind: 'stopped'; readonly error: SyncError };

/** Keeps one folder in step: one cycle at a time, each for as much of the folder as there is reason to look at. */
export class FolderRunner {
  readonly progress: FolderProgress;
  readonly files = new FileControl();
  /** What all cycles did so far, those that were called off included. */
  readonly done = new Counts();
  readonly #parts: EngineParts;
  readonly #folderId: string;
  readonly #agenda: Agenda;
  readonly #waker: Waker;
  readonly #brake: Brake;
  readonly #commit: GroupCommit;
  readonly #large = new LargeLane((error) => this.#unwritten(error));
  /** Paths that the work under way wants to be looked at again. */
  #revisited = new Set<string>();
  /** Why what was done could not be written down. */
  #commitError: unknown;
  /** One cycle at a time, since they share the plan. */
  readonly #turns = new Turns();
  #cyclesUnderWay = 0;
  #choiceIsSettled = false;
  #planIsOurs = false;
  /** Whether something else stood in the place of the root, which may be what is watched. */
  #rootWasLost = false;
  readonly #bucket: BucketFollower;
  #watch: Watch | undefined;
  #interruption = new AbortController();

  constructor(parts: EngineParts, folderId: string) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#waker = new Waker(parts.environment.clock);
    const { state } = parts;
    const { clock, random } = parts.environment;
    const { base, plans } = state;
    this.progress = new FolderProgress(base.count(folderId).present);
    const wake = () => this.#waker.wake();
    this.#bucket = new BucketFollower(parts, folderId, this.progress, wake);
    this.#agenda = new Agenda({ clock, random, state, bucket: this.#bucket, large: this.#large, wake }, folderId);
    const onWritten = () => {
      // The end of a cycle counts by itself; a large file ends when it likes.
      if (this.#cyclesUnderWay === 0) this.progress.filesInSync = base.present(folderId);
      parts.changed();
    };
    this.#commit = new GroupCommit(state, clock, onWritten, (error) => this.#unwritten(error));
    this.#brake = new Brake({
      countKnown: () => base.count(folderId).present,
      isKnown: (path) => base.get(folderId, path) !== undefined,
      isPlanned: (path) => plans.has(folderId, path),
      done: () => ({
        deleted: this.done.deletedFiles,
        written: this.done.uploadedFiles + this.done.downloadedFiles,
      }),
      elapsedMs: () => clock.monotonic(),
    });
  }

  /** Whether paths are known that have to be looked at. */
  get hasPending(): boolean {
    return this.#cyclesUnderWay > 0 || this.#large.size > 0 || this.#agenda.hasPending;
  }

  /** Resolves when no large file is on its way any more and what came of them is written down, or the signal aborts. */
  async settled(signal?: AbortSignal): Promise<void> {
    await this.#large.settled(signal);
    this.#commit.flush();
  }

  /** Writes down what came of files. */
  flush(): void {
    this.#commit.flush();
  }

  /** Asks for a full comparison as soon as the present cycle is over. */
  requestFullPass(): void {
    this.#agenda.requestFullPass();
  }

  /** Asks for what is planned to be carried out as soon as the present cycle is over. */
  requestRetry(): void {
    this.#agenda.requestRetry();
  }

  /** A person waits for a path: where nothing is known of it, it is looked at before the rest of the plan. */
  hurry(path: string): void {
    if (this.#parts.state.plans.has(this.#folderId, path) || this.#large.covers(path)) {
      this.requestRetry();
      return;
    }
    if (this.#cyclesUnderWay > 0 && this.files.get(path) === undefined) this.files.await(path);
    this.#agenda.look(path);
  }

  /** Another part of the folder is chosen: what is watched follows that. */
  noticeChoice(): void {
    this.#agenda.noteOutdatedWatch();
  }

  /** Breaks off the present cycle; what it was doing goes on at the next one. */
  interrupt(): void {
    this.#interruption.abort(cancelled('Syncing'));
    this.#interruption = new AbortController();
    this.requestFullPass();
  }

  /** The bucket is to be reached anew: nothing goes on over the old connection. */
  reconnect(): void {
    this.#bucket.stopListening();
    this.interrupt();
  }

  /**
   * Watches and syncs until the signal aborts. What goes wrong with the folder becomes its state.
   *
   * @throws SyncError cancelled when the folder is not there any more.
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const last = await this.#turn(signal);
        await this.#waker.wait(() => this.#pauseMs(last?.kind), signal);
      }
    } finally {
      await this.#bucket.close();
      await this.#large.settled();
      this.#agenda.close();
      await this.#endWatch();
    }
  }

  /** One turn of the loop: a cycle if there is reason for one. An interrupted one leads to the next turn. */
  async #turn(signal: AbortSignal): Promise<FolderCycle | undefined> {
    try {
      if (this.#agenda.takeWatchIsOutdated()) await this.#endWatch();
      this.#watch ??= await this.#beginWatch();
      const folder = this.#folder();
      this.#bucket.follow(folder);
      const scope = isPaused(this.#parts.state, folder) ? undefined : this.#nextScope(folder);
      if (scope === undefined) return undefined;
      return await this.cycle(scope, signal);
    } catch (error) {
      if (hasCode(error, 'cancelled')) return undefined;
      return this.#stoppedUnlisted(asSyncError(error));
    }
  }

  /** How long to sleep. Where the state can not be read, that is tried again as in a folder that is stopped. */
  #pauseMs(last: FolderCycle['kind'] | undefined): number {
    try {
      return this.#agenda.pauseMs(this.#folder(), last);
    } catch (error) {
      if (hasCode(error, 'cancelled')) throw error;
      this.#stoppedUnlisted(asSyncError(error));
      return STOPPED_RETRY_MS;
    }
  }

  /**
   * One cycle: proves the local root, compares, carries out. Paths that moved under us are looked at again once they are
   * quiet.
   *
   * @throws SyncError cancelled when the signal aborts, or when the folder is paused or gone by the time that it begins; nothing
   * else.
   */
  async cycle(scope: Scope, signal: AbortSignal): Promise<FolderCycle> {
    const ended = AbortSignal.any([signal, this.#interruption.signal]);
    this.#cyclesUnderWay += 1;
    try {
      return await this.#turns.take(async () => {
        if (ended.aborted || isPaused(this.#parts.state, this.#folder())) throw cancelled('Syncing');
        return this.#runCycle(scope, ended);
      }, ended);
    } finally {
      this.#cyclesUnderWay -= 1;
      // Somebody else may have asked for it, and what failed in it is to be tried again in its time.
      this.#waker.reckonAnew();
    }
  }

  /** Runs work that no cycle may be in the middle of, and then looks at everything. */
  async between<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await this.#turns.take(async () => work());
    } finally {
      this.requestFullPass();
    }
  }

  async #runCycle(asked: Scope, signal: AbortSignal): Promise<FolderCycle> {
    const { state, environment } = this.#parts;
    // The plan may be held since this cycle was asked for. Only a comparison of everything shows whether it still is to be.
    const scope = state.folders.byId(this.#folderId)?.hold === undefined ? asked : EVERYTHING;
    const startMs = environment.clock.monotonic();
    this.#commitError = undefined;
    // Whoever waits for a path from before has it looked at by now, or soon.
    this.files.takeAwaited();
    try {
      this.#agenda.noteBegun(scope);
      const root = await proveLocalRoot(environment.fs, this.#folder());
      if (!this.#choiceIsSettled && (await settleChoice(this.#parts, this.#folder()))) this.noticeChoice();
      this.#choiceIsSettled = true;
      const folder = this.#folder();
      // An engine that was killed may have left a plan that was not whole, or that the brake had not looked at. One that is held
      // is shown, and made anew before anything else is done.
      if (!this.#planIsOurs && folder.hold === undefined) state.plans.clear(folder.id);
      this.#planIsOurs = true;
      const revisit = (path: string, patience?: 'endless') => {
        if (patience === undefined && !this.#agenda.mayWait(path)) return false;
        this.#revisited.add(path);
        return true;
      };
      const ours = {
        commit: this.#commit,
        revisit,
        brake: this.#brake,
        large: this.#large,
        done: this.done,
        files: this.files,
      };
      const context = await openContext(this.#parts, folder, ours, signal);
      const diskChanged = root.deviceId !== folder.rootDeviceId;
      const result = await runCycle(context, scope, diskChanged, this.#listener(), signal);
      if (this.#commitError !== undefined) throw asSyncError(this.#commitError);
      if (result.kind === 'executed' && scope.kind === 'everything' && diskChanged)
        state.folders.setRootDevice(folder.id, root.deviceId);
      const concluded = this.#conclude(scope, result, context);
      if (concluded.kind === 'executed') this.#bucket.noteCycle(scope, startMs, concluded);
      // Only once a cycle went through: where the root is lost again in each, beginning anew at once would never end.
      if (this.#rootWasLost && concluded.kind !== 'stopped') {
        this.#rootWasLost = false;
        this.#agenda.noteOutdatedWatch();
      }
      return concluded;
    } catch (thrown) {
      const error = asSyncError(thrown);
      if (signal.aborted) {
        // What was found and not done yet is not forgotten, whoever called this cycle off.
        this.requestFullPass();
        throw cancelled('Syncing');
      }
      return this.#stopped(error);
    } finally {
      this.#commit.flush();
      // Whoever looked at everything has read all of base anyway.
      const { base } = state;
      this.progress.filesInSync =
        scope.kind === 'everything' ? base.count(this.#folderId).present : base.present(this.#folderId);
      this.#parts.changed();
    }
  }

  #conclude(scope: Scope, result: CycleResult, context: FolderContext): FolderCycle {
    const fatal = result.kind === 'held' ? undefined : result.execution.fatal;
    if (fatal !== undefined) return this.#stopped(fatal);
    this.#parts.state.problems.delete(this.#folderId, '', 'folder');
    if (result.kind === 'held') {
      this.progress.activity = { kind: 'idle' };
      return result;
    }
    const { stalePaths } = result.execution;
    if (scope.kind === 'everything') {
      this.progress.compared = true;
      this.#agenda.noteCompared();
    }
    this.progress.activity = { kind: 'idle' };
    stalePaths.push(...this.#revisited, ...this.files.takeAwaited());
    this.#revisited.clear();
    const { wishes } = this.#parts.state;
    const kept = [...stalePaths, ...this.files.paths()];
    if (scope.kind === 'everything') wishes.deleteUnplanned(this.#folderId, kept);
    if (scope.kind === 'paths') wishes.deleteUnplanned(this.#folderId, kept, scope.paths);
    this.#agenda.noteRestless(new Set(stalePaths), context);
    return result;
  }

  #nextScope(folder: FolderRow): Scope | undefined {
    // What is found is compared with what came of the last cycle.
    this.#commit.flush();
    return this.#agenda.takeScope(folder);
  }

  async #beginWatch(): Promise<Watch | undefined> {
    const { environment } = this.#parts;
    try {
      const folder = this.#folder();
      const filter = await loadFilter(environment, folder);
      const watch = await environment.watcher.watch(folder.localRoot, filter, this.#agenda.hint);
      // Nobody saw what changed before, nor between two watches.
      this.#agenda.noteUnseen();
      return watch;
    } catch (error) {
      if (hasCode(error, 'cancelled')) throw error;
      // Without a watcher the folder is only compared now and then; the next turn tries to watch again.
      environment.log.warn('Watching failed', { folder: this.#folderId, error: asSyncError(error).message });
      return undefined;
    }
  }

  async #endWatch(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.close();
  }

  #listener(): CycleListener {
    const { changed, state } = this.#parts;
    return {
      ...showProgress(this.progress, state.plans, this.#folderId, this.#large, changed),
      largeEnded: (path, { ending, missed }, context) => {
        if (ending === 'stale') this.#agenda.noteRestless(new Set([path]), context);
        // It is no row of the plan any more, so that only another comparison finds it again.
        if (ending === 'cancelled') this.#agenda.noteMissed(path);
        for (const left of missed) if (left !== path || ending === 'settled') this.#agenda.noteMissed(left);
        this.#agenda.lookAgain(this.#revisited);
        this.#revisited.clear();
        // If it failed, that it is to be tried again, and when, has to be known.
        this.#commit.flush();
        this.#waker.reckonAnew();
        changed();
      },
    };
  }

  #folder(): FolderRow {
    const folder = this.#parts.state.folders.byId(this.#folderId);
    if (folder === undefined) throw cancelled('Syncing');
    return folder;
  }

  /** What was done, or is to be done next, could not be written down: a whole comparison finds it again, after a while. */
  #unwritten(thrown: unknown): void {
    const { log } = this.#parts.environment;
    const error = asSyncError(thrown);
    log.warn('What was done could not be written down', { folder: this.#folderId, error: error.message });
    this.#commitError = error;
    this.#agenda.noteStopped(error);
  }

  /** Something that concerns the whole folder. */
  #stopped(error: SyncError): FolderCycle {
    this.#rootWasLost ||= hasCode(error, 'root-missing', 'root-replaced');
    const stopped = this.#stoppedUnlisted(error);
    listStopped(this.#parts, this.#folderId, error);
    return stopped;
  }

  /** The same of what not even the state could take down, such as a full disk under it. */
  #stoppedUnlisted(error: SyncError): FolderCycle {
    this.#agenda.noteStopped(error);
    showStopped(this.#parts, this.#folderId, this.progress, error);
    return { kind: 'stopped', error };
  }
}
