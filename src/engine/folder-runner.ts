import type { Environment, Watch } from '../core/environment.ts';
import { IGNORE_FILE } from '../core/filters.ts';
import { asSyncError, cancelled, hasCode, type SyncError } from '../core/errors.ts';
import type { ServerCapabilities } from '../core/object-store.ts';
import { problemText } from '../core/problems.ts';
import { createDirtyPaths, type DirtyPaths } from '../local/dirty-paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { RateLimiter, TransferBudget } from '../transfer/index.ts';
import type { Connections } from './connections.ts';
import { loadFilter, runCycle, type CycleListener, type CycleResult } from './cycle.ts';
import type { Execution } from './execute.ts';
import type { FolderContext } from './folder-context.ts';
import { FolderProgress } from './folder-status.ts';
import { GroupCommit } from './group-commit.ts';
import { proveLocalRoot } from './roots.ts';
import { EVERYTHING, type Scope } from './scope.ts';
import type { TransferList } from './transfer-list.ts';
import { Waker } from './waker.ts';

/** A full comparison at least this often, whatever the watcher says. */
const FULL_PASS_EVERY_MS = 3_600_000;
/** A folder that is stopped as a whole is tried again after this. */
const STOPPED_RETRY_MS = 30_000;
/** A retry that is due at once still leaves the machine this long to breathe. */
const SHORTEST_PAUSE_MS = 1_000;
/** A file that keeps moving under us for this long becomes a problem that people see. */
const RESTLESS_AFTER_MS = 120_000;
/** So many restless paths are remembered; more are simply tried again. */
const MAX_RESTLESS = 1_000;

/** What all folders of an engine share. */
export interface EngineParts {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly connections: Connections;
  readonly budget: TransferBudget;
  readonly uploadLimiter: RateLimiter;
  readonly transfers: TransferList;
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
  readonly #restlessSinceMs = new Map<string, number>();
  #fullPassDue = true;
  #interruption = new AbortController();
  #wasPaused = false;
  #wasApproved = false;

