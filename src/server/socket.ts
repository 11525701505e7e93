import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { REQUEST_LIMIT, serveClient, SyncError, type Channel, type Client } from '../api/index.ts';
import type { EngineMessage } from '../api/rpc.ts';
import type { Guard } from './guard.ts';

/** The protocol that is spoken; the token is offered beside it, as `token.` and the token. */
export const PROTOCOL = 'rustfs-sync';
const TOKEN_PREFIX = 'token.';

/** Windows at once. */
const MOST_SOCKETS = 16;
/** Messages a second that a window may send for long, and at once, beside those that belong to an answer. */
const MESSAGES_PER_SECOND = 200;
const BURST = 1_000;
/** The question, and the word that its answer has come. Who waits for answers is held back by them. */
const MESSAGES_PER_ANSWER = 2;
/** Answers that wait for a window that does not read. */
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
/** A window whose computer fell asleep is let go after two of these without an answer. */
const HEARTBEAT_MS = 30_000;

/** Codes of RFC 6455 section 7.4.1, and of IANA's list that goes on from there. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** The contract over WebSockets, one a window. */
export class Sockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    // In bytes; a character takes up to three.
    maxPayload: 3 * REQUEST_LIMIT,
    // Compression would let an attacker who can make us say things find out other things that we say.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  readonly #client: Client;
  readonly #guard: Guard;
  readonly #now: () => number;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #silent = new WeakSet<WebSocket>();
  readonly #entered = Promise.withResolvers<undefined>();

  /** Resolves when the first window has been let in. */
  readonly entered: Promise<undefined> = this.#entered.promise;

  /** @param now milliseconds from an arbitrary start, never going back. */
  constructor(client: Client, guard: Guard, now: () => number) {
    this.#client = client;
    this.#guard = guard;
    this.#now = now;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Takes over a connection that asks to become a WebSocket, or ends it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const token = offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
    const refusal = request.url !== '/socket' ? 'no-such-path' : this.#guard.check(request, token);
    if (refusal !== undefined) {
      socket.on('error', () => undefined);
      const told = `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${refusal.length}`;
      // Whether the other end closes as well is not waited for: the server would not end before it does.
      socket.end(`${told}\r\n\r\n${refusal}`, () => socket.destroy());
      return;
    }
    const isFull = this.#server.clients.size >= MOST_SOCKETS;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      if (isFull) refuse(webSocket);
      else this.#serve(webSocket);
    });
  }

  /** Ends all windows' connections. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const webSocket of this.#server.clients) {
      webSocket.close(GOING_AWAY, 'RustFS Sync has ended');
      webSocket.terminate();
    }
    this.#server.close();
  }

  #serve(webSocket: WebSocket): void {
    this.#entered.resolve(undefined);
    webSocket.on('pong', () => this.#silent.delete(webSocket));
    serveClient(channelOf(webSocket, new Allowance(this.#now)), this.#client);
  }

  #beat(): void {
    for (const webSocket of this.#server.clients) {
      if (this.#silent.has(webSocket)) webSocket.terminate();
      else {
        this.#silent.add(webSocket);
        webSocket.ping();
      }
    }
  }
}

/** A browser does not tell a page why it was not let in; so it is let in, and told. */
function refuse(webSocket: WebSocket): void {
  webSocket.on('error', () => webSocket.terminate());
  const error = new SyncError({
    code: 'slow-down',
    message: `There are ${MOST_SOCKETS} windows already.`,
    advice: 'Close another one, then load this one again.',
  });
  webSocket.send(JSON.stringify({ type: 'fault', error: error.toData() } satisfies EngineMessage));
  webSocket.close(TRY_AGAIN_LATER, 'too many windows');
}

/** A WebSocket as a channel of texts that ends whoever floods it or does not read. */
function channelOf(webSocket: WebSocket, allowance: Allowance): Channel {
  const end = (why: string) => {
    webSocket.close(POLICY_VIOLATION, why);
    // What has arrived already is not looked at.
    webSocket.terminate();
  };
  // What ws finds wrong (a frame that is too large, broken UTF-8) it answers by closing.
  webSocket.on('error', () => webSocket.terminate());
  return {
    send(text) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (webSocket.bufferedAmount > MOST_WAITING_BYTES) end('not reading');
      else {
        webSocket.send(text);
        allowance.give(MESSAGES_PER_ANSWER);
      }
    },
    onText(listener) {
      webSocket.on('message', (data: RawData, isBinary: boolean) => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        if (isBinary || !allowance.take()) end(isBinary ? 'texts only' : 'too many messages');
        else listener((data as Buffer).toString('utf8'));
      });
    },
    onClose: (listener) => void webSocket.once('close', listener),
    close: () => webSocket.close(),
  };
}

/** A bucket of messages that fills up again with time. */
class Allowance {
  readonly #now: () => number;
  #left = BURST;
  #filledMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#filledMs = now();
  }

  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#filledMs) / 1000) * MESSAGES_PER_SECOND);
    this.#filledMs = now;
    this.#left -= 1;
    return this.#left >= 0;
  }

  give(messages: number): void {
    this.#left = Math.min(BURST, this.#left + messages);
  }
}
