import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, readdir, realpath, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Client, CommandInput, SyncOutcome } from '../../src/api/index.ts';
import type { Environment } from '../../src/core/environment.ts';
import { openEngine, type OpenedEngine } from '../../src/engine/index.ts';
import { makeBucket, type EngineBucket } from './engine-bucket.ts';
import { EngineRoot, sha256 } from './engine-root.ts';
import type { S3Access } from './s3-client.ts';
import { CollectedLog } from './test-environment.ts';

/** The engine's clock starts ahead by this much, so that it finds every file quiet at once (safety rule 8). */
const AHEAD_MS = 10_000;

/** The engine's clock runs this much faster unless told, so that nobody waits for what it puts off. */
const HASTE = 20;

/** After so many rounds computers that still find work to do are going in circles. */
const MAX_ROUNDS = 6;

type FolderOptions = Partial<Omit<CommandInput<'folder.add'>, 'localRoot' | 'account' | 'bucket'>>;

export interface ComputerOptions {
  readonly folder?: FolderOptions;
  /** How much faster than the real one the engine's clock runs. */
  readonly haste?: number;
  /** Puts something between the engine and its effects. */
  readonly adapt?: (environment: Environment) => Environment;
  /** Runs on the root before it becomes a folder. */
  readonly before?: (root: EngineRoot) => Promise<void>;
}

/** Content of every file or object by path. */
export type Tree = Readonly<Record<string, string>>;

/** One of several computers on one bucket: a home, a root and an engine of its own. */
export class Computer {
  readonly root: EngineRoot;
  readonly log = new CollectedLog();
  readonly #home: string;
  readonly #open: () => OpenedEngine;
  #running: OpenedEngine;
  #folderId = '';

  private constructor(directory: string, root: EngineRoot, { haste = HASTE, adapt = (one) => one }: ComputerOptions) {
    this.root = root;
    this.#home = join(directory, 'home');
    this.#open = () =>
      openEngine(
        this.#home,
        () => this.log,
        (environment) => adapt(withQuickClock(environment, haste)),
      );
    this.#running = this.#open();
  }

  static async make(access: S3Access, bucket: EngineBucket, options: ComputerOptions): Promise<Computer> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-computer-')));
    onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const root = await EngineRoot.make(join(directory, 'root'));
    await options.before?.(root);
    const computer = new Computer(directory, root, options);
    onTestFinished(() => computer.#running.close());
    await computer.client.call('account.add', {
      name: 'test',
      endpoint: access.endpoint,
      accessKeyId: access.accessKey,
      secretAccessKey: access.secretKey,
      storeSecretInFile: true,
    });
    const folder = { mode: 'two-way', ...options.folder } as const;
    const place = { localRoot: root.path, account: 'test', bucket: bucket.name };
    computer.#folderId = (await computer.client.call('folder.add', { ...folder, ...place })).id;
    return computer;
  }

  get client(): Client {
    return this.#running.client;
  }

  get folderId(): string {
    return this.#folderId;
  }

  /** Ends the engine and begins another one on the same state. */
  async restart(): Promise<void> {
    await this.#running.close();
    this.#running = this.#open();
  }

