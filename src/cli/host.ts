import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
import {
  attachEngine,
  createFileLog,
  defaultHome,
  openEngine,
  type AttachedEngine,
  type ObjectTransfers as EngineTransfers,
  type OpenedEngine,
} from '../engine/index.ts';

export type { GetDestination, ObjectRef, OnProgress, PutSource, TransferredObject } from '../engine/index.ts';

/** Single objects to and from this computer. */
export type ObjectTransfers = Pick<EngineTransfers, 'put' | 'get'>;

/** What the command line needs of an engine. */
export interface Host {
  readonly client: Client;
  /** Bytes of objects do not cross the contract: they go straight from this process, whoever syncs. */
  readonly objects: ObjectTransfers;
  /** The process of the engine that was asked last, when that is another one than this; in words, for people. */
  readonly otherProcess: string | undefined;
  close(): Promise<void>;
}

export type OpenHost = () => Promise<Host>;

/** Another command writes for a moment, or an engine starts or ends: so long it is waited for. */
const BUSY_PATIENCE_MS = 30_000;
const BUSY_RETRY_MS = 100;

/** The engine that runs for this person, or, while none does, one in this process for the length of the command. */
export async function openHost(): Promise<Host> {
  return new CommandHost(defaultHome(process.env, process.platform));
}

class CommandHost implements Host {
  readonly client: Client;
  readonly #home: string;
  #attached: AttachedEngine | undefined;
  #attaching: Promise<AttachedEngine | undefined> | undefined;
  #own: OpenedEngine | undefined;

  constructor(home: string) {
    this.#home = home;
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
    const deadlineMs = performance.now() + BUSY_PATIENCE_MS;
    for (;;) {
      const client = await this.#engine();
      try {
        return await client.call(name, input, signal);
      } catch (error) {
        const isLost = hasCode(error, 'engine-lost') && isRepeatable(name);
        // Whoever holds the lock either ends soon or listens soon.
        const isBusy = hasCode(error, 'engine-busy') && performance.now() < deadlineMs;
        if (!isLost && !isBusy) throw error;
        if (isBusy) await delay(BUSY_RETRY_MS, undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  async *#stream<N extends StreamName>(name: N, input: StreamInput<N>, signal?: AbortSignal) {
    const client = await this.#engine();
    yield* client.stream(name, input, signal);
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
    if (setAside !== undefined || restored) {
      const what = setAside === undefined ? 'was not there' : `could not be read and was set aside as ${setAside}`;
      const then = restored ? 'Accounts and folders were restored from their copy' : 'Add accounts and folders again';
      process.stderr.write(
        `warning: The state ${what}.\n  ${then}; equal files are recognised and nothing is deleted.\n`,
      );
    }
    return this.#own;
  }
}

/** What may be asked a second time when the first answer was lost: a sync does what is left to do. */
function isRepeatable(name: CommandName): boolean {
  return QUESTIONS.has(name) || name === 'sync.once' || name === 'sync.start';
}
