import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { hasCode } from '../core/errors.ts';
import type { Pace } from '../core/object-store.ts';
import { Semaphore, type Release } from '../core/semaphore.ts';
import { encodeQuery, stripBrackets } from './address.ts';
import { isErrorBody, isHtml, S3Failure } from './failure.ts';
import type { ResolvedOptions } from './options.ts';
import { sendBody } from './send-body.ts';
import type { Transport } from './transport.ts';

/** What the SDK gives to a request handler, as far as we use it. */
export interface WireRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port?: number;
  readonly protocol: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: IncomingMessage | Uint8Array;
}

/** Options of one request; they reach the handler through the SDK's `send`. */
export interface HandleOptions {
  readonly abortSignal?: AbortSignal;
  /** How long a silence is borne. `events` is a stream that stays open, on a connection that nobody else waits for. */
  readonly patience?: 'usual' | 'listing' | 'long' | 'events';
  /** `object`: the answer is about somebody's content, which may be a web page. Otherwise such an answer is no S3 server's. */
  readonly answer?: 'xml' | 'object';
  readonly pace?: Pace;
}

/** No answer, or no more of it, came for too long. */
export class InactivityError extends Error {
  override readonly name = 'InactivityError';
  readonly code = 'INACTIVE';
}

/** The caller's signal fired. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';
}

/** A stream of events that misses so many signs of life is dead. */
const MISSED_PINGS = 3.5;

/** An error answer longer than this is not S3's; the rest is not read. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Sends one request. The SDK's own handler is not used, for four reasons: it counts a consumer that pauses as a silent
 * server, has one time limit for all requests, can not speak to a forwarding proxy, and costs more per request.
 *
 * Refusals are thrown as S3Failure straight from here, so that the SDK's commands and our own requests fail alike.
 */
export class HttpHandler {
  /** Told of every answer's headers; the probe reads the server's clock there. */
  onAnswer: ((headers: IncomingHttpHeaders) => void) | undefined;
  readonly #transport: Transport;
  readonly #options: ResolvedOptions;
  /**
   * Requests on their way at once. Not left to the queue of Node's agent: where a connection over TLS can not be made, it never
   * comes back to those who wait behind it, and who is called off there does not hear of it.
   */
  readonly #places: Semaphore;

  constructor(transport: Transport, options: ResolvedOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#places = new Semaphore(options.maxSockets);
  }

  async handle(request: WireRequest, options: HandleOptions = {}): Promise<{ response: WireResponse }> {
    // What stays open takes no connection away from others.
    const release = options.patience === 'events' ? undefined : await this.#place(options.abortSignal);
    const inactivityMs = this.#patienceMs(request, options);
    let outgoing: ClientRequest;
    try {
      if (options.abortSignal?.aborted) throw calledOff();
      outgoing = this.#start(request, inactivityMs);
    } catch (error) {
      release?.();
      throw error;
    }
    outgoing.once('close', () => release?.());
    return this.#exchange(request, options, outgoing, inactivityMs);
  }

  async #place(signal: AbortSignal | undefined): Promise<Release> {
    try {
      return await this.#places.acquire(1, signal);
    } catch (error) {
      // There the words would be those of a transfer.
      throw hasCode(error, 'cancelled') ? calledOff() : error;
    }
  }

  destroy(): void {
    this.#transport.close();
  }

  #exchange(
    request: WireRequest,
    options: HandleOptions,
    outgoing: ClientRequest,
    inactivityMs: number,
  ): Promise<{ response: WireResponse }> {
    return new Promise((resolve, reject) => {
      const signal = options.abortSignal;
      let incoming: IncomingMessage | undefined;
      // A response must be destroyed by itself: the request would swallow the reason.
      const fail = (error: Error) => (incoming ?? outgoing).destroy(error);
      const onAbort = () => fail(calledOff());
      signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.once('close', () => {
        signal?.removeEventListener('abort', onAbort);
        // Reached without an 'error' event when a request is destroyed before it has a socket.
        if (incoming === undefined) reject(signal?.aborted ? calledOff() : connectionClosed());
      });
      outgoing.on('timeout', () => {
        // Bytes that wait for their reader say that the reader pauses, not the server.
        if (incoming !== undefined && incoming.readableLength > 0) outgoing.socket?.setTimeout(inactivityMs);
        else fail(new InactivityError(`Nothing was received or sent for ${inactivityMs} ms.`));
      });
      outgoing.on('error', (error) => {
        // Once an answer is there, it says more than a body that could not be sent to its end.
        if (incoming === undefined) reject(error);
      });
      outgoing.once('response', (answer) => {
        incoming = answer;
        // Whoever reads the body sees the error; while nobody reads, it must not end the process.
        answer.on('error', () => {});
        this.#settle(request, options, answer, outgoing).then((response) => resolve({ response }), reject);
      });
      sendBody(outgoing, request.body, options.pace);
    });
  }

  #start(request: WireRequest, inactivityMs: number): ClientRequest {
    const query = request.query === undefined ? '' : encodeQuery(request.query);
    return this.#transport.request({
      method: request.method,
      hostname: stripBrackets(request.hostname),
      port: request.port ?? (request.protocol === 'https:' ? 443 : 80),
      path: query === '' ? request.path : `${request.path}?${query}`,
      headers: { ...request.headers, 'user-agent': 'rustfs-sync' },
      inactivityMs,
    });
  }

  #patienceMs({ method, query }: WireRequest, { patience }: HandleOptions): number {
    // Completing an upload takes a server long; the SDK's Upload does not tell us that it is about to.
    const completes = method === 'POST' && query?.['uploadId'] !== undefined;
    switch (patience ?? (completes ? 'long' : 'usual')) {
      case 'usual':
        return this.#options.inactivityTimeoutMs;
      case 'listing':
        return this.#options.listingTimeoutMs;
      case 'long':
        return this.#options.longTimeoutMs;
      case 'events':
        return MISSED_PINGS * 1_000 * this.#options.eventPingSeconds;
    }
  }

  async #settle(
    request: WireRequest,
    options: HandleOptions,
    answer: IncomingMessage,
    outgoing: ClientRequest,
  ): Promise<WireResponse> {
    const statusCode = answer.statusCode ?? 0;
    this.onAnswer?.(answer.headers);
    const refused = statusCode < 200 || statusCode >= 300;
    if (refused || (options.answer !== 'object' && isHtml(answer.headers))) {
      const body = request.method === 'HEAD' ? '' : await readText(answer, MAX_ERROR_BYTES);
      // The rest of a request that was refused half-way is never sent, so its connection can not be used again.
      if (!outgoing.writableEnded) outgoing.destroy();
      answer.resume();
      throw new S3Failure(statusCode, answer.headers, body);
    }
    answer.once('end', () => {
      if (!outgoing.writableEnded) outgoing.destroy();
    });
    const headers = plainHeaders(answer.headers);
    if (options.patience !== 'long') return { statusCode, headers, body: answer };
    const body = await readText(answer, Number.POSITIVE_INFINITY);
    if (isErrorBody(body)) throw new S3Failure(statusCode, answer.headers, body);
    return { statusCode, headers, body: Buffer.from(body) };
  }
}

function calledOff(): AbortedError {
  return new AbortedError('The request was called off.');
}

function connectionClosed(): Error {
  return Object.assign(new Error('The connection was closed before an answer came.'), { code: 'ECONNRESET' });
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
