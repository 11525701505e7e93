import { Readable, Writable } from 'node:stream';
import {
  commands,
  connectInProcess,
  streams,
  type CommandHandlers,
  type CommandName,
  type CommandOutput,
  type EngineStatus,
  type FolderInfo,
  type FolderStatus,
  type StreamHandlers,
  type StreamItem,
  type StreamName,
} from '../../../src/api/index.ts';
import type { ExitCode } from '../../../src/cli/exit-codes.ts';
import type { ObjectTransfers } from '../../../src/cli/host.ts';
import type { CliClock, CliIo } from '../../../src/cli/io.ts';
import { runCli } from '../../../src/cli/main.ts';

/** What the fake engine answers: a value, an error to throw, or a function of the input. */
export type Answers = {
  readonly [N in CommandName]?:
    CommandOutput<N> | Error | ((input: unknown, signal: AbortSignal) => Promise<CommandOutput<N>>);
};
export type Streams = {
  readonly [N in StreamName]?:
    readonly (StreamItem<N> | Error)[] | ((input: unknown, signal: AbortSignal) => AsyncIterable<StreamItem<N>>);
};

export interface FakeOptions {
  readonly answers?: Answers;
  readonly streams?: Streams;
  readonly objects?: Partial<ObjectTransfers>;
  readonly openError?: Error;
  readonly clipboardError?: Error;
  readonly otherProcess?: () => string | undefined;
  readonly isTTY?: boolean | { stdin?: boolean; stdout?: boolean; stderr?: boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly home?: string;
  readonly columns?: number;
  /** What the person types when asked. */
  readonly typed?: string;
  readonly stdout?: Writable;
}

export interface FakeRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON documents, one a line. */
  readonly documents: unknown[];
  /** What the engine was asked, in order. */
  readonly calls: readonly (readonly [name: string, input: unknown])[];
  /** What the person was asked. */
  readonly questions: readonly string[];
  /** What stood on stdout when each question came. */
  readonly seenWhenAsked: readonly string[];
  /** What was put on the clipboard. */
  readonly copied: readonly string[];
  /** What the desktop was asked to show. */
  readonly notified: readonly string[];
  readonly opened: number;
  readonly closed: number;
}

/** A command line with a fake engine, to be run once. */
export class FakeCli {
  readonly clock = new FakeClock();
  readonly calls: [string, unknown][] = [];
  readonly questions: string[] = [];
  readonly seenWhenAsked: string[] = [];
  readonly copied: string[] = [];
  readonly notified: string[] = [];
  opened = 0;
  closed = 0;
  readonly #options: FakeOptions;
  readonly #signalCallbacks = new Set<() => void>();
  readonly #written: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };

  constructor(options: FakeOptions = {}) {
    this.#options = options;
  }

  get stdout(): string {
    return this.#written.stdout;
  }

  get stderr(): string {
    return this.#written.stderr;
  }

