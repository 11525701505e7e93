import type { CommandHandlers, EngineStatus, StreamHandlers } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { asSyncError, cancelled, SyncError } from '../core/errors.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import { RateLimiter, TransferBudget } from '../transfer/index.ts';
import { Accounts } from './accounts.ts';
import { ChangeSignal } from './change-signal.ts';
import { Connections } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';
import type { DiskPlaces } from './disk-browser.ts';
import { folderStatusOf } from './folder-status.ts';
import { Folders } from './folders.ts';
import { commandHandlers, streamHandlers } from './handlers.ts';
import { KeyTurns } from './key-turns.ts';
import { Limits } from './limits.ts';
import { ObjectTransfers } from './object-transfers.ts';
import { Objects } from './objects.ts';
import { noteEnded, noteRunning } from './power-cut.ts';
import type { Records } from './records.ts';
import { ResumeWatch } from './resume-watch.ts';
import { Runners } from './runners.ts';
import { ShareTidy } from './share-tidy.ts';
import { Shares } from './shares.ts';
import { streamsTakingLock, takingLock } from './taking-lock.ts';
import { TransferList } from './transfer-list.ts';
import type { TrialPlaces } from './trial-places.ts';
import { Trial } from './trial.ts';

/** What an engine asks of whoever hosts it. */
export interface EngineHost {
  /** Names this computer in conflict copies. */
  readonly deviceName: string;
  /** Taken before anything is written, so that two never do on one state. See `lock.ts`. @throws SyncError engine-busy */
  takeLock(): { release(): void };
  /** For picking folders; absent where nobody does. */
  readonly disk?: DiskPlaces;
  /** Lets other processes speak to this engine; absent where there are none, as in a simulation. Asked for with the lock. */
  listen?(): Promise<{ close(): Promise<void> }>;
  /** What lies beside the state: logs and crash reports. Absent where there is no disk of its own, as in a simulation. */
  readonly records?: Records;
  /** For trying the program without a server; absent where there is no disk for it, as in a simulation. */
  readonly trial?: TrialPlaces;
  /** Tells this start of the computer from others; absent where none has a power cut, as in a simulation. */
  readonly computerStart?: string;
  /** Accounts or folders were changed by a person. */
  configured(): void;
}

/** The engine: accounts, folders, and one runner a folder. Its host gives it an environment and its state. */
export class Engine {
  readonly handlers: CommandHandlers;
  readonly streamHandlers: StreamHandlers;
  /** For hosts in the same process: bytes do not cross the contract. */
  readonly transfers: ObjectTransfers;
  readonly accounts: Accounts;
  readonly folders: Folders;
  readonly objects: Objects;
  readonly shares: Shares;
  readonly trial: Trial;
  readonly runners: Runners;
  readonly changes: ChangeSignal;
  readonly parts: EngineParts;
  readonly #host: EngineHost;
  readonly #resumeWatch: ResumeWatch;
  readonly #shareTidy: ShareTidy;
  readonly #limits: Limits;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #lock: { release(): void } | undefined;
  #service: Promise<{ close(): Promise<void> }> | undefined;
  #syncsNewFolders = false;
  #configured = 0;
  #bucketsChanged = 0;

