import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { EngineRoot } from './engine-root.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

export interface CliResult {
  /** Undefined after a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the real command line, in a process of its own. */
export interface CliRun {
  readonly pid: number;
  readonly done: Promise<CliResult>;
  /** What it wrote so far. */
  readonly written: { readonly stdout: string; readonly stderr: string };
  kill(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
}

/** A home and a root for the real command line. Both go with the test, and so does every process. */
export class CliWorld {
  readonly home: string;
  readonly root: EngineRoot;
  readonly #running = new Set<ChildProcess>();

  private constructor(home: string, root: EngineRoot) {
    this.home = home;
    this.root = root;
  }

  static async make(): Promise<CliWorld> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-cli-')));
    onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const world = new CliWorld(join(directory, 'home'), await EngineRoot.make(join(directory, 'root')));
    onTestFinished(() => {
      for (const child of world.#running) child.kill('SIGKILL');
    });
    return world;
  }

  /** Starts a command. `env` adds to the environment. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliRun {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, RUSTFS_SYNC_HOME: this.home, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    const done = new Promise<CliResult>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        this.#running.delete(child);
        resolve({ exitCode: code ?? undefined, ...written });
      });
    });
    return {
      pid: child.pid ?? 0,
      done,
      written,
      kill: (signal) => child.kill(signal),
      hasEnded: () => !this.#running.has(child),
    };
  }

  /** Runs a command to its end. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return this.start(args, env).done;
  }

  /** Adds the account `test`, with its secret in the file. */
  addAccount(server: { endpoint: string; accessKey: string; secretKey: string }, more: readonly string[] = []) {
    const { endpoint, accessKey, secretKey } = server;
    return this.run(
      [
        ...['account', 'add', 'test', '--endpoint', endpoint, '--access-key', accessKey],
        ...['--secret-key-env', 'TEST_SECRET', '--store-secret-in-file', ...more],
      ],
      { TEST_SECRET: secretKey },
    );
  }

  /** Adds the root as a folder of the account `test`. */
  addFolder(target: string, more: readonly string[] = []): Promise<CliResult> {
    return this.run(['folder', 'add', this.root.path, `test:${target}`, ...more]);
  }
}