  /** Ctrl-C. */
  interrupt(): void {
    for (const callback of this.#signalCallbacks) callback();
  }

  async run(...argv: string[]): Promise<FakeRun> {
    const exitCode = await runCli(argv, this.#io());
    const { calls, questions, seenWhenAsked, copied, notified, opened, closed, stdout, stderr } = this;
    const documents = () =>
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown);
    return {
      exitCode,
      stdout,
      stderr,
      calls,
      questions,
      seenWhenAsked,
      copied,
      notified,
      opened,
      closed,
      get documents() {
        return documents();
      },
    };
  }

  #io(): CliIo {
    const {
      isTTY = false,
      env = {},
      stdin = '',
      cwd = '/home/me',
      home = '/home/me',
      columns = 80,
      typed,
      openError,
    } = this.#options;
    const tty = typeof isTTY === 'boolean' ? { stdin: isTTY, stdout: isTTY, stderr: isTTY } : isTTY;
    const answer = async (question: string) => {
      this.questions.push(question);
      this.seenWhenAsked.push(this.stdout);
      return typed;
    };
    return {
      stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
      stdout: this.#options.stdout ?? this.#stream('stdout'),
      stderr: this.#stream('stderr'),
      isTTY: { stdin: false, stdout: false, stderr: false, ...tty },
      columns: () => columns,
      env,
      cwd,
      platform: 'linux',
      home,
      program: ['/usr/bin/node', '/opt/rustfs-sync/cli.js'],
      clock: this.clock,
      prompt: { line: answer, hidden: answer },
      desktop: {
        copy: async (text) => {
          const { clipboardError } = this.#options;
          if (clipboardError !== undefined) throw clipboardError;
          this.copied.push(text);
        },
        notify: async (title, body) => {
          this.notified.push(`${title}: ${body}`);
        },
      },
      openHost: async () => {
        this.opened++;
        if (openError !== undefined) throw openError;
        const client = connectInProcess(this.#handlers(), this.#streamHandlers());
        const objects: ObjectTransfers = { put: unexpected('put'), get: unexpected('get'), ...this.#options.objects };
        const { otherProcess } = this.#options;
        return {
          client,
          objects,
          get otherProcess() {
            return otherProcess?.();
          },
          close: async () => {
            this.closed++;
          },
        };
      },
      onSignal: (callback) => {
        this.#signalCallbacks.add(callback);
        return () => this.#signalCallbacks.delete(callback);
      },
    };
  }

  #stream(name: 'stdout' | 'stderr'): Writable {
    return new Writable({
      decodeStrings: false,
      write: (chunk: string | Uint8Array, _encoding, done) => {
        this.#written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        done();
      },
    });
  }

  #handlers(): CommandHandlers {
    const handler = (name: CommandName) => async (input: unknown, signal: AbortSignal) => {
      // Asked beside other things; there are none unless a test says so.
      if (name === 'crash.untold' && this.#options.answers?.[name] === undefined) return [];
      this.calls.push([name, input]);
      const answer: unknown = this.#options.answers?.[name];
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'function') return (answer as (i: unknown, s: AbortSignal) => unknown)(input, signal);
      if (answer === undefined) throw new Error(`The fake engine has no answer to ${name}.`);
      return answer;
    };
    const names = Object.keys(commands) as CommandName[];
    // The table has an entry for each name, made from the same list that its type is made from.
    return Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as CommandHandlers;
  }

  #streamHandlers(): StreamHandlers {
    const record = (name: StreamName, input: unknown) => this.calls.push([name, input]);
    const options = this.#options.streams;
    const handler = (name: StreamName) =>
      async function* (input: unknown, signal: AbortSignal) {
        record(name, input);
        const items: unknown = options?.[name];
        if (typeof items === 'function') {
          yield* (items as (i: unknown, s: AbortSignal) => AsyncIterable<unknown>)(input, signal);
          return;
        }
        if (items === undefined) throw new Error(`The fake engine has no stream ${name}.`);
        for (const item of items as readonly unknown[]) {
          if (item instanceof Error) throw item;
          yield item;
        }
      };
    const names = Object.keys(streams) as StreamName[];
    return Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as StreamHandlers;
  }
}

/** Runs one command with a fake engine. */
export function runFake(options: FakeOptions, ...argv: string[]): Promise<FakeRun> {
  return new FakeCli(options).run(...argv);
}

/** A clock that goes only when it is told to. */
export class FakeClock implements CliClock {
  #nowMs = new Date(2026, 10, 22, 10, 15, 0).getTime();
  readonly #startMs = this.#nowMs;
  readonly #timers = new Set<{ intervalMs: number; dueMs: number; callback: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs;
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = { intervalMs, dueMs: this.#nowMs + intervalMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const next = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#nowMs = next.dueMs;
      next.dueMs += next.intervalMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }
}

/** Turns the event loop often enough for promises and immediates that are due to have run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const FOLDER: FolderInfo = {
  id: 'k3jq7x2m',
  localRoot: '/home/me/Pictures',
  account: 'home',
  bucket: 'photos',
  prefix: '',
  mode: 'upload',
  mirrorDeletes: false,
  ignoreGlobs: [],
  paused: false,
};

export function folderStatus(changes: Partial<FolderStatus> = {}): FolderStatus {
  return {
    folder: FOLDER,
    state: 'in-sync',
    reason: '',
    advice: '',
    code: '',
    filesInSync: 12_034,
    filesScanned: 12_034,
    planned: { files: 0, bytes: 0 },
    done: { files: 0, bytes: 0 },
    problems: { notice: 0, warning: 0, error: 0 },
    ...changes,
  };
}

export function engineStatus(...folders: FolderStatus[]): EngineStatus {
  return {
    folders,
    bytesPerSecond: { up: 0, down: 0 },
    paused: false,
    moving: { files: 0, doneBytes: 0 },
    configured: 0,
    bucketsChanged: 0,
  };
}

function unexpected(name: string) {
  return async (): Promise<never> => {
    throw new Error(`The fake engine was not told what to do for ${name}.`);
  };
}
