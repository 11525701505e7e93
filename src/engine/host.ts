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
import { hasCode } from '../core/errors.ts';
import { attachEngine, type AttachedEngine } from './attach.ts';
import { createFileLog } from './file-log.ts';
import { systemClock } from './node-environment.ts';
import type { ObjectTransfers as EngineTransfers } from './object-transfers.ts';
import { openEngine, type OpenedEngine } from './open.ts';

/** Single objects to and from this computer. */
export type ObjectTransfers = Pick<EngineTransfers, 'put' | 'get'>;

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

/** The state that was found when the engine was opened here. */
export interface StateWarning {
  /** Where a state database that could not be read was set aside; undefined when there was none. */
  readonly setAside: string | undefined;
  /** Whether accounts and folders were taken from their copy. */
  readonly restored: boolean;
}

/**
 * The engine that runs on a data directory, or, while none does, one in this process for as long as the host is open.
 *
 * @param warn hears when the state was lost or restored.
 */
export function openHost(home: string, warn: (warning: StateWarning) => void): Host {
  return new OpenHost(home, warn);
}

class OpenHost implements Host {
  readonly client: Client;
  readonly #home: string;
  readonly #warn: (warning: StateWarning) => void;
  #attached: AttachedEngine | undefined;
  #attaching: Promise<AttachedEngine | undefined> | undefined;
  #own: OpenedEngine | undefined;

  constructor(home: string, warn: (warning: StateWarning) => void) {
    this.#home = home;
    this.#warn = warn;
    this.client = {
      call: (name, input, signal) => this.#call(name, input, signal),
      stream: (name, input, signal) => this.#stream(name, input, signal),
    };
  }

  get objects(): ObjectTransfers {
    return this.#openOwn().engine.transfers;
  }

  get otherProcess(): string | undefined {
    if (this.#attached === undefined) return undefined;
    const { processId } = this.#attached;
    return processId === undefined ? 'another process' : `process ${processId}`;
  }

  async close(): Promise<void> {
    this.#attached?.client.close();
    await this.#own?.close();
  }

  async #call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal): Promise<CommandOutput<N>> {
    const deadlineMs = systemClock.monotonic() + BUSY_PATIENCE_MS;
    for (;;) {
      const client = await this.#engine();
      try {
        return await client.call(name, input, signal);
      } catch (error) {
        const isLost = hasCode(error, 'engine-lost') && isRepeatable(name);
        if (!isLost) await waitWhileBusy(error, deadlineMs, signal);
      }
    }
  }

  async *#stream<N extends StreamName>(name: N, input: StreamInput<N>, signal?: AbortSignal) {
    const deadlineMs = systemClock.monotonic() + BUSY_PATIENCE_MS;
    for (let hasBegun = false; ;) {
      const client = await this.#engine();
      try {
        for await (const item of client.stream(name, input, signal)) {
          hasBegun = true;
          yield item;
        }
        return;
      } catch (error) {
        if (hasBegun) throw error;
        await waitWhileBusy(error, deadlineMs, signal);
      }
    }
  }

  /** Whom to ask now. An engine that syncs in this process is the one. */
  async #engine(): Promise<Client> {
    if (this.#own?.engine.holdsLock === true) return this.#own.client;
    const attached = this.#attached ?? (await this.#attach());
    return attached?.client ?? this.#openOwn().client;
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

  #openOwn(): OpenedEngine {
    if (this.#own !== undefined) return this.#own;
    this.#own = openEngine(this.#home, (directory) =>
      createFileLog(join(directory, 'engine.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1'),
    );
    const { setAside, restored } = this.#own;
    if (setAside !== undefined || restored) this.#warn({ setAside, restored });
    return this.#own;
  }
}

/** Whoever holds the lock either ends soon or listens soon. @throws the error when it is another one, or time is up. */
async function waitWhileBusy(error: unknown, deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (!hasCode(error, 'engine-busy') || systemClock.monotonic() >= deadlineMs) throw error;
  await systemClock.sleep(BUSY_RETRY_MS, signal);
}

/** What may be asked a second time when the first answer was lost: a sync does what is left to do. */
function isRepeatable(name: CommandName): boolean {
  return QUESTIONS.has(name) || name === 'sync.once' || name === 'sync.start';
}