  constructor(parts: EngineParts, folderId: string) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#waker = new Waker(parts.environment.clock);
    this.#dirty = createDirtyPaths({ clock: parts.environment.clock, onDue: () => this.#waker.wake() });
  }

  /** Asks for a full comparison as soon as the present cycle is over. */
  requestFullPass(): void {
    this.#fullPassDue = true;
    this.#waker.wake();
  }

  /** Takes notice of what another process wrote into the folder's row: paused, resumed, approved. */
  noticeChanges(folder: FolderRow): void {
    const isPaused = folder.paused;
    const isApproved = folder.hold?.approved === true;
    if (isPaused && !this.#wasPaused) this.interrupt();
    else if ((this.#wasPaused && !isPaused) || (isApproved && !this.#wasApproved)) this.requestFullPass();
    this.#wasPaused = isPaused;
    this.#wasApproved = isApproved;
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
        watch ??= await this.#watch();
        const last = await this.#turn(signal);
        if (last?.kind === 'stopped') this.#fullPassDue = true;
        await this.#waker.wait(this.#pauseMs(last), signal);
      }
    } finally {
      this.#dirty.close();
      await watch?.close();
    }
  }

  /** One turn of the loop: a cycle if there is reason for one. An interrupted one leads to the next turn. */
  async #turn(signal: AbortSignal): Promise<FolderCycle | undefined> {
    const scope = this.#folder().paused ? undefined : this.#nextScope();
    if (scope === undefined) return undefined;
    try {
      return await this.cycle(scope, AbortSignal.any([signal, this.#interruption.signal]));
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
    const { state, environment } = this.#parts;
    let commitError: unknown;
    const commit = new GroupCommit(state, environment.clock, (error) => (commitError = error));
    try {
      const folder = this.#folder();
      if (scope.kind === 'everything') this.#fullPassDue = false;
      const root = await proveLocalRoot(environment.fs, folder);
      const context = await this.#context(folder, commit, signal);
      const diskChanged = root.deviceId !== folder.rootDeviceId;
      const result = await runCycle(context, scope, diskChanged, this.#listener(), signal);
      if (commitError !== undefined) throw asSyncError(commitError);
      if (result.kind === 'executed' && diskChanged) state.folders.setRootDevice(folder.id, root.deviceId);
      return this.#conclude(scope, result, context);
    } catch (thrown) {
      const error = asSyncError(thrown);
      if (signal.aborted) throw cancelled('Syncing');
      return this.#stopped(error);
    } finally {
      commit.flush();
      this.progress.filesInSync = state.base.count(this.#folderId).present;
      this.#parts.changed();
    }
  }

  #conclude(scope: Scope, result: CycleResult, context: FolderContext): FolderCycle {
    if (result.kind === 'held') {
      this.progress.activity = { kind: 'idle' };
      return result;
    }
    const { fatal, stalePaths } = result.execution;
    if (fatal !== undefined) return this.#stopped(fatal);
    this.#parts.state.problems.delete(this.#folderId, '', 'folder');
    if (scope.kind === 'everything') this.progress.compared = true;
    this.progress.activity = { kind: 'idle' };
    this.#noteRestless(stalePaths, context);
    for (const path of stalePaths) this.#dirty.add({ kind: 'path', path });
    return { kind: 'executed', execution: result.execution };
  }

  /** A path that keeps moving under us is told, and goes on being tried. */
  #noteRestless(stalePaths: readonly string[], { state, environment, folder, pass }: FolderContext): void {
    const nowMs = environment.clock.now();
    for (const path of this.#restlessSinceMs.keys()) if (!stalePaths.includes(path)) this.#restlessSinceMs.delete(path);
    for (const path of stalePaths) {
      const sinceMs = this.#restlessSinceMs.get(path) ?? nowMs;
      if (this.#restlessSinceMs.size < MAX_RESTLESS) this.#restlessSinceMs.set(path, sinceMs);
      if (nowMs - sinceMs < RESTLESS_AFTER_MS) continue;
      const text = problemText('keeps-changing');
      const finding = { path, source: 'comparison', code: 'keeps-changing', detail: '', retryAtMs: undefined } as const;
      state.problems.put(folder.id, { ...text, ...finding }, pass, nowMs);
    }
  }

  /** What there is reason to look at now, if anything. */
  #nextScope(): Scope | undefined {
    const folder = this.#folder();
    const nowMs = this.#parts.environment.clock.now();
    const dirty = this.#dirty.take();
    const paths = dirty.all ? [] : dirty.paths;
    const lastFullPassMs = folder.lastFullPassMs ?? 0;
    // A held plan is over when a whole comparison no longer finds it: single paths do not show that.
    const needsAll = dirty.all || paths.includes(IGNORE_FILE) || (folder.hold !== undefined && paths.length > 0);
    // A wall clock that jumped either way makes the last pass look far away, which is right: look at everything.
    const isOverdue = Math.abs(nowMs - lastFullPassMs) >= FULL_PASS_EVERY_MS;
    if (this.#fullPassDue || needsAll || isOverdue) return EVERYTHING;
    if (paths.length > 0) return { kind: 'paths', paths };
    const retryAtMs = this.#nextRetryMs(folder);
    return retryAtMs !== undefined && retryAtMs <= nowMs ? { kind: 'retry' } : undefined;
  }

  /** When a planned path is due again. Not while the plan is held: a retry carries out all that is planned. */
  #nextRetryMs(folder: FolderRow): number | undefined {
    return folder.hold === undefined ? this.#parts.state.problems.nextRetryMs(folder.id) : undefined;
  }

  /** How long to sleep when nothing wakes us. */
  #pauseMs(last: FolderCycle | undefined): number {
    if (last?.kind === 'stopped') return STOPPED_RETRY_MS;
    const nowMs = this.#parts.environment.clock.now();
    const folder = this.#folder();
    const untilFullPass = Math.max(0, (folder.lastFullPassMs ?? nowMs) + FULL_PASS_EVERY_MS - nowMs);
    const retryAtMs = this.#nextRetryMs(folder);
    const untilRetry = retryAtMs === undefined ? FULL_PASS_EVERY_MS : Math.max(SHORTEST_PAUSE_MS, retryAtMs - nowMs);
    return Math.min(FULL_PASS_EVERY_MS, folder.paused ? FULL_PASS_EVERY_MS : Math.min(untilFullPass, untilRetry));
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

  async #context(folder: FolderRow, commit: GroupCommit, signal: AbortSignal): Promise<FolderContext> {
    const { environment, state, connections, budget, uploadLimiter, transfers } = this.#parts;
    const { store, requests } = await connections.byId(folder.accountId);
    const { accountId, bucket, mode, mirrorDeletes } = folder;
    const capabilities = await this.#capabilities(folder, signal);
    return {
      environment,
      state,
      folder,
      rules: { mode, mirrorDeletes },
      filter: await loadFilter(environment.fs, folder),
      upload: {
        environment,
        store,
        requests,
        budget,
        limiter: uploadLimiter,
        journal: state.uploads,
        accountId,
        bucket,
        capabilities,
      },
      versioned: mirrorDeletes && (await requests.run(() => store.isVersioned(bucket, signal), signal)),
      commit,
      transfers,
      pass: state.folders.startPass(folder.id),
    };
  }

  async #capabilities({ accountId, bucket }: FolderRow, signal: AbortSignal): Promise<ServerCapabilities> {
    const { state, connections, environment } = this.#parts;
    const known = state.accounts.capabilities(accountId, bucket);
    if (known !== undefined) return known;
    const { store, requests } = await connections.byId(accountId);
    const found = await requests.run(() => store.probeCapabilities(bucket, signal), signal);
    state.accounts.setCapabilities(accountId, bucket, found, environment.clock.now());
    return found;
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
