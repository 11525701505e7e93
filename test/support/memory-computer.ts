import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Client, CommandInput, ProblemInfo, SyncOutcome } from '../../src/api/index.ts';
import type { FileSystem } from '../../src/core/environment.ts';
import { openEngine, type OpenedEngine } from '../../src/engine/index.ts';
import type { StateStore } from '../../src/state/index.ts';
import type { EngineBucket } from './engine-bucket.ts';
import { MemoryFileSystem } from './memory-fs.ts';
import type { MemoryDiskOptions } from './memory-tree.ts';
import type { S3Access } from './s3-client.ts';
import { CollectedLog, ManualWatcher } from './test-environment.ts';
import { withQuickClock } from './two-way-team.ts';

const ROOT = '/root';

export interface MemoryComputerOptions {
  readonly mode?: NonNullable<CommandInput<'folder.add'>['mode']>;
  /** How much faster than the real one the engine's clock runs. */
  readonly haste?: number;
  /** Puts something between the engine and the disk. */
  readonly adaptDisk?: (fs: FileSystem) => FileSystem;
}

/** A computer whose disk is in memory, so that a test can choose what kind of disk it is. The server is a real one. */
export class MemoryComputer {
  readonly fs: MemoryFileSystem;
  readonly #watcher: ManualWatcher;
  readonly #running: OpenedEngine;
  readonly #folderId: string;

  private constructor(fs: MemoryFileSystem, watcher: ManualWatcher, running: OpenedEngine, folderId: string) {
    this.fs = fs;
    this.#watcher = watcher;
    this.#running = running;
    this.#folderId = folderId;
  }

  static async make(
    access: S3Access,
    bucket: EngineBucket,
    disk: MemoryDiskOptions,
    { mode = 'two-way', haste, adaptDisk = (fs) => fs }: MemoryComputerOptions = {},
  ): Promise<MemoryComputer> {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-memory-')));
    onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
    const watcher = new ManualWatcher();
    let fs: MemoryFileSystem | undefined;
    const running = openEngine(
      home,
      () => new CollectedLog(),
      (environment) => {
        fs = new MemoryFileSystem(environment.clock, disk);
        return { ...withQuickClock(environment, haste), fs: adaptDisk(fs), watcher };
      },
    );
    onTestFinished(() => running.close());
    if (fs === undefined) throw new Error('The engine takes its disk when it is opened.');
    fs.makeDirectory(ROOT);
    const { client } = running;
    await client.call('account.add', {
      name: 'test',
      endpoint: access.endpoint,
      accessKeyId: access.accessKey,
      secretAccessKey: access.secretKey,
      storeSecretInFile: true,
    });
    const folder = { localRoot: ROOT, account: 'test', bucket: bucket.name, mode };
    return new MemoryComputer(fs, watcher, running, (await client.call('folder.add', folder)).id);
  }

  get client(): Client {
    return this.#running.client;
  }

  get folderId(): string {
    return this.#folderId;
  }

  get state(): StateStore {
    return this.#running.engine.parts.state;
  }

  /** Wall time as the engine has it. */
  get nowMs(): number {
    return this.#running.engine.parts.environment.clock.now();
  }

  sync(): Promise<SyncOutcome> {
    return this.client.call('sync.once', { ids: [this.#folderId] });
  }

  /** Starts watching, but for the disk: of that it hears by {@link hint}. */
  async watch(): Promise<void> {
    await this.client.call('sync.start', { ids: [this.#folderId] });
  }

  hint(path: string): void {
    this.#watcher.say(ROOT, { kind: 'path', path });
  }

  write(path: string, content: string): void {
    this.fs.write(`${ROOT}/${path}`, content);
  }

  /** How much of other people's there still is room for. */
  setRoom(bytes: number): void {
    this.fs.capacityBytes = this.fs.usedBytes() + bytes;
  }

  move(from: string, to: string): void {
    this.fs.rename(`${ROOT}/${from}`, `${ROOT}/${to}`);
  }

  /** The text of every file but our own, by its path as the disk spells it. */
  tree(): Record<string, string> {
    return this.#texts((path) => !path.startsWith('.rustfs-sync'));
  }

  /** What lies in the trash, without the time in its path. */
  trash(): Record<string, string> {
    const top = '.rustfs-sync/trash/';
    const found = Object.entries(this.#texts((path) => path.startsWith(top)));
    return Object.fromEntries(found.map(([path, text]) => [path.slice(path.indexOf('/', top.length) + 1), text]));
  }

  problems(): Promise<ProblemInfo[]> {
    return this.client.call('problem.list', { folderId: this.#folderId });
  }

  /** `path: code` of each problem, in order. */
  async problemCodes(): Promise<string[]> {
    return (await this.problems()).map(({ path, code }) => `${path}: ${code}`);
  }

  #texts(isMeant: (path: string) => boolean): Record<string, string> {
    const paths = this.fs.filesBelow(ROOT).filter(isMeant);
    return Object.fromEntries(paths.map((path) => [path, this.#text(path)]));
  }

  #text(path: string): string {
    return new TextDecoder().decode(this.fs.contentOf(`${ROOT}/${path}`));
  }
}
