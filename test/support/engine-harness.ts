import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Client, ProblemInfo, SyncOutcome } from '../../src/api/index.ts';
import type { SyncMode } from '../../src/core/decide.ts';
import type { Environment } from '../../src/core/environment.ts';
import { openEngine, type ObjectTransfers, type OpenedEngine } from '../../src/engine/index.ts';
import { connectObjectStore } from '../../src/remote/index.ts';
import type { StoreOptions } from '../../src/remote/options.ts';
import type { StateStore } from '../../src/state/index.ts';
import { makeBucket, type EngineBucket } from './engine-bucket.ts';
import { EngineRoot } from './engine-root.ts';
import { pollUntil } from './loopback.ts';
import type { S3Access } from './s3-client.ts';
import { CollectedLog } from './test-environment.ts';

export interface WorldOptions {
  readonly prefix?: string;
  readonly mirrorDeletes?: boolean;
  readonly mode?: SyncMode;
  readonly ignoreGlobs?: readonly string[];
  readonly versioned?: boolean;
  /** Where the engine finds the server, when that is not where the test looks at it: a proxy, say. */
  readonly engineEndpoint?: string;
  /** Other time limits than the real ones, so that nobody waits half a minute for a server that hangs. */
  readonly store?: Partial<Omit<StoreOptions, 'clock' | 'random'>>;
  /** Puts something between the engine and its effects. */
  readonly wrap?: (environment: Environment) => Environment;
  /** Runs on the root before it becomes a folder. */
  readonly before?: (root: EngineRoot) => Promise<void>;
}

const asItIs = (environment: Environment): Environment => environment;

/** States of a folder that will become others by themselves. */
const BUSY: ReadonlySet<string> = new Set(['not-running', 'starting', 'comparing', 'syncing']);

/** One computer with an engine, one folder and one bucket of its own. Everything ends with the test. */
export interface World {
  readonly home: string;
  readonly root: EngineRoot;
  readonly bucket: EngineBucket;
  readonly log: CollectedLog;
  readonly client: Client;
  readonly state: StateStore;
  /** The effects that the engine has. */
  readonly environment: Environment;
  /** Single objects, as a person puts and gets them. */
  readonly transfers: ObjectTransfers;
  readonly folderId: string;
  /** One run, until in sync or stuck. */
  sync(): Promise<SyncOutcome>;
  /** Starts watching; resolves when the folder was compared once and nothing is left to do. */
  watch(): Promise<void>;
  problems(): Promise<ProblemInfo[]>;
  /** `path: code` of each problem, in order. */
  problemCodes(): Promise<string[]>;
  activity(kind: string): Promise<string[]>;
  /** Ends the engine; what lies on disk stays. */
  stop(): Promise<void>;
  /** Begins an engine on the state that lies on disk. */
  start(): void;
  /** Ends the engine and begins another one on the same state. */
  restart(): Promise<void>;
  /** Adds account and folder as if for the first time: after the state was lost. */
  setUp(): Promise<void>;
}

/** Makes a world on this server. */
export async function createWorld(access: S3Access, options: WorldOptions = {}): Promise<World> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-engine-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const bucket = await makeBucket(access, options.versioned ?? false);
  const root = await EngineRoot.make(join(directory, 'root'));
  await options.before?.(root);
  const world = new EngineWorld(directory, root, bucket, access, options);
  onTestFinished(() => world.stop());
  await world.setUp();
  return world;
}

class EngineWorld implements World {
  readonly home: string;
  readonly root: EngineRoot;
  readonly bucket: EngineBucket;
  readonly log = new CollectedLog();
  readonly #access: S3Access;
  readonly #options: WorldOptions;
  #running: OpenedEngine | undefined;
  #folderId = '';

  constructor(directory: string, root: EngineRoot, bucket: EngineBucket, access: S3Access, options: WorldOptions) {
    this.home = join(directory, 'home');
    this.root = root;
    this.bucket = bucket;
    this.#access = access;
    this.#options = options;
  }

  get folderId(): string {
    return this.#folderId;
  }

  get client(): Client {
    return this.#require().client;
  }

  get state(): StateStore {
    return this.#require().engine.parts.state;
  }

  get environment(): Environment {
    return this.#require().engine.parts.environment;
  }

  get transfers(): ObjectTransfers {
    return this.#require().engine.transfers;
  }

  async setUp(): Promise<void> {
    const { prefix, mirrorDeletes, mode, ignoreGlobs, engineEndpoint } = this.#options;
    this.start();
    await this.client.call('account.add', {
      name: 'test',
      endpoint: engineEndpoint ?? this.#access.endpoint,
      accessKeyId: this.#access.accessKey,
      secretAccessKey: this.#access.secretKey,
      storeSecretInFile: true,
    });
    const added = await this.client.call('folder.add', {
      localRoot: this.root.path,
      account: 'test',
      bucket: this.bucket.name,
      mirrorDeletes: mirrorDeletes ?? false,
      ignoreGlobs: [...(ignoreGlobs ?? [])],
      ...(mode !== undefined && { mode }),
      ...(prefix !== undefined && { prefix }),
    });
    this.#folderId = added.id;
  }

  async sync(): Promise<SyncOutcome> {
    return this.client.call('sync.once', { ids: [this.#folderId] });
  }

  async watch(): Promise<void> {
    await this.client.call('sync.start', { ids: [this.#folderId] });
    await pollUntil('the folder to be compared once', async () => {
      const { state } = await this.client.call('folder.status', { id: this.#folderId });
      return BUSY.has(state) ? undefined : true;
    });
  }

  async problems(): Promise<ProblemInfo[]> {
    return this.client.call('problem.list', { folderId: this.#folderId });
  }

  async problemCodes(): Promise<string[]> {
    return (await this.problems()).map(({ path, code }) => `${path}: ${code}`);
  }

  async activity(kind: string): Promise<string[]> {
    const rows = await this.client.call('activity.list', { limit: 100_000 });
    return rows.filter((row) => row.kind === kind).map((row) => row.path);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.close();
  }

  start(): void {
    const { store, wrap = asItIs } = this.#options;
    this.#running = openEngine(
      this.home,
      () => this.log,
      (real) => {
        const { clock, random } = real;
        const connect: Environment['connect'] = (target) => connectObjectStore(target, { clock, random, ...store });
        return wrap(store === undefined ? real : { ...real, connect });
      },
    );
  }

  #require() {
    if (this.#running === undefined) throw new Error('The engine of this world has ended.');
    return this.#running;
  }
}
