import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '../api/index.ts';
import { SyncError } from '../core/errors.ts';
import type { ObjectTransfers } from '../engine/index.ts';
import { Assets, builtWindow } from './assets.ts';
import { bearerToken, Guard, type Refusal } from './guard.ts';
import { answer, ObjectRoutes } from './object-routes.ts';
import { Sockets } from './socket.ts';

/** The only address that is listened on. */
const LOOPBACK = '127.0.0.1';
const HEADERS_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 128;

export interface BrowserServerOptions {
  readonly client: Client;
  readonly objects: Pick<ObjectTransfers, 'put' | 'get'>;
  /** 0 for any that is free. */
  readonly port: number;
  /** Where the built window lies; found by itself when it is not given. */
  readonly assets?: string;
}

/** A running browser mode. */
export interface BrowserServer {
  /** What a browser opens; the token is in its fragment, which browsers send to nobody. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the first window has been let in. */
  readonly entered: Promise<undefined>;
  close(): Promise<void>;
}

/**
 * Serves the window and the contract on loopback, to whoever has the token that this run made.
 *
 * @throws SyncError invalid-argument when the port is taken; not-supported when the window is not built.
 */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const assets = await Assets.load(options.assets ?? builtWindow());
  const token = randomBytes(32).toString('hex');
  const http = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: 16_384, requestTimeout: 0 });
  http.maxConnections = MOST_CONNECTIONS;
  const port = await listen(http, options.port);
  const guard = new Guard(token, port);
  const now = () => performance.now();
  const sockets = new Sockets(options.client, guard, now);
  const objects = new ObjectRoutes({ objects: options.objects, now });
  http.on('request', (request, response) => {
    route({ assets, guard, objects }, request, response).catch(() => response.destroy());
  });
  http.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  return {
    url: `http://${LOOPBACK}:${port}/#token=${token}`,
    port,
    entered: sockets.entered,
    close: async () => {
      sockets.close();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
    },
  };
}

interface Parts {
  readonly assets: Assets;
  readonly guard: Guard;
  readonly objects: ObjectRoutes;
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '' } = request;
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${LOOPBACK}`);
  const ticket = /^\/downloads\/([0-9a-f]+)$/.exec(pathname)?.[1];
  const { assets, guard, objects } = parts;

  const isPut = method === 'PUT' && pathname === '/objects';
  const isTicketRequest = method === 'POST' && pathname === '/downloads';
  const touchesEngine = isPut || isTicketRequest;
  const refusal = touchesEngine ? guard.check(request, bearerToken(request)) : guard.checkHost(request);
  if (refusal !== undefined) refuse(response, refusal);
  else if (isPut) await objects.put(request, response, searchParams);
  else if (isTicketRequest) await objects.makeTicket(request, response);
  else if (method !== 'GET' && method !== 'HEAD') notFound(response);
  else if (method === 'GET' && ticket !== undefined) {
    if (!(await objects.get(response, ticket))) notFound(response);
  } else {
    const asset = assets.answer(pathname, `'self' ws://${request.headers.host ?? ''}`);
    if (asset === undefined) notFound(response);
    else response.writeHead(200, asset.headers).end(method === 'HEAD' ? undefined : asset.body);
  }
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  // The body of what is refused is not read.
  response.setHeader('connection', 'close');
  answer(response, 403, { refused: refusal });
}

function notFound(response: ServerResponse): void {
  answer(response, 404, { refused: 'no-such-path' });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new SyncError({
          code: 'invalid-argument',
          message: `Port ${port} can not be listened on: ${cause.code === 'EADDRINUSE' ? 'another program has it' : cause.message}.`,
          advice: 'Choose another port, or leave it out for one that is free.',
          cause,
        }),
      );
    });
    server.listen({ host: LOOPBACK, port }, resolve);
  });
  return (server.address() as AddressInfo).port;
}
