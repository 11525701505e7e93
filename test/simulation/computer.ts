import { createHash } from 'node:crypto';
import { connectInProcess, makeShare, type Client } from '../../src/api/index.ts';
import type { SyncMode } from '../../src/core/decide.ts';
import type { Environment, Log, Watch, WatchHint } from '../../src/core/environment.ts';
import { hasCode, SyncError } from '../../src/core/errors.ts';
import { IGNORE_FILE } from '../../src/core/filters.ts';
import { Engine } from '../../src/engine/index.ts';
import type { ProblemRow, StateStore } from '../../src/state/index.ts';
import type { MemoryDiskOptions } from '../support/memory-tree.ts';
import { MemorySecrets, nodeHashing, SeededRandom } from '../support/test-environment.ts';
import { Disk, ROOT } from './disk.ts';
import { bytesOfContent } from './imagination.ts';
import { Life, type World } from './life.ts';
import { LifeFileSystem } from './life-file-system.ts';
import { LifeStore } from './life-store.ts';
import { BUCKET } from './server.ts';
import { StateHome } from './state-home.ts';
import { Suspicions } from './suspicions.ts';
import { Wishes } from './wishes.ts';

/** A request that was on its way when the folder was paused is over by then. */
const UNDER_WAY_MS = 30_000;

/** Servers refuse clocks that are further from theirs. */
const MOST_SKEW_MS = 15 * 60_000;

export interface ComputerKind {
  readonly name: string;
  readonly mode: SyncMode;
  readonly mirrorDeletes: boolean;
  readonly disk: MemoryDiskOptions;
  readonly stateInFiles: boolean;
  /** How far its clock is from the others'. */
  readonly wallOffsetMs: number;
}

/** A computer of the team: a disk, a state, and the engine, which may crash and start again. */
export class Computer {
  readonly kind: ComputerKind;
  readonly disk: Disk;
  readonly wishes: Wishes;
  wallOffsetMs: number;
  /** Requests so far that moved content or could have changed something. */
  work = 0;
  /** Changes of people's files so far, whoever made them. */
  diskChanges = 0;
  readonly #world: World;
  readonly #home: StateHome;
  readonly #secrets = new MemorySecrets();
  #life: Life | undefined;
  #engine: Engine | undefined;
  #client: Client | undefined;
  #state: StateStore | undefined;
  #folderId = '';
  /** Its database was lost, or replaced by an older one. */
  hasLostState = false;
  /** Its clock was so far from the server's that a real one would have refused what it asked: see `abortStrays`. */
  hadWrongClock = false;
  /** What the program is started for, if not merely to sync: a file that is to be shared. */
  startsToShare: (() => string) | undefined;
  #pausedSinceMs: number | undefined;
  #onHint: ((hint: WatchHint) => void) | undefined;

