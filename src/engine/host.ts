import { join } from 'node:path';
import {
  QUESTIONS,
  type Client,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  type StreamInput,
  type StreamName,
} from '../api/index.ts';
import { cancelled, hasCode } from '../core/errors.ts';
import { attachEngine, type AttachedEngine } from './attach.ts';
import { withPatience, type OnAway } from './patience.ts';
import { readEngineProcess } from './process-file.ts';
import { systemClock } from './system-clock.ts';
import type { ObjectTransfers as EngineTransfers, TransferredObject } from './object-transfers.ts';
import type { OpenedEngine } from './open.ts';

/**
 * Single objects to and from this computer. Who gives `onAway` waits for the end: hears that there is no server to begin with,
 * and of one that goes away meanwhile, which is waited for.
 */
export interface ObjectTransfers {
  put(...args: [...Parameters<EngineTransfers['put']>, onAway?: OnAway]): Promise<TransferredObject>;
  get(...args: [...Parameters<EngineTransfers['get']>, onAway?: OnAway]): Promise<TransferredObject>;
}

/** The engine as a command or a window has it, wherever it runs. */
export interface Host {
  readonly client: Client;
  /** Bytes of objects do not cross the contract: they go straight from this process, whoever syncs. */
  readonly objects: ObjectTransfers;
  /** The process of the engine that was asked last, when that is another one than this; in words, for people. */
  readonly otherProcess: string | undefined;
  close(): Promise<void>;
}

/** Another command writes for a moment, or an engine starts or ends: so long it is waited for. */
const BUSY_PATIENCE_MS = 30_000;
const BUSY_RETRY_MS = 100;
/** A wait that is felt is told. */
const BUSY_TOLD_MS = 1_000;

/** The state that was found when the engine was opened here. */
export interface StateWarning {
  /** Where a state database that could not be read was set aside; undefined when there was none. */
  readonly setAside: string | undefined;
  /** Whether accounts and folders were taken from their copy. */
  readonly restored: boolean;
}

/** Who hears of what a person should know while a command has not answered. */
export interface HostListener {
  /** The state was lost or restored. */
  warn(warning: StateWarning): void;
  /** Another process writes, and is waited for. Told once a call. @param processId where it is known */
  waiting(processId: number | undefined): void;
}

/**
 * The engine that runs on a data directory, or, while none does, one in this process for as long as the host is open.
 */
export function openHost(home: string, listener: HostListener): Host {
  return new OpenHost(home, listener);
}

class OpenHost implements Host {
  readonly client: Client;
  readonly objects: ObjectTransfers;
  readonly #home: string;
  readonly #listener: HostListener;
  #attached: AttachedEngine | undefined;
  #attaching: Promise<AttachedEngine | undefined> | undefined;
  readonly #closing = new AbortController();
  #own: OpenedEngine | undefined;
  #opening: Promise<OpenedEngine> | undefined;

