import {
  connectClient,
  type Client,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  type RemoteClient,
  type StreamInput,
  type StreamItem,
  type StreamName,
} from '../../src/api/index.ts';
import { BridgeRefused, type Bridge } from './bridge.ts';
import { hasErrorCode } from './error-code.ts';

export type LinkState = 'connecting' | 'ready' | 'lost' | 'refused' | 'other-version' | 'too-many-windows';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;

/** The window's one line to the engine: made again by itself when it breaks. */
export class EngineLink implements Client {
  readonly #bridge: Bridge;
  readonly #onState: (state: LinkState) => void;
  #current = Promise.withResolvers<RemoteClient>();

  /** @param onState hears of every change. */
  constructor(bridge: Bridge, onState: (state: LinkState) => void) {
    this.#bridge = bridge;
    this.#onState = onState;
  }

  /** Connects, and connects again whenever that is over. Ends only when there is no sense in it any more. */
  async run(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      try {
        const client = connectClient(await this.#bridge.open());
        await client.ready;
        waitMs = FIRST_WAIT_MS;
        this.#current.resolve(client);
        this.#onState('ready');
        await client.lost;
        this.#current = Promise.withResolvers();
      } catch (error) {
        const hopeless = hopelessState(error);
        if (hopeless !== undefined) {
          this.#onState(hopeless);
          return;
        }
      }
      this.#onState('lost');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** As `Client.call`; waits for a connection where there is none. */
  async call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal): Promise<CommandOutput<N>> {
    return (await this.#client(signal)).call(name, input, signal);
  }

  async *stream<N extends StreamName>(
    name: N,
    input: StreamInput<N>,
    signal?: AbortSignal,
  ): AsyncGenerator<StreamItem<N>, void, undefined> {
    yield* (await this.#client(signal)).stream(name, input, signal);
  }

  /** The present client, or the next one. Who called it off waits no longer. */
  async #client(signal: AbortSignal | undefined): Promise<RemoteClient> {
    if (signal === undefined) return this.#current.promise;
    signal.throwIfAborted();
    const stopped = Promise.withResolvers<never>();
    const onAbort = () => stopped.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
    try {
      return await Promise.race([this.#current.promise, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function hopelessState(error: unknown): LinkState | undefined {
  if (error instanceof BridgeRefused) return 'refused';
  if (hasErrorCode(error, 'engine-version')) return 'other-version';
  return hasErrorCode(error, 'slow-down') ? 'too-many-windows' : undefined;
}
