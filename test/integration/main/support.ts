import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startEngineServer } from '../../../main/engine-server.ts';
import { ShellApp } from '../../../main/shell-app.ts';
import type { Updater } from '../../../main/update-check.ts';
import type { Client, EngineStatus, ProblemInfo, ShareStep, StreamItem, StreamName } from '../../../src/api/index.ts';
import type { Host } from '../../../src/engine/index.ts';
import * as electron from '../../support/electron/index.ts';
import { CollectedLog } from '../../support/test-environment.ts';
import { engineStatus } from '../../unit/cli/fake-host.ts';

type Sent = (bytes: number, totalBytes: number | undefined) => void;

/** An engine that answers what it was given, and remembers what it was asked. */
export class FakeEngine {
  readonly calls: [name: string, input: unknown][] = [];
  readonly transfers: [kind: 'put' | 'get', ...args: unknown[]][] = [];
  problems: ProblemInfo[] = [];
  answers: Readonly<Record<string, unknown>> = {};
  closed = 0;
  /** What happens before a link is there. */
  beforeLink: () => AsyncIterable<ShareStep> | readonly ShareStep[] = () => [];
  #status = engineStatus();
  /** Wakes every stream that waits. */
  readonly #wakes = new Set<() => void>();

  get status(): EngineStatus {
    return this.#status;
  }
  set status(status: EngineStatus) {
    this.#status = status;
    for (const wake of this.#wakes) wake();
    this.#wakes.clear();
  }

  /** Called while a transfer runs; the transfer ends when it does. */
  duringTransfer: (sent: Sent, signal: AbortSignal) => Promise<void> = async () => undefined;

  host(): Host {
    const client: Client = {
      call: async (name, input) => {
        this.calls.push([name, input]);
        return this.#answer(name) as never;
      },
      stream: (name, _input, signal) => this.#stream(name, signal),
    };
    const run = async (call: (typeof this.transfers)[number], sent: Sent, signal: AbortSignal) => {
      this.transfers.push(call);
      await this.duringTransfer(sent, signal);
      return { etag: '"e"', sizeBytes: 3 };
    };
    return {
      client,
      objects: {
        put: (source, target, sent, signal) => run(['put', source, target], sent, signal),
        get: (source, destination, sent, signal) => run(['get', source, destination], sent, signal),
      },
      otherProcess: undefined,
      close: async () => {
        this.closed += 1;
      },
    };
  }

  #answer(name: string): unknown {
    const given = this.answers[name];
    if (given instanceof Error) throw given;
    if (given !== undefined) return given;
    if (name === 'problem.list') return this.problems;
    if (name === 'activity.list') return [];
    if (name === 'setting.get' || name === 'setting.set') return SETTINGS;
    return {};
  }

  async *#stream<N extends StreamName>(name: N, signal: AbortSignal | undefined): AsyncGenerator<StreamItem<N>> {
    if (name === 'share.make') {
      for await (const step of this.beforeLink()) yield step as StreamItem<N>;
      yield { kind: 'made', share: this.#answer(name) } as StreamItem<N>;
      return;
    }
    const isOver = () => signal?.aborted === true;
    while (!isOver()) {
      const status = this.#status;
      yield status as StreamItem<N>;
      // It may have changed while nobody asked.
      while (this.#status === status && !isOver()) {
        await new Promise<void>((resolve) => {
          this.#wakes.add(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
  }
}

export const SETTINGS = {
  uploadLimitBytesPerSecond: 0,
  downloadLimitBytesPerSecond: 0,
  limitHours: null,
  paused: false,
  language: 'system',
  theme: 'system',
  notifications: true,
};

export interface RunningShell {
  readonly app: ShellApp;
  readonly engine: FakeEngine;
  readonly log: CollectedLog;
  readonly directory: string;
  close(): Promise<void>;
}

export interface ShellOptions {
  readonly hasTray?: boolean | (() => boolean);
  /** How long a tray is waited for that is not there at once. */
  readonly trayWaitMs?: number;
  readonly page?: string;
  readonly updater?: Updater;
}

/** The shell over the stand-in for Electron, with an engine that is a fake in the stand-in's process. */
export async function startShell(options: ShellOptions = {}): Promise<RunningShell> {
  reset();
  const { hasTray = true } = options;
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-shell-'));
  const page = options.page ?? (await makePage(join(directory, 'page')));
  const engine = new FakeEngine();
  const log = new CollectedLog();
  electron.onFork.run = (child) => startEngineServer(child.parentPort, engine.host(), log, () => child.exit(0));
  const app = await ShellApp.start(
    {
      userData: join(directory, 'shell'),
      page,
      preload: '/app/preload.cjs',
      engineProcess: '/app/engine-process.js',
      supportsTray: async () => (typeof hasTray === 'boolean' ? hasTray : hasTray()),
      trayWaitMs: options.trayWaitMs ?? 0,
      ...(options.updater !== undefined && { updater: async () => options.updater as Updater }),
    },
    log,
  );
  return {
    app,
    engine,
    log,
    directory,
    close: async () => {
      await app.quit();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function makePage(directory: string): Promise<string> {
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), '<script nonce="__CSP_NONCE__"></script>');
  await writeFile(join(directory, 'assets', 'a.js'), 'a');
  return directory;
}

/** Forgets what an earlier test did. */
export function reset(): void {
  electron.app.removeAllListeners();
  electron.ipcMain.removeAllListeners();
  electron.powerMonitor.removeAllListeners();
  electron.sessions.clear();
  for (const list of [electron.forked, electron.windows, electron.trays, electron.notifications]) list.length = 0;
  electron.onFork.run = () => undefined;
  Object.assign(electron.app, {
    isGone: false,
    hasLock: true,
    languages: ['en-GB'],
    handedOver: undefined,
    isPackaged: false,
    wasOpenedAtLogin: false,
  });
  electron.powerMonitor.hasMains = true;
}

/** The item of a list that has to be there. */
export function first<T>(list: readonly T[], index = 0): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}

/** Waits for what happens soon. */
export async function soon(check: () => void): Promise<void> {
  await expect.poll(() => attempt(check), { timeout: 10_000, interval: 10 }).toBe('holds');
}

function attempt(check: () => void): string {
  try {
    check();
    return 'holds';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
