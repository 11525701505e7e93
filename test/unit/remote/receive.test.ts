import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTransport, type Transport } from '../../../src/remote/transport.ts';
import { pollUntil } from '../../support/loopback.ts';
import { startTinyServer, type TinyServer } from './tiny-server.ts';

const CONTENT = randomBytes(3_000_000);
const connections = new Set<Socket>();
let server: TinyServer;
let transport: Transport;

beforeEach(async () => {
  connections.clear();
  server = await startTinyServer((request, response) => {
    connections.add(request.socket);
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.end(CONTENT);
  });
  const settings = { endpoint: server.endpoint, accessKeyId: 'a', secretAccessKey: 'b', region: 'c', pathStyle: true };
  transport = createTransport(settings, undefined, false, { connectTimeoutMs: 10_000, maxSockets: 1 });
});

afterEach(async () => {
  transport.close();
  await server.close();
});

/** The body in the pieces that it came in; the reader is slower than the server. */
async function fetchSlowly(look?: (socket: Socket) => void): Promise<Buffer[]> {
  const { hostname, port } = new URL(server.endpoint);
  const target = { hostname, port: Number(port), path: '/', headers: {}, inactivityMs: 10_000 };
  const request = transport.request({ ...target, method: 'GET' });
  request.end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  look?.(answer.socket);
  const pieces: Buffer[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    await nextTurn();
  }
  return pieces;
}

it('gives pieces of a body that stay what they are while more is received, by one connection for many answers', async () => {
  const kept = [await fetchSlowly(), await fetchSlowly(), await fetchSlowly()];
  const wanted = createHash('sha256').update(CONTENT).digest('hex');
  for (const pieces of kept) {
    expect(pieces.length).toBeGreaterThan(1);
    expect(createHash('sha256').update(Buffer.concat(pieces)).digest('hex')).toBe(wanted);
  }
  expect(connections.size).toBe(1);
});

it('receives into the same memory again and again', async () => {
  const memory = new Set<ArrayBufferLike>();
  await fetchSlowly((socket) => socket.on('data', ({ buffer }: Buffer) => memory.add(buffer)));
  expect(memory.size).toBe(1);
});

it('ends a connection on which bytes come that answer nothing', async () => {
  await fetchSlowly();
  const [connection] = connections;
  connection?.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  await pollUntil('the connection to be closed', () => (server.openSockets === 0 ? true : undefined));
  await fetchSlowly();
  expect(connections.size).toBe(2);
});