  constructor(home: string, listener: HostListener) {
    this.#home = home;
    this.#listener = listener;
    this.client = {
      call: (name, input, signal) => this.#call(name, input, signal),
      stream: (name, input, signal) => this.#stream(name, input, signal),
    };
    this.objects = {
      put: (source, target, onProgress, signal, onAway) =>
        this.#move(
          target.account,
          (transfers, until) => transfers.put(source, target, onProgress, until),
          signal,
          onAway,
        ),
      get: (object, destination, onProgress, signal, onAway) =>
        this.#move(
          object.account,
          (transfers, until) => transfers.get(object, destination, onProgress, until),
          signal,
          onAway,
        ),
    };
  }

  get otherProcess(): string | undefined {
    if (this.#attached === undefined) return undefined;
    const { processId } = this.#attached;
    return processId === undefined ? 'another process' : `process ${processId}`;
  }

  async close(): Promise<void> {
    this.#closing.abort(cancelled('The command'));
    this.#attached?.client.close();
    // What failed to open was told to whoever asked for it.
    const own = await this.#opening?.catch(() => undefined);
    await own?.close();
  }

  async #move(
    account: string,
    work: (transfers: EngineTransfers, signal: AbortSignal) => Promise<TransferredObject>,
    signal: AbortSignal,
    onAway: OnAway | undefined,
  ): Promise<TransferredObject> {
    const { engine } = await this.#openOwn();
    const { environment, connections } = engine.parts;
    const move = (until: AbortSignal) => work(engine.transfers, until);
    if (onAway === undefined) return move(signal);
    const connection = await connections.byName(account);
    return withPatience(environment.clock, connection, signal, move, { waitsOnceReached: true, onAway });
  }

  async #call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal): Promise<CommandOutput<N>> {
    const patience = new Patience(this.#home, this.#listener);
    for (;;) {
      const client = await this.#engine();
      try {
        return await client.call(name, input, signal);
      } catch (error) {
        const isLost = hasCode(error, 'engine-lost') && isRepeatable(name);
        if (!isLost && !(await patience.waited(error, signal))) throw error;
      }
    }
  }

  async *#stream<N extends StreamName>(name: N, input: StreamInput<N>, signal?: AbortSignal) {
    const patience = new Patience(this.#home, this.#listener);
    for (let isBegun = false; ;) {
      const client = await this.#engine();
      try {
        for await (const item of client.stream(name, input, signal)) {
          isBegun = true;
          yield item;
        }
        return;
      } catch (error) {
        if (isBegun || !(await patience.waited(error, signal))) throw error;
      }
    }
  }

  /** Whom to ask now. An engine that syncs in this process is the one. */
  async #engine(): Promise<Client> {
    if (this.#own?.engine.holdsLock === true) return this.#own.client;
    const attached = this.#attached ?? (await this.#attach());
    return attached?.client ?? (await this.#openOwn()).client;
  }

  /** Several calls that begin together share one connection. */
  async #attach(): Promise<AttachedEngine | undefined> {
    this.#attaching ??= attachEngine(this.#home).finally(() => (this.#attaching = undefined));
    const attached = await this.#attaching;
    this.#attached = attached;
    void attached?.client.lost.then(() => {
      if (this.#attached === attached) this.#attached = undefined;
    });
    return attached;
  }

  /** Most commands ask an engine that runs, so that database and S3 client are read from the disk only now. */
  #openOwn(): Promise<OpenedEngine> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<OpenedEngine> {
    const [{ openEngine }, { createFileLog }] = await Promise.all([import('./open.ts'), import('./file-log.ts')]);
    const createLog = (directory: string) =>
      createFileLog(join(directory, 'engine.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1');
    const patience = new Patience(this.#home, this.#listener);
    while (this.#own === undefined) {
      try {
        this.#own = openEngine(this.#home, createLog);
      } catch (error) {
        if (!hasCode(error, 'engine-busy')) throw error;
        // The state is to be made ready. An engine of an earlier version is not waited for, but told of.
        const isRunning = (await this.#attach()) !== undefined;
        if (isRunning || !(await patience.waited(error, this.#closing.signal))) throw error;
      }
    }
    const { setAside, restored } = this.#own;
    if (setAside !== undefined || restored) this.#listener.warn({ setAside, restored });
    return this.#own;
  }
}

/** Waits for whoever holds the lock, who either ends soon or listens soon. */
class Patience {
  readonly #home: string;
  readonly #listener: HostListener;
  readonly #startMs = systemClock.monotonic();
  #isTold = false;

  constructor(home: string, listener: HostListener) {
    this.#home = home;
    this.#listener = listener;
  }

  /** @returns whether to ask again, since what failed is that another process writes. */
  async waited(error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    const waitedMs = systemClock.monotonic() - this.#startMs;
    if (!hasCode(error, 'engine-busy') || waitedMs >= BUSY_PATIENCE_MS) return false;
    if (waitedMs >= BUSY_TOLD_MS && !this.#isTold) {
      this.#isTold = true;
      this.#listener.waiting(readEngineProcess(this.#home));
    }
    await systemClock.sleep(BUSY_RETRY_MS, signal);
    return true;
  }
}

/** What may be asked a second time when the first answer was lost: a sync does what is left to do. */
function isRepeatable(name: CommandName): boolean {
  return QUESTIONS.has(name) || name === 'sync.once' || name === 'sync.start';
}
