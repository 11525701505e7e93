import { SyncError } from '../core/errors.ts';
import type { Client } from './client.ts';
import { commands, STATE_STREAMS, type StreamName } from './contract.ts';
import {
  engineMessage,
  MOST_CALLS,
  parseMessage,
  REQUEST_LIMIT,
  STREAM_WINDOW,
  type Channel,
  type ClientMessage,
  type EngineMessage,
} from './rpc.ts';
import { VERSION } from './version.ts';

/** A client of an engine at the other end of a channel. */
export interface RemoteClient extends Client {
  /** Resolves once the engine has answered at all. @throws SyncError engine-lost; engine-version when it is of another one. */
  readonly ready: Promise<void>;
  /** Resolves when the channel is over, with what all calls fail with from then on. */
  readonly lost: Promise<SyncError>;
  close(): void;
}

/** What was asked, and its answers until they are read. */
interface Conversation {
  /** The request. */
  readonly text: string;
  readonly answers: Inbox;
}

/** Calls that may wait for their turn. */
const MOST_WAITING = 10_000;

/**
 * Calls wait until the engine has said that it is of the version `version`: another one is asked for nothing. Of more than
 * the engine takes at once the others wait for their turn.
 */
export function connectClient(channel: Channel, version: string = VERSION): RemoteClient {
  /** Not asked yet, the first one first. */
  const waiting = new Map<number, Conversation>();
  const open = new Map<number, Conversation>();
  /** Ids that count at the engine. Those that nobody waits for any more stay until it has heard of that. */
  const unanswered = new Set<number>();
  const ready = Promise.withResolvers<undefined>();
  const lost = Promise.withResolvers<SyncError>();
  ready.promise.catch(() => undefined);
  let isReady = false;
  let loss: SyncError | undefined;
  let lastId = 0;

  const send = (message: ClientMessage) => channel.send(JSON.stringify(message));
  const ask = (id: number, text: string) => {
    unanswered.add(id);
    channel.send(text);
  };
  const admit = () => {
    for (const [id, conversation] of waiting) {
      if (Math.max(unanswered.size, open.size) >= MOST_CALLS) return;
      waiting.delete(id);
      open.set(id, conversation);
      if (isReady) ask(id, conversation.text);
    }
  };
  const lose = (error: SyncError) => {
    if (loss !== undefined) return;
    loss = error;
    channel.close();
    ready.reject(error);
    lost.resolve(error);
    for (const { answers } of [...open.values(), ...waiting.values()]) answers.fail(error);
  };

  channel.onClose(() => lose(engineLost()));
  channel.onText((text) => {
    const message = parseMessage(engineMessage, text);
    if (message === undefined) lose(otherVersion('one that can not be understood', version));
    else if (message.type === 'fault') lose(new SyncError(message.error));
    else if (message.type === 'hello') {
      if (message.version !== version) {
        lose(otherVersion(message.version, version));
        return;
      }
      isReady = true;
      ready.resolve(undefined);
      for (const [id, { text }] of open) ask(id, text);
    } else {
      if (message.type !== 'item') {
        unanswered.delete(message.id);
        send({ type: 'taken', id: message.id });
      }
      open.get(message.id)?.answers.put(message);
      admit();
    }
  });

  /** The answers to a call or a stream. The engine hears it when nobody wants them any more. */
  async function* converse(
    type: 'call' | 'stream',
    name: string,
    input: unknown,
    signal: AbortSignal | undefined,
  ): AsyncGenerator {
    signal?.throwIfAborted();
    if (loss !== undefined) throw loss;
    const id = ++lastId;
    const text = JSON.stringify({ type, id, name, input } satisfies ClientMessage);
    checkRequest(text, waiting.size);
    const answers = new Inbox();
    const onAbort = () => answers.fail(signal?.reason);
    waiting.set(id, { text, answers });
    signal?.addEventListener('abort', onAbort, { once: true });
    admit();
    const batch = STATE_STREAMS.has(name as StreamName) ? 1 : STREAM_WINDOW / 2;
    let isOver = false;
    try {
      for (let read = 1; ; read++) {
        const message = await answers.take();
        isOver = message.type !== 'item';
        if (message.type === 'error') throw new SyncError(message.error);
        if (message.type === 'item' || message.type === 'result') yield message.value;
        if (isOver) return;
        if (read % batch === 0) send({ type: 'more', id, count: batch });
      }
    } finally {
      waiting.delete(id);
      const wasAsked = open.delete(id) && isReady;
      signal?.removeEventListener('abort', onAbort);
      if (wasAsked && !isOver) send({ type: 'cancel', id });
      admit();
    }
  }

  return {
    ready: ready.promise,
    lost: lost.promise,
    close: () => lose(engineLost()),
    async call(name, input, signal) {
      for await (const value of converse('call', name, input, signal))
        return commands[name].output.parse(value) as never;
      throw new Error(`${name} ended without a result.`);
    },
    stream: (name, input, signal) => converse('stream', name, input, signal) as AsyncIterable<never>,
  };
}

/** What arrived and was not read yet; the engine sends no more of a stream than its window. */
class Inbox {
  readonly #messages: EngineMessage[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #wake = () => {};

  put(message: EngineMessage): void {
    this.#messages.push(message);
    this.#wake();
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wake();
  }

  /** The next message. @throws the reason of `fail`, whatever else is there. */
  async take(): Promise<EngineMessage> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.reason;
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}

/** Told here, since the engine would end the channel. @throws SyncError invalid-argument, slow-down */
function checkRequest(text: string, waiting: number): void {
  if (text.length > REQUEST_LIMIT) {
    throw new SyncError({ code: 'invalid-argument', message: 'The request is too long.', advice: 'Make it shorter.' });
  }
  if (waiting < MOST_WAITING) return;
  throw new SyncError({
    code: 'slow-down',
    message: 'Too many calls wait for their turn.',
    advice: 'Wait for some of them.',
    retryable: true,
  });
}

function engineLost(): SyncError {
  return new SyncError({
    code: 'engine-lost',
    message: 'The RustFS Sync that this command was speaking to has ended.',
    advice: 'Run the command again.',
    retryable: true,
  });
}

function otherVersion(theirs: string, ours: string): SyncError {
  return new SyncError({
    code: 'engine-version',
    message: `The running RustFS Sync is of another version (${theirs}) than this one (${ours}).`,
    advice: 'End the running RustFS Sync and start it again.',
  });
}
