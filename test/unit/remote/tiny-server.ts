import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ObjectStore } from '../../../src/core/object-store.ts';
import type { Clock, Random } from '../../../src/core/environment.ts';
import { connectObjectStore } from '../../../src/remote/index.ts';
import type { StoreOptions } from '../../../src/remote/index.ts';
import type { AccountSettings } from '../../../src/core/object-store.ts';

export const SECRET = 'a-very-secret-key-of-this-test';

/** A server that answers as a test tells it, and remembers what it was asked. */
export interface TinyServer {
  readonly endpoint: string;
  readonly asked: readonly { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }[];
  readonly openSockets: number;
  close(): Promise<void>;
}

export async function startTinyServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TinyServer> {
  const asked: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    get openSockets() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Answers with this status, body and headers, once the request has been read. */
export function replying(status: number, body: string, headers: Record<string, string> = {}) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    request.once('end', () => {
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

/** An S3 error answer. */
export function errorXml(code: string, message = 'Words of the server', more = ''): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}` +
    `<RequestId>REQ-17</RequestId><SignatureProvided>deadbeef</SignatureProvided></Error>`
  );
}

const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.reject(new Error('The remote room does not sleep.')),
  timer: () => {
    throw new Error('The remote room sets no such timers.');
  },
};

const countingRandom: Random = (() => {
  let count = 0;
  return { next: () => 0.5, id: (length: number) => `id${(count += 1)}`.padEnd(length, 'a').replace(/[0189]/g, 'b') };
})();

/** A store on an address, with the options and settings that a test cares about. */
export function storeAt(
  endpoint: string,
  {
    settings = {},
    accessKeyId = 'test-access',
    secretAccessKey = SECRET,
    ...options
  }: Partial<StoreOptions> & {
    readonly settings?: Partial<AccountSettings>;
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
  } = {},
): ObjectStore {
  return connectObjectStore(
    {
      settings: { endpoint, region: 'us-east-1', accessKeyId, pathStyle: true, ...settings },
      secret: { secretAccessKey },
    },
    { clock: systemClock, random: countingRandom, ...options },
  );
}
