import type { Environment, Watch } from '../core/environment.ts';
import { IGNORE_FILE } from '../core/filters.ts';
import { asSyncError, cancelled, hasCode, type SyncError } from '../core/errors.ts';
import { problemText } from '../core/problems.ts';
import { createDirtyPaths, type DirtyPaths } from '../local/dirty-paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { RateLimiter, TransferBudget } from '../transfer/index.ts';
import { Brake } from './brake.ts';
import type { Connections } from './connections.ts';
import { loadFilter, runCycle, type CycleListener, type CycleResult } from './cycle.ts';
import type { Execution } from './execute.ts';
import type { FolderContext } from './folder-context.ts';
import { FolderProgress } from './folder-status.ts';
import { GroupCommit } from './group-commit.ts';
import { openContext } from './open-context.ts';
import { RestlessPaths } from './restless.ts';
import { proveLocalRoot } from './roots.ts';
import { EVERYTHING, type Scope } from './scope.ts';
import type { TransferList } from './transfer-list.ts';
import { Waker } from './waker.ts';

/** A full comparison at least this often, whatever the watcher says. */
const FULL_PASS_EVERY_MS = 3_600_000;
/** The bucket is listed this often for what others changed, where the folder takes it over. */
const LISTING_EVERY_MS = 30_000;
/** And so many times the time that it took apart, so that a slow listing is not all the server does. */
const LISTING_SHARE = 20;
/** A folder that is stopped as a whole is tried again after this. */
const STOPPED_RETRY_MS = 30_000;
/** A retry that is due at once still leaves the machine this long to breathe. */
const SHORTEST_PAUSE_MS = 1_000;

/** What all folders of an engine share. */
export interface EngineParts {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly connections: Connections;
  readonly budget: TransferBudget;
  readonly uploadLimiter: RateLimiter;
  readonly downloadLimiter: RateLimiter;
  readonly transfers: TransferList;
  /** Names this computer in conflict copies. */
  readonly deviceName: string;
  /** Something that a status shows has changed. */
  readonly changed: () => void;
}

/** What one cycle of a folder came to. */
export type FolderCycle =
  | { readonly kind: 'held' }
  | { readonly kind: 'executed'; readonly execution: Execution }
  | { readonly kind: 'stopped'; readonly error: SyncError };

/** Keeps one folder in step: one cycle at a time, each for as much of the folder as there is reason to look at. */
export class FolderRunner {
  readonly progress = new FolderProgress();
  readonly #parts: EngineParts;
  readonly #folderId: string;
  readonly #dirty: DirtyPaths;
  readonly #waker: Waker;
  readonly #restless: RestlessPaths;
  /** Paths of which the bucket is asked when their turn comes: what is remembered of them may be wrong. */
  readonly #askAbout = new Set<string>();
  readonly #brake: Brake;
  /** Set while a cycle is under way; the next one waits for it, since they share the plan. */
  #running: Promise<undefined> | undefined;
  #cyclesUnderWay = 0;
  #watchIsOutdated = false;
  #fullPassDue = true;
  /** Wall time; a clock that jumps brings a listing too early or, within the hour, a full pass. */
  #nextListingMs = 0;
  #interruption = new AbortController();