  constructor(world: World, kind: ComputerKind) {
    this.kind = kind;
    this.#world = world;
    this.wallOffsetMs = kind.wallOffsetMs;
    const clock = new Life(
      world,
      kind.name,
      () => this.wallOffsetMs,
      () => undefined,
    );
    this.disk = new Disk(clock, kind.disk);
    this.disk.onChange = (path) => this.#changed(path);
    this.wishes = new Wishes(this.disk, () => this.#state?.folders.byId(this.#folderId));
    world.server.store.model.onChange(({ key, object }) => {
      const path = world.server.pathOf(key);
      const goneMs = object === undefined ? world.scheduler.elapsedMs : undefined;
      if (path !== undefined) this.wishes.noteObject(path, goneMs);
    });
    this.#home = new StateHome(kind.stateInFiles);
  }

  get isAlive(): boolean {
    return this.#life?.isAlive === true;
  }

  get state(): StateStore {
    if (this.#state === undefined) throw new Error('Not started');
    return this.#state;
  }

  get folderId(): string {
    return this.#folderId;
  }

  /** Whether the engine is awake and knows of nothing more to do. */
  get isIdle(): boolean {
    const runner = this.#engine?.runners.peek(this.#folderId);
    return this.isAlive && runner?.progress.compared === true && !runner.hasPending;
  }

  /** Adds the account and the folder, as a person does, and starts to sync. */
  async setUp(): Promise<void> {
    const client = this.#open();
    await client.call('account.add', {
      name: 'team',
      endpoint: 'http://server.test:9000',
      accessKeyId: 'team',
      secretAccessKey: 'secret',
    });
    const { mode, mirrorDeletes } = this.kind;
    const { prefix } = this.#world.server;
    const folder = { localRoot: ROOT, account: 'team', bucket: BUCKET, prefix, mode, mirrorDeletes };
    this.#folderId = (await client.call('folder.add', folder)).id;
    await client.call('sync.start', {});
  }

  /** Starts the engine on the state and the disk that there are. */
  start(): void {
    if (this.isAlive) return;
    const { trace, scheduler, chance } = this.#world;
    trace.add(this.kind.name, 'START');
    const client = this.#open();
    const sync = () => {
      if (this.isAlive && this.#client === client) this.#call('sync.start', {});
    };
    const path = this.startsToShare?.();
    if (path === undefined) {
      sync();
      return;
    }
    this.share(path);
    scheduler.after(chance.between(0, 5_000), sync);
  }

  /** Ends the engine as a person does, and starts it again after a while. */
  restart(): void {
    const life = this.#life;
    if (life?.isAlive !== true || this.#engine === undefined) return;
    this.#world.trace.add(this.kind.name, 'STOP');
    const again = () => {
      life.end();
      this.#world.scheduler.after(this.#world.chance.between(100, 3_000), () => this.start());
    };
    this.#engine.stop().then(again, (error: unknown) => this.#world.judge.fail(asError(error)));
  }

  crash(): void {
    this.#life?.crash();
  }

  /** Lets go of everything. */
  close(): void {
    this.#life?.end();
    this.#home.close();
  }

  /** Keeps a copy of the state, as a backup program does. */
  backUp(): void {
    if (this.#home.isInFiles && this.isAlive) this.#home.copy();
  }

  problems(): ProblemRow[] {
    return this.state.problems.list(undefined, 1_000);
  }

  /** Whether this content is what both sides last agreed on under this name, as far as an ETag tells. */
  hasAgreedOn(path: string, content: string): boolean {
    const base = this.#state?.base.get(this.#folderId, path.normalize('NFC'));
    const md5 = createHash('md5').update(bytesOfContent(content)).digest('hex');
    return base !== undefined && base.etag === this.#world.server.store.shownEtag(md5);
  }

  /** Asks for a comparison of everything, and ends a pause. */
  lookAgain(): void {
    this.#pausedSinceMs = undefined;
    this.#call('folder.resume', { id: this.#folderId });
  }

  pause(): void {
    if (!this.isAlive) return;
    this.#world.trace.add(this.kind.name, 'PAUSE');
    this.#pausedSinceMs = this.#world.scheduler.elapsedMs;
    this.#call('folder.pause', { id: this.#folderId });
  }

  resume(): void {
    if (!this.isAlive || !this.isPaused) return;
    this.#world.trace.add(this.kind.name, 'RESUME');
    this.lookAgain();
  }

  get isPaused(): boolean {
    return this.state.folders.byId(this.#folderId)?.paused === true;
  }

  /** Keeps only a part of the folder on this computer; null for everything. Refused where there is nothing of it. */
  select(paths: readonly string[] | null): void {
    if (!this.isAlive) return;
    this.#world.trace.add(this.kind.name, `SELECT ${JSON.stringify(paths)}`);
    this.#mayFail(
      'folder.select',
      this.#client?.call('folder.select', { id: this.#folderId, paths: paths && [...paths] }),
    );
  }

  /** Somebody waits for a file: it is looked at, or transferred, before all others. */
  first(path: string): void {
    if (!this.isAlive) return;
    this.#world.trace.add(this.kind.name, `FIRST ${path}`);
    this.#call('transfer.first', { folderId: this.#folderId, path });
  }

  /** Somebody shares a file, which is sent before all others if the bucket does not hold it yet. */
  share(path: string): void {
    if (!this.isAlive || this.#client === undefined) return;
    this.#world.trace.add(this.kind.name, `SHARE ${path}`);
    const target = { kind: 'path', path: `${ROOT}/${path}` } as const;
    this.#mayFail('share.make', makeShare(this.#client, { target, expiresInSeconds: 600 }));
  }

  /** Settles a conflict. */
  resolve({ id, path, detail }: ProblemRow, keep: 'mine' | 'theirs' | 'both'): void {
    if (!this.isAlive) return;
    this.#world.trace.add(this.kind.name, `RESOLVE ${path} ${keep}`);
    if (keep !== 'both') this.wishes.givenUp.add(keep === 'mine' ? path : detail);
    this.#mayFail('problem.resolve', this.#client?.call('problem.resolve', { id, keep }));
  }

  /** A request that may be refused, or fail as any other. */
  #mayFail(name: string, request: Promise<unknown> | undefined): void {
    const { trace, judge, scheduler } = this.#world;
    request
      ?.then(
        () => (this.wishes.changedMs = scheduler.elapsedMs),
        (error: unknown) => {
          trace.add(this.kind.name, `${name} refused: ${asError(error).message}`);
          if (!(error instanceof SyncError) || error.code === 'internal')
            judge.fail(new Error(`${this.kind.name}: ${name} failed`, { cause: error }));
        },
      )
      .finally(() => this.wishes.givenUp.clear());
  }

  /** A person approves of what they saw; by now it may be more. */
  approve(seen: number): void {
    this.#world.trace.add(this.kind.name, 'APPROVE');
    this.#client?.call('plan.approve', { id: this.#folderId, seen }).catch((error: unknown) => {
      if (hasCode(error, 'plan-changed')) return;
      this.#world.judge.fail(new Error(`${this.kind.name}: plan.approve failed`, { cause: error }));
    });
  }

  /** Its clock is set to another time. */
  setClock(byMs: number): void {
    this.wallOffsetMs += byMs;
    this.hadWrongClock ||= Math.abs(this.wallOffsetMs) > MOST_SKEW_MS;
  }

  /** The watcher lost track. */
  overflow(): void {
    this.#onHint?.({ kind: 'overflow', reason: 'too much at once' });
  }

  #call(
    name: 'sync.start' | 'folder.pause' | 'folder.resume' | 'transfer.first',
    input: object,
    client = this.#client,
  ): void {
    client
      ?.call(name, input)
      .catch((error: unknown) =>
        this.#world.judge.fail(new Error(`${this.kind.name}: ${name} failed`, { cause: error })),
      );
  }

  #open(): Client {
    const life = new Life(
      this.#world,
      this.kind.name,
      () => this.wallOffsetMs,
      () => this.#crashed(),
    );
    const suspicions = new Suspicions(life, this.disk, this.wishes, this.kind.mode);
    this.#life = life;
    this.disk.life = life;
    this.#onHint = undefined;
    this.#state = this.#home.open();
    const environment: Environment = {
      fs: new LifeFileSystem(life, this.disk, suspicions),
      clock: life,
      random: new SeededRandom(this.#world.chance.seed()),
      log: this.#log(),
      watcher: { watch: (_root, _options, onHint) => this.#watch(life, onHint) },
      secrets: this.#secrets,
      hash: nodeHashing,
      connect: () => new LifeStore(life, suspicions, (what) => this.#worked(what)),
    };
    const engine = new Engine(environment, this.#state, {
      deviceName: this.kind.name,
      takeLock: () => ({ release: () => undefined }),
      configured: () => this.#home.saveConfig(),
    });
    this.#engine = engine;
    this.#client = connectInProcess(engine.handlers, engine.streamHandlers);
    return this.#client;
  }

  #worked(what: string): void {
    this.work += 1;
    const { scheduler, judge } = this.#world;
    if (this.#pausedSinceMs !== undefined && scheduler.elapsedMs - this.#pausedSinceMs > UNDER_WAY_MS)
      judge.breach(`${this.kind.name} is paused, and asked the server to ${what}`);
  }

  #crashed(): void {
    const { scheduler, chance, trace } = this.#world;
    scheduler.after(chance.between(100, 20_000), () => {
      // It was being stopped when it crashed, and is started by whoever did that.
      if (this.isAlive) return;
      this.#pausedSinceMs = undefined;
      if (this.#home.isInFiles) {
        if (chance.hits(0.2)) {
          trace.add(this.kind.name, 'DATABASE LOST');
          this.#home.lose();
          this.#noteStateLost();
        } else if (chance.hits(0.3) && this.#home.restoreCopy()) {
          trace.add(this.kind.name, 'OLDER DATABASE');
          this.#noteStateLost();
        }
      }
      this.start();
    });
  }

  #noteStateLost(): void {
    this.hasLostState = true;
    this.wishes.noteStateLost();
  }

  async #watch(life: Life, onHint: (hint: WatchHint) => void): Promise<Watch> {
    await life.beforeDisk('watch', '');
    this.#onHint = onHint;
    return {
      close: async () => {
        if (this.#onHint === onHint) this.#onHint = undefined;
      },
    };
  }

  #changed(diskPath: string): void {
    this.diskChanges += 1;
    const { chance, faults, scheduler, judge } = this.#world;
    for (const content of this.wishes.noteThere()) judge.ledger.released(content);
    if (diskPath === IGNORE_FILE) {
      this.wishes.changedMs = scheduler.elapsedMs;
      this.wishes.noteRules();
    }
    const [life, onHint] = [this.#life, this.#onHint];
    if (onHint === undefined || chance.hits(faults.rates.lostHint)) return;
    const path = diskPath.normalize('NFC');
    const hint: WatchHint = chance.hits(0.05)
      ? { kind: 'path', path: path.slice(0, Math.max(0, path.lastIndexOf('/'))) }
      : { kind: 'path', path };
    for (let times = chance.hits(0.1) ? 2 : 1; times > 0; times--) {
      scheduler.after(chance.between(1, 150), () => {
        if (life?.isAlive === true) onHint(hint);
      });
    }
  }

  /** An engine that meets what it has no name for has a defect. */
  #log(): Log {
    const { trace, judge } = this.#world;
    const add =
      (level: string) =>
      (message: string, fields: object = {}) => {
        trace.add(this.kind.name, `log ${level}: ${message} ${'code' in fields ? String(fields.code) : ''}`);
        if (level === 'error' || ('code' in fields && fields.code === 'internal'))
          judge.breach(`${this.kind.name} ran into a defect: ${message} ${JSON.stringify(fields)}`);
      };
    return { debug: () => undefined, info: add('info'), warn: add('warn'), error: add('error') };
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
