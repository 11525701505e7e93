import { asSyncError, cancelled, SyncError } from '../core/errors.ts';
import type { Client } from './client.ts';
import { commands, STATE_STREAMS, streams, type CommandName, type StreamName } from './contract.ts';
import {
  ANSWER_LIMIT,
  clientMessage,
  MOST_CALLS,
  parseMessage,
  REQUEST_LIMIT,
  STREAM_WINDOW,
  type Channel,
  type ClientMessage,
  type EngineMessage,
} from './rpc.ts';
import { VERSION } from './version.ts';

type Request = Extract<ClientMessage, { type: 'call' | 'stream' }>;

/** A call or a stream from its request until the client has taken the last message. */
interface OpenCall {
  readonly abort: AbortController;
  /** Items that the client has room for. */
  credit: number;
  isAnswered: boolean;
  /** Wakes the stream that waits for credit. */
  wake: () => void;
}

/** One end of a channel that was served. */
export interface ServedChannel {
  /** Calls off what is under way and closes, after telling why. */
  end(reason: SyncError): void;
}

/**
 * Answers what comes over a channel until it closes, which calls off what is under way. What breaks the rules of the
 * channel ends it; `engine` itself checks the inputs.
 *
 * @param engine an engine's client in the same process, or one that reaches it elsewhere.
 */
export function serveClient(channel: Channel, engine: Client, version: string = VERSION): ServedChannel {
  return new Served(channel, engine, version);
}

class Served implements ServedChannel {
  readonly #channel: Channel;
  readonly #engine: Client;
  readonly #open = new Map<number, OpenCall>();
  #isClosed = false;

  constructor(channel: Channel, engine: Client, version: string) {
    this.#channel = channel;
    this.#engine = engine;
    channel.onText((text) => this.#take(text));
    channel.onClose(() => this.#closed());
    this.#send({ type: 'hello', version });
  }

  end(reason: SyncError): void {
    if (this.#isClosed) return;
    this.#send({ type: 'fault', error: reason.toData() });
    this.#channel.close();
    this.#closed();
  }

  #take(text: string): void {
    if (this.#isClosed) return;
    const message = text.length > REQUEST_LIMIT ? undefined : parseMessage(clientMessage, text);
    if (message === undefined) {
      this.end(broken('It is too long, or none that this version knows.'));
      return;
    }
    const call = this.#open.get(message.id);
    switch (message.type) {
      case 'call':
      case 'stream':
        if (call !== undefined) this.end(broken('Its number is in use.'));
        else if (this.#open.size >= MOST_CALLS) this.end(broken(`More than ${MOST_CALLS} calls are under way.`));
        else void this.#answer(message);
        return;
      case 'more':
        if (call !== undefined) call.credit = Math.min(call.credit + message.count, STREAM_WINDOW);
        call?.wake();
        return;
      case 'cancel':
        call?.abort.abort(cancelled('The call'));
        call?.wake();
        return;
      case 'taken':
        if (call?.isAnswered) this.#open.delete(message.id);
    }
  }

  async #answer(request: Request): Promise<void> {
    const { id } = request;
    const call = { abort: new AbortController(), credit: windowOf(request.name), isAnswered: false, wake: () => {} };
    this.#open.set(id, call);
    let last: EngineMessage;
    try {
      last = request.type === 'call' ? await this.#call(request, call) : await this.#stream(request, call);
    } catch (error) {
      last = { type: 'error', id, error: asSyncError(error).toData() };
    }
    call.isAnswered = true;
    this.#send(last);
  }

  async #call({ id, name, input }: Request, { abort }: OpenCall): Promise<EngineMessage> {
    // The engine checks the input against the schema of the name.
    const value = await this.#engine.call(known(commands, name) as CommandName, input as object, abort.signal);
    return { type: 'result', id, value };
  }

  async #stream({ id, name, input }: Request, call: OpenCall): Promise<EngineMessage> {
    const items = this.#engine.stream(known(streams, name) as StreamName, input as never, call.abort.signal);
    for await (const value of items) {
      call.credit -= 1;
      this.#send({ type: 'item', id, value });
      // Nothing is asked of the engine before the client has room for it.
      while (call.credit === 0 && !call.abort.signal.aborted) await new Promise<void>((wake) => (call.wake = wake));
      if (call.abort.signal.aborted) break;
    }
    return { type: 'end', id };
  }

  #send(message: EngineMessage): void {
    if (this.#isClosed) return;
    const text = JSON.stringify(message);
    if (text.length <= ANSWER_LIMIT) this.#channel.send(text);
    else if ('id' in message) this.#channel.send(JSON.stringify({ type: 'error', id: message.id, error: tooLong() }));
  }

  #closed(): void {
    this.#isClosed = true;
    for (const { abort, wake } of this.#open.values()) {
      abort.abort(cancelled('The call'));
      wake();
    }
    this.#open.clear();
  }
}

function windowOf(name: string): number {
  return STATE_STREAMS.has(name as StreamName) ? 1 : STREAM_WINDOW;
}

/** @throws SyncError invalid-argument for a name that is not in the contract's table. */
function known(table: object, name: string): string {
  if (Object.hasOwn(table, name)) return name;
  throw new SyncError({
    code: 'invalid-argument',
    message: `The running RustFS Sync does not know ${JSON.stringify(name)}.`,
    advice: 'It may be of another version: restart it.',
  });
}

function broken(detail: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: 'A message to the running RustFS Sync was not of the form that it takes.',
    advice: 'Use the same version of RustFS Sync everywhere on this computer.',
    detail,
  });
}

function tooLong() {
  return new SyncError({
    code: 'too-large',
    message: 'The answer is too long to be sent.',
    advice: 'Ask for less at a time.',
  }).toData();
}
