import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** One request that went through the proxy. */
export interface WireRequest {
  readonly method: string;
  /** Percent-encoded, as it came. */
  readonly path: string;
  readonly query: string;
  /** Announced body length; undefined without one. */
  readonly contentLengthBytes: number | undefined;
  /** Body bytes that arrived. Grows while they come. */
  bytesReceived: number;
  /** What the client was answered; undefined while under way and after a reset. */
  status: number | undefined;
  /** What the server behind the proxy answered; undefined when it was not asked. */
  upstreamStatus: number | undefined;
}

export interface WireMatch {
  readonly method?: string;
  readonly path?: RegExp;
  readonly query?: RegExp;
  /** Lets this many matching requests pass first. */
  readonly after?: number;
  /** How many requests are hit from then on; unlimited when left out. */
  readonly times?: number;
}

export type WireEffect =
  /** Closes the client's connection; the server behind never hears of the request. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Answers with this status (and S3 error code) without asking the server behind. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** Lets the server behind handle the request, then closes the connection instead of answering. */
  | { readonly kind: 'dropAnswer' };

export interface WireProxy {
  readonly endpoint: string;
  readonly requests: WireRequest[];
  /** @returns the way to remove the fault again. */
  addFault(match: WireMatch, effect: WireEffect): () => void;
  count(match?: WireMatch): number;
  close(): Promise<void>;
}

interface Fault {
  readonly match: WireMatch;
  readonly effect: WireEffect;
  seen: number;
}

/**
 * Stands between a client and a real S3 server (http only), counts what crosses the wire and loses or delays it on
 * demand. The `Host` header is passed on as it came, because the client signed it.
 */
export async function startWireProxy(upstreamEndpoint: string): Promise<WireProxy> {
  const upstream = new URL(upstreamEndpoint);
  if (upstream.protocol !== 'http:') throw new Error('The wire proxy speaks http only.');
  const requests: WireRequest[] = [];
  const faults = new Set<Fault>();
  const closing = new AbortController();
  const server = createServer((message, response) => {
    const logged = describe(message);
    requests.push(logged);
    forward(message, response, logged, hittingEffects(faults, logged), upstream, closing.signal).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    addFault: (match, effect) => {
      const fault = { match, effect, seen: 0 };
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    count: (match = {}) => requests.filter((one) => isMatch(match, one)).length,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function describe(message: IncomingMessage): WireRequest {
  const [path = '/', query = ''] = (message.url ?? '/').split('?', 2);
  const length = message.headers['content-length'];
  return {
    method: message.method ?? 'GET',
    path,
    query,
    contentLengthBytes: length === undefined ? undefined : Number(length),
    bytesReceived: 0,
    status: undefined,
    upstreamStatus: undefined,
  };
}

function isMatch({ method, path, query }: WireMatch, request: WireRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path !== undefined && request.path.search(path) === -1) return false;
  return query === undefined || request.query.search(query) !== -1;
}

function hittingEffects(faults: ReadonlySet<Fault>, request: WireRequest): readonly WireEffect[] {
  const effects: WireEffect[] = [];
  for (const fault of faults) {
    if (!isMatch(fault.match, request)) continue;
    fault.seen += 1;
    const { after = 0, times = Infinity } = fault.match;
    if (fault.seen > after && fault.seen <= after + times) effects.push(fault.effect);
  }
  return effects;
}

async function forward(
  message: IncomingMessage,
  response: ServerResponse,
  logged: WireRequest,
  effects: readonly WireEffect[],
  upstream: URL,
  closing: AbortSignal,
): Promise<void> {
  message.on('data', (chunk: Buffer) => {
    logged.bytesReceived += chunk.length;
  });
  // The listener above would start the flow before the body has a place to go.
  message.pause();
  for (const effect of effects) {
    if (effect.kind === 'delay') await delay(effect.delayMs, undefined, { signal: closing });
    if (effect.kind === 'reset') {
      message.socket.destroy();
      return;
    }
    if (effect.kind === 'answer') {
      await answerInstead(message, response, logged, effect);
      return;
    }
  }
  const answer = await askUpstream(message, response, upstream, closing);
  logged.upstreamStatus = answer.statusCode;
  if (effects.some((effect) => effect.kind === 'dropAnswer')) {
    // Only a complete answer proves that the server has finished its work.
    answer.resume();
    await finished(answer);
    message.socket.destroy();
    return;
  }
  logged.status = answer.statusCode;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders();
  for await (const chunk of answer as AsyncIterable<Buffer>) response.write(chunk);
  response.end();
}

function askUpstream(
  message: IncomingMessage,
  response: ServerResponse,
  upstream: URL,
  closing: AbortSignal,
): Promise<IncomingMessage> {
  // This proxy has answered `Expect: 100-continue` itself.
  const headers = { ...message.headers };
  delete headers.expect;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      hostname: upstream.hostname,
      port: upstream.port,
      method: message.method,
      path: message.url,
      headers,
      agent: false,
      signal: closing,
    });
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    response.once('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    message.pipe(outgoing);
  });
}

async function answerInstead(
  message: IncomingMessage,
  response: ServerResponse,
  logged: WireRequest,
  { status, code }: Extract<WireEffect, { kind: 'answer' }>,
): Promise<void> {
  message.resume();
  await finished(message, { writable: false });
  logged.status = status;
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>injected</Message></Error>`);
}