  constructor(environment: Environment, state: StateStore, host: EngineHost) {
    this.#host = host;
    this.changes = new ChangeSignal(environment.clock);
    const changed = () => this.changes.changed();
    const connections = new Connections(environment, state, changed);
    this.parts = {
      environment,
      state,
      connections,
      budget: new TransferBudget(),
      uploadLimiter: new RateLimiter(environment.clock),
      downloadLimiter: new RateLimiter(environment.clock),
      deviceName: host.deviceName,
      transfers: new TransferList(environment.clock, changed),
      keyTurns: new KeyTurns(),
      changed,
    };
    const limiters = { up: this.parts.uploadLimiter, down: this.parts.downloadLimiter };
    this.#limits = new Limits(
      environment.clock,
      () => state.settings.read(),
      limiters,
      (error) => environment.log.warn('The limits stay as they are', { error: asSyncError(error).message }),
    );
    this.#limits.apply();
    this.accounts = new Accounts(environment, state, connections);
    this.folders = new Folders(environment, state, connections);
    this.objects = new Objects(environment, state, connections);
    this.transfers = new ObjectTransfers(this.parts);
    this.runners = new Runners(this.parts);
    this.shares = new Shares(this.parts, (id) => ({ runner: this.runners.get(id), stopping: this.stopping }));
    this.trial = new Trial(this, host.trial);
    this.#shareTidy = new ShareTidy(this.parts, (id) => this.shares.isBeingMade(id));
    this.#resumeWatch = new ResumeWatch(environment.clock, () => this.resumed('sleep'));
    this.handlers = takingLock(commandHandlers(this, host), () => this.takeLock());
    this.streamHandlers = streamsTakingLock(streamHandlers(this), () => this.takeLock());
  }

  /** Aborts when the engine stops. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether this is the one process that writes to the state. */
  get holdsLock(): boolean {
    return this.#lock !== undefined;
  }

  /**
   * To be called before anything is written to the state or to a folder. Kept until the engine stops.
   *
   * @throws SyncError engine-busy, state-too-new
   */
  takeLock(): void {
    if (this.#lock !== undefined) return;
    const lock = this.#host.takeLock();
    try {
      this.parts.state.proveOurs();
      noteRunning(this.parts, this.#host.computerStart);
      this.trial.clearDead();
      // The host may have missed a change: whoever made it was killed, or its disk was full.
      this.configured();
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#lock = lock;
  }

  /** Makes this the engine that syncs, and that other processes speak to. @throws SyncError engine-busy */
  async serve(): Promise<void> {
    this.takeLock();
    this.#resumeWatch.start();
    this.#shareTidy.start();
    this.#service ??= this.#host.listen?.();
    await this.#service;
  }

  /** Keeps these folders in step until the engine stops, and with `all` those that are added later too. */
  start(folders: readonly FolderRow[], all: boolean): void {
    this.#syncsNewFolders ||= all;
    for (const { id } of folders) {
      this.#retryNow(id);
      this.runners.start(id);
    }
  }

  /** To be called when a folder was added. */
  folderAdded(id: string): void {
    if (this.#syncsNewFolders) this.runners.start(id);
  }

  /**
   * To be called when the computer woke up, or its clock or its network changed: a server that was unreachable is tried at
   * once, and everything is compared. After sleep, what waits on a connection that is most likely dead starts anew.
   */
  resumed(from: 'sleep' | 'network-change'): void {
    this.parts.environment.log.info('Resumed', { from });
    this.#limits.apply();
    this.parts.connections.retryNow({ drop: from === 'sleep' });
    for (const id of this.runners.ids()) {
      // When a file is tried again is a wall time, and that may have jumped.
      this.#retryNow(id);
      this.runners.peek(id)?.requestFullPass();
    }
  }

  /** To be called after an account's keys or the way to its server were changed: its folders take that up at once. */
  reconnected(accountId: string): void {
    for (const { id, accountId: used } of this.parts.state.folders.list()) {
      if (used !== accountId) continue;
      this.#retryNow(id);
      this.runners.peek(id)?.reconnect();
    }
  }

  /** Where the state can not be written, as on a full disk, files that failed wait for their time, and nothing else does. */
  #retryNow(folderId: string): void {
    try {
      this.parts.state.problems.retryNow(folderId);
    } catch (error) {
      const { message } = asSyncError(error);
      this.parts.environment.log.warn('Files that failed are not tried again at once', {
        folder: folderId,
        error: message,
      });
    }
  }

  /** To be called after accounts, folders or settings were changed. */
  configured(): void {
    this.#configured += 1;
    this.#limits.apply();
    try {
      this.#host.configured();
    } catch (error) {
      // What was changed is in the state, and the rest of the change follows all the same; the next change tells of both.
      this.parts.environment.log.warn('The host did not take a change down', { error: asSyncError(error).message });
    }
    this.changes.changed();
  }

  /** To be called after a bucket was made or deleted. */
  bucketsChanged(): void {
    this.#bucketsChanged += 1;
    this.changes.changed();
  }

  /** Runs work that the engine waits for before it stops. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Whether a server can not be reached at present. */
  isOffline(): boolean {
    return this.parts.connections.isOffline();
  }

  /** Ends all work, writes down what is finished, and closes connections. What is under way goes on at the next start. */
  async stop(): Promise<void> {
    // Clients learn that the engine ends, rather than that their calls were cancelled.
    await (await this.#service)?.close();
    this.#stop.abort(cancelled('Syncing'));
    this.#resumeWatch.stop();
    this.#limits.stop();
    await this.#shareTidy.stop();
    await this.runners.stop();
    await Promise.allSettled(this.#running);
    if (this.holdsLock) {
      await this.#endTrial();
      await noteEnded(this.parts);
    }
    await this.parts.connections.close();
    this.#lock?.release();
    this.#lock = undefined;
  }

  status(): EngineStatus {
    const { state, transfers } = this.parts;
    const folders = state.folders.list().map((folder) => this.folderStatus(folder));
    const running = transfers.list();
    return {
      folders,
      bytesPerSecond: { up: transfers.rate('up'), down: transfers.rate('down') },
      paused: state.settings.read().paused,
      moving: { files: running.length, doneBytes: running.reduce((sum, { doneBytes }) => sum + doneBytes, 0) },
      configured: this.#configured,
      bucketsChanged: this.#bucketsChanged,
      ...(this.trial.info !== undefined && { trial: this.trial.info }),
    };
  }

  folderStatus(folder: FolderRow): EngineStatus['folders'][number] {
    const { state, connections } = this.parts;
    const reachability = connections.peek(folder.accountId)?.breaker.state;
    const offline = reachability?.kind === 'unreachable' ? reachability.error : undefined;
    const runner = this.runners.peek(folder.id);
    return folderStatusOf(state, folder, runner?.progress, runner?.hasPending ?? false, offline);
  }

  async #endTrial(): Promise<void> {
    try {
      await this.trial.end();
    } catch (error) {
      // The next start clears it.
      this.parts.environment.log.warn('The trial could not be cleared', { error: asSyncError(error).message });
    }
  }

  /** The folders with these ids; all of them for none. @throws SyncError unknown-folder */
  chosenFolders(ids: readonly string[]): FolderRow[] {
    const chosen = ids.length === 0 ? this.parts.state.folders.list() : ids.map((id) => this.folders.require(id));
    if (chosen.length > 0) return chosen;
    throw new SyncError({
      code: 'unknown-folder',
      message: 'There is no folder to sync yet.',
      advice: 'Add one first.',
      command: 'rustfs-sync folder add LOCAL_DIR ACCOUNT:BUCKET',
    });
  }
}