  constructor(parts: EngineParts, folderId: string) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#waker = new Waker(parts.environment.clock);
    const { clock, random } = parts.environment;
    this.#dirty = createDirtyPaths({ clock, onDue: () => this.#waker.wake() });
    this.#restless = new RestlessPaths(clock, random, (path) => this.#dirty.add({ kind: 'path', path }));
    this.#brake = new Brake(() => parts.state.base.count(folderId).present);
  }

  /** Whether paths are known that have to be looked at. */
  get hasPending(): boolean {
    return this.#fullPassDue || this.#cyclesUnderWay > 0 || this.#dirty.nextDueMs() !== undefined;
  }

  /** Asks for a full comparison as soon as the present cycle is over. */
  requestFullPass(): void {
    this.#fullPassDue = true;
    this.#waker.wake();
  }

  /** Breaks off the present cycle; what it was doing goes on at the next one. */
  interrupt(): void {
    this.#interruption.abort(cancelled('Syncing'));
    this.#interruption = new AbortController();
    this.requestFullPass();
  }

  /**
   * Watches and syncs until the signal aborts. What goes wrong with the folder becomes its state.
   *
   * @throws SyncError cancelled when the folder is not there any more.
   */
  async run(signal: AbortSignal): Promise<void> {
    let watch: Watch | undefined;
    try {
      while (!signal.aborted) {
        if (this.#watchIsOutdated) {
          await watch?.close();
          watch = undefined;
        }
        if (watch === undefined) {
          watch = await this.#watch();
          // Nobody saw what changed before, nor between two watches.
          if (watch !== undefined) this.#fullPassDue = true;
        }
        this.#watchIsOutdated = false;
        const last = await this.#turn(signal);
        if (last?.kind === 'stopped') this.#fullPassDue = true;
        await this.#waker.wait(this.#pauseMs(last), signal);
      }
    } finally {
      this.#dirty.close();
      this.#restless.close();
      await watch?.close();
    }
  }

  /** One turn of the loop: a cycle if there is reason for one. An interrupted one leads to the next turn. */
  async #turn(signal: AbortSignal): Promise<FolderCycle | undefined> {
    try {
      const folder = this.#folder();
      const scope = this.#isPaused(folder) ? undefined : this.#nextScope();
      if (scope === undefined) return undefined;
      return await this.cycle(scope, signal);
    } catch (error) {
      return hasCode(error, 'cancelled') ? undefined : this.#survive(asSyncError(error));
    }
  }

  /**
   * One cycle: proves the local root, compares, carries out. Paths that moved under us are looked at again once they are
   * quiet.
   *
   * @throws SyncError cancelled when the signal aborts; nothing else.
   */
  async cycle(scope: Scope, signal: AbortSignal): Promise<FolderCycle> {
    const before = this.#running;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#running = promise;
    const ended = AbortSignal.any([signal, this.#interruption.signal]);
    this.#cyclesUnderWay += 1;
    try {
      await before;
      if (ended.aborted) throw cancelled('Syncing');
      return await this.#runCycle(scope, ended);
    } finally {
      this.#cyclesUnderWay -= 1;
      resolve(undefined);
    }
  }

  async #runCycle(scope: Scope, signal: AbortSignal): Promise<FolderCycle> {
    const { state, environment } = this.#parts;
    let commitError: unknown;
    const commit = new GroupCommit(state, environment.clock, (error) => (commitError = error));
    try {
      const folder = this.#folder();
      if (scope.kind === 'everything') this.#fullPassDue = false;
      const root = await proveLocalRoot(environment.fs, folder);
      const revisited = new Set<string>();
      const revisit = (path: string) => {
        if (!this.#restless.mayWait(path)) return false;
        revisited.add(path);
        return true;
      };
      const context = await openContext(this.#parts, folder, { commit, revisit, brake: this.#brake }, signal);
      const diskChanged = root.deviceId !== folder.rootDeviceId;
      const result = await runCycle(context, scope, diskChanged, this.#listener(), signal);
      if (commitError !== undefined) throw asSyncError(commitError);
      if (result.kind === 'executed' && scope.kind === 'everything' && diskChanged)
        state.folders.setRootDevice(folder.id, root.deviceId);
      return this.#conclude(scope, result, context, revisited);
    } catch (thrown) {
      const error = asSyncError(thrown);
      if (signal.aborted) {
        // What was found and not done yet is not forgotten, whoever called this cycle off.
        this.requestFullPass();
        throw cancelled('Syncing');
      }
      return this.#stopped(error);
    } finally {
      commit.flush();
      this.progress.filesInSync = state.base.count(this.#folderId).present;
      this.#parts.changed();
    }
  }

  #conclude(scope: Scope, result: CycleResult, context: FolderContext, revisited: ReadonlySet<string>): FolderCycle {
    if (result.kind === 'held') {
      this.progress.activity = { kind: 'idle' };
      return result;
    }
    const { fatal, stalePaths } = result.execution;
    if (fatal !== undefined) return this.#stopped(fatal);
    this.#parts.state.problems.delete(this.#folderId, '', 'folder');
    if (scope.kind === 'everything') {
      this.progress.compared = true;
      this.#askAbout.clear();
    }
    this.progress.activity = { kind: 'idle' };
    const again = new Set([...stalePaths, ...revisited]);
    this.#noteRestless(again, context);
    this.#noteListing(scope, context);
    return { kind: 'executed', execution: { ...result.execution, stalePaths: [...again] } };
  }

  /** The next listing waits the longer the more this one cost. */
  #noteListing(scope: Scope, { startedMs, environment }: FolderContext): void {
    if (scope.kind !== 'everything' && scope.kind !== 'listing') return;
    const now = environment.clock.now();
    this.#nextListingMs = now + Math.max(LISTING_EVERY_MS, LISTING_SHARE * (now - startedMs));
  }

  /** Paths that have to be looked at again; those that never keep still are told. */
  #noteRestless(paths: ReadonlySet<string>, { state, environment, folder, pass }: FolderContext): void {
    for (const path of paths) {
      this.#askAbout.add(path);
      this.#restless.note(path);
      if (!this.#restless.isOld(path)) continue;
      const finding = { path, source: 'comparison', code: 'keeps-changing', detail: '', retryAtMs: undefined } as const;
      state.problems.put(folder.id, { ...problemText('keeps-changing'), ...finding }, pass, environment.clock.now());
    }
  }

  /** What there is reason to look at now, if anything. */
  #nextScope(): Scope | undefined {
    const folder = this.#folder();
    const nowMs = this.#parts.environment.clock.now();
    const dirty = this.#dirty.take();
    const paths = dirty.all ? [] : dirty.paths;
    // What is watched follows what is ignored.
    if (paths.includes(IGNORE_FILE)) this.#watchIsOutdated = true;
    const lastFullPassMs = folder.lastFullPassMs ?? 0;
    // A held plan is over when a whole comparison no longer finds it: single paths do not show that.
    const needsAll = dirty.all || paths.includes(IGNORE_FILE) || (folder.hold !== undefined && paths.length > 0);
    // A wall clock that jumped either way makes the last pass look far away, which is right: look at everything.
    const isOverdue = Math.abs(nowMs - lastFullPassMs) >= FULL_PASS_EVERY_MS;
    if (this.#fullPassDue || needsAll || isOverdue) return EVERYTHING;
    if (paths.length > 0) {
      // Of paths where something was amiss with what is remembered the bucket is asked.
      const ask = new Set(paths.filter((path) => this.#askAbout.delete(path)));
      return { kind: 'paths', paths, ask };
    }
    if (this.#untilListingMs(folder) <= 0) return { kind: 'listing' };
    const retryAtMs = this.#nextRetryMs(folder);
    return retryAtMs !== undefined && retryAtMs <= nowMs ? { kind: 'retry' } : undefined;
  }

  /** Milliseconds until the bucket is to be listed for what others changed. Who only uploads need not know. */
  #untilListingMs(folder: FolderRow): number {
    if (folder.mode === 'upload' || folder.hold !== undefined) return FULL_PASS_EVERY_MS;
    return this.#nextListingMs - this.#parts.environment.clock.now();
  }

  /** When a planned path is due again. Not while the plan is held: a retry carries out all that is planned. */
  #nextRetryMs(folder: FolderRow): number | undefined {
    return folder.hold === undefined ? this.#parts.state.problems.nextRetryMs(folder.id) : undefined;
  }

  /** How long to sleep when nothing wakes us. */
  #pauseMs(last: FolderCycle | undefined): number {
    if (last?.kind === 'stopped') return STOPPED_RETRY_MS;
    if (last?.kind === 'held') return FULL_PASS_EVERY_MS;
    const nowMs = this.#parts.environment.clock.now();
    const folder = this.#folder();
    const untilFullPass = Math.max(0, (folder.lastFullPassMs ?? nowMs) + FULL_PASS_EVERY_MS - nowMs);
    const retryAtMs = this.#nextRetryMs(folder);
    const untilRetry = retryAtMs === undefined ? FULL_PASS_EVERY_MS : Math.max(SHORTEST_PAUSE_MS, retryAtMs - nowMs);
    if (this.#isPaused(folder)) return FULL_PASS_EVERY_MS;
    return Math.min(FULL_PASS_EVERY_MS, untilFullPass, untilRetry, Math.max(0, this.#untilListingMs(folder)));
  }

  async #watch(): Promise<Watch | undefined> {
    const { environment } = this.#parts;
    const folder = this.#folder();
    try {
      const filter = await loadFilter(environment.fs, folder);
      return await environment.watcher.watch(folder.localRoot, filter, (hint) => this.#dirty.add(hint));
    } catch (error) {
      // Without a watcher the folder is only compared now and then; the next turn tries to watch again.
      environment.log.warn('Watching failed', { folder: folder.id, error: asSyncError(error).message });
      return undefined;
    }
  }

  #listener(): CycleListener {
    const { progress } = this;
    const { changed, state } = this.#parts;
    return {
      comparing: () => {
        progress.activity = { kind: 'comparing' };
        progress.filesScanned = 0;
        changed();
      },
      compared: () => {
        progress.filesScanned += 1;
        changed();
      },
      executing: () => {
        const summary = state.plans.summary(this.#folderId);
        progress.plannedFiles = summary.reduce((sum, { count }) => sum + count, 0);
        progress.plannedBytes = summary.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        progress.doneFiles = 0;
        progress.doneBytes = 0;
        progress.activity = { kind: 'syncing' };
        changed();
      },
      settled: (item) => {
        progress.doneFiles += 1;
        progress.doneBytes += item.sizeBytes;
        changed();
      },
    };
  }

  #isPaused(folder: FolderRow): boolean {
    return folder.paused || this.#parts.state.settings.read().paused;
  }

  #folder(): FolderRow {
    const folder = this.#parts.state.folders.byId(this.#folderId);
    if (folder === undefined) throw cancelled('Syncing');
    return folder;
  }

  /** What not even the state could take down, such as a full disk under it: only shown, and tried again like the others. */
  #survive(error: SyncError): FolderCycle {
    const { code, message, detail } = error;
    this.#parts.environment.log.error('The folder stopped', { folder: this.#folderId, code, message, detail });
    this.progress.activity = { kind: 'stopped', error };
    this.#parts.changed();
    return { kind: 'stopped', error };
  }

  /** Something that concerns the whole folder: shown as its state and among the problems until a cycle goes through. */
  #stopped(error: SyncError): FolderCycle {
    const { state, environment } = this.#parts;
    const { code, message, advice, detail } = error;
    environment.log.warn('The folder stopped', { folder: this.#folderId, code, message, detail });
    this.progress.activity = { kind: 'stopped', error };
    const nowMs = environment.clock.now();
    const finding = { path: '', source: 'folder', severity: 'error', retryAtMs: undefined } as const;
    state.problems.put(this.#folderId, { ...finding, code, message, advice, detail }, 0, nowMs);
    return { kind: 'stopped', error };
  }
}