  /** The same, with all that the engine remembers gone, but for what the person set up. */
  async loseDatabase(): Promise<void> {
    await this.#running.close();
    for (const suffix of ['', '-wal', '-shm']) await rm(join(this.#home, `state.db${suffix}`), { force: true });
    this.#running = this.#open();
  }

  /** Keeps a copy of all that the engine remembers at this moment: what a program that is killed now leaves. */
  backUpDatabase(): void {
    for (const suffix of ['', '-wal']) {
      const file = join(this.#home, `state.db${suffix}`);
      if (existsSync(file)) copyFileSync(file, `${file}.copy`);
      else rmSync(`${file}.copy`, { force: true });
    }
  }

  /** Puts the copy back. */
  async restoreDatabase(): Promise<void> {
    await this.#running.close();
    for (const suffix of ['', '-wal', '-shm']) {
      const file = join(this.#home, `state.db${suffix}`);
      rmSync(file, { force: true });
      if (existsSync(`${file}.copy`)) copyFileSync(`${file}.copy`, file);
    }
    this.#running = this.#open();
  }

  /** Removes the folder and adds the same root and bucket again, as another kind of folder. */
  async addAgain(bucket: EngineBucket, folder: FolderOptions): Promise<void> {
    await this.client.call('folder.remove', { id: this.#folderId });
    const place = { localRoot: this.root.path, account: 'test', bucket: bucket.name };
    this.#folderId = (await this.client.call('folder.add', { mode: 'two-way', ...folder, ...place })).id;
  }

  /** One run, until in sync or stuck. */
  sync(): Promise<SyncOutcome> {
    return this.client.call('sync.once', { ids: [this.#folderId] });
  }

  /** Starts watching; what others change is looked for every one and a half seconds. */
  async watch(): Promise<void> {
    await this.client.call('sync.start', { ids: [this.#folderId] });
  }

  /** `path: code` of each problem, in order. */
  async problemCodes(): Promise<string[]> {
    return (await this.client.call('problem.list', { folderId: this.#folderId })).map(
      (one) => `${one.path}: ${one.code}`,
    );
  }

  /** Settles the only conflict that there is. */
  async resolve(keep: 'mine' | 'theirs' | 'both'): Promise<void> {
    const problems = await this.client.call('problem.list', { folderId: this.#folderId });
    const conflicts = problems.filter(({ code }) => code === 'conflict-copy');
    expect(conflicts).toHaveLength(1);
    await this.client.call('problem.resolve', { id: conflicts[0]?.id ?? -1, keep });
  }

  /** Every file but our own, by its path as the disk spells it. */
  async tree(): Promise<Tree> {
    const files = await filesBelow(this.root.path);
    return this.#contents(files.filter((path) => !path.startsWith('.rustfs-sync')));
  }

  /** What lies in the trash, without the time in its path. */
  async trash(): Promise<Tree> {
    const top = '.rustfs-sync/trash/';
    const files = (await filesBelow(this.root.path)).filter((path) => path.startsWith(top));
    const trashed = Object.entries(await this.#contents(files));
    return Object.fromEntries(trashed.map(([path, hash]) => [path.slice(path.indexOf('/', top.length) + 1), hash]));
  }

  async mtimeMs(path: string): Promise<number> {
    return (await stat(this.root.at(path))).mtimeMs;
  }

  async touch(path: string, time: Date): Promise<void> {
    await utimes(this.root.at(path), time, time);
  }

  async makeExecutable(path: string): Promise<void> {
    await chmod(this.root.at(path), 0o755);
  }

  async #contents(paths: readonly string[]): Promise<Tree> {
    const found: Record<string, string> = {};
    for (const path of paths) found[path] = sha256(await this.root.read(path));
    return found;
  }
}

/** Computers that share a bucket. Everything ends with the test. */
export interface Team {
  readonly bucket: EngineBucket;
  readonly computers: readonly Computer[];
  /** What the bucket holds, but for our own keys. */
  readonly remote: () => Promise<Tree>;
  /** Syncs the computers in turn until none finds anything to do, and proves that all hold the same as the bucket. */
  readonly settle: () => Promise<Tree>;
}

export async function createTeam(access: S3Access, ...options: readonly ComputerOptions[]): Promise<Team> {
  const bucket = await makeBucket(access);
  const computers: Computer[] = [];
  for (const one of options) computers.push(await Computer.make(access, bucket, one));
  return teamOf(bucket, computers);
}

/** Two computers that both keep a two-way folder. */
export async function createPair(
  access: S3Access,
  options: ComputerOptions = {},
): Promise<Team & { readonly a: Computer; readonly b: Computer }> {
  const bucket = await makeBucket(access);
  const a = await Computer.make(access, bucket, options);
  const b = await Computer.make(access, bucket, options);
  return { ...teamOf(bucket, [a, b]), a, b };
}

function teamOf(bucket: EngineBucket, computers: readonly Computer[]): Team {
  const remote = async () => {
    const found: Record<string, string> = {};
    for (const key of await bucket.keys()) found[key] = sha256(await bucket.get(key));
    return found;
  };
  const settle = async () => {
    await syncUntilQuiet(computers);
    const expected = await remote();
    for (const computer of computers) expect(normalized(await computer.tree())).toEqual(expected);
    return expected;
  };
  return { bucket, computers, remote, settle };
}

async function syncUntilQuiet(computers: readonly Computer[]): Promise<void> {
  const done: SyncOutcome[][] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcomes: SyncOutcome[] = [];
    for (const computer of computers) outcomes.push(await computer.sync());
    if (outcomes.every(didNothing)) return;
    done.push(outcomes);
  }
  throw new Error(`Still at work after ${MAX_ROUNDS} rounds: ${JSON.stringify(done)}`);
}

function didNothing(outcome: SyncOutcome): boolean {
  const { result, uploadedFiles, downloadedFiles, deletedFiles, movedFiles, releasedFiles } = outcome;
  if (result !== 'in-sync' && result !== 'problems') throw new Error(`A computer is stuck: ${result}`);
  return uploadedFiles + downloadedFiles + deletedFiles + movedFiles + releasedFiles === 0;
}

/** A bucket spells names in NFC. */
function normalized(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([path, hash]) => [path.normalize('NFC'), hash]));
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')).sort();
}

/** The engine's clock, ahead and quick: see above. */
export function withQuickClock(environment: Environment, haste = HASTE): Environment {
  const { clock } = environment;
  const startMs = clock.now();
  return {
    ...environment,
    clock: {
      now: () => Math.round(startMs + AHEAD_MS + (clock.now() - startMs) * haste),
      monotonic: () => clock.monotonic() * haste,
      sleep: (delayMs, signal) => clock.sleep(delayMs / haste, signal),
      timer: (delayMs, callback) => clock.timer(delayMs / haste, callback),
    },
  };
}

/** A computer whose clock is wrong by some time, in milliseconds. */
export function withWallClock(offsetMs: () => number): (environment: Environment) => Environment {
  return (environment) => {
    const { clock } = environment;
    return {
      ...environment,
      clock: {
        now: () => clock.now() + offsetMs(),
        monotonic: () => clock.monotonic(),
        sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
      },
    };
  };
}
