import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import type { Facts } from '../../../src/remote/error-facts.ts';
import { translate } from '../../../src/remote/errors.ts';
import { freeLoopbackPort, pollUntil } from '../../support/loopback.ts';
import { replying, startTinyServer, storeAt } from './tiny-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const FACTS: Facts = {
  doing: { action: 'GetObject', bucket: 'b', key: 'k' },
  endpoint: 'https://host:9000',
  pathStyle: true,
  proxy: undefined,
  region: 'us-east-1',
  nowMs: 0,
};

/** A TCP server that does as told with each connection. */
async function startSocketServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('errors of the connection', () => {
  it('nothing listens there', async () => {
    const store = storeAt(`http://127.0.0.1:${await freeLoopbackPort()}`);
    cleanups.push(() => store.close());
    const refused = store.listBuckets();
    await expect(refused).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await expect(refused).rejects.toThrow(/list the buckets at http:\/\/127\.0\.0\.1:\d+: nothing answers/);
    // Whoever calls knows whether it is tried again: the first try to connect is not.
    await expect(refused).rejects.toSatisfy((error) => error instanceof SyncError && !error.advice.includes('again'));
  });

  it('the connection is reset', async () => {
    const endpoint = await startSocketServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const store = storeAt(endpoint);
    cleanups.push(() => store.close());
    await expect(store.listBuckets()).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('the server accepts and never says a word', async () => {
    const endpoint = await startSocketServer((socket) => socket.resume());
    const store = storeAt(endpoint, { inactivityTimeoutMs: 150 });
    cleanups.push(() => store.close());
    await expect(store.listBuckets()).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  it('the server speaks another protocol', async () => {
    const endpoint = await startSocketServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    const store = storeAt(endpoint);
    cleanups.push(() => store.close());
    await expect(store.listBuckets()).rejects.toMatchObject({ code: 'not-s3' });
  });

  it('https is used where the server speaks http', async () => {
    const server = await startTinyServer(replying(200, ''));
    const store = storeAt(server.endpoint.replace('http:', 'https:'));
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const refused = store.listBuckets();
    await expect(refused).rejects.toMatchObject({ code: 'not-s3' });
    await expect(refused).rejects.toThrow(/does not speak TLS/);
  });

  it('the TLS handshake never ends', async () => {
    const endpoint = await startSocketServer((socket) => socket.resume());
    const store = storeAt(endpoint.replace('http:', 'https:'), { connectTimeoutMs: 150 });
    cleanups.push(() => store.close());
    await expect(store.listBuckets()).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  it('a signal calls a request off, before and while it runs', async () => {
    const endpoint = await startSocketServer((socket) => socket.resume());
    const store = storeAt(endpoint);
    cleanups.push(() => store.close());
    await expect(store.listBuckets(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    const controller = new AbortController();
    const running = store.listBuckets(controller.signal);
    setImmediate(() => controller.abort());
    await expect(running).rejects.toMatchObject({ code: 'cancelled', retryable: false });
  });

  it('a request that is called off while it waits for a connection is named as any other', async () => {
    const endpoint = await startSocketServer((socket) => socket.resume());
    const store = storeAt(endpoint, { maxSockets: 1 });
    cleanups.push(() => store.close());
    const controller = new AbortController();
    const running = [store.headBucket('b', controller.signal), store.listBuckets(controller.signal)];
    setImmediate(() => controller.abort());
    const ended = await Promise.allSettled(running);
    expect(ended.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      'SyncError: The request to reach the bucket "b" was cancelled.',
      'SyncError: The request to list the buckets was cancelled.',
    ]);
  });

  it.each([
    ['ENOTFOUND', 'unreachable', true],
    ['EAI_AGAIN', 'unreachable', true],
    ['EPIPE', 'unreachable', true],
    ['ETIMEDOUT', 'timeout', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted-certificate', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted-certificate', false],
    ['CERT_HAS_EXPIRED', 'untrusted-certificate', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted-certificate', false],
  ] as const)('%s is %s', (code, expected, retryable) => {
    const error = translate(Object.assign(new Error('x'), { code }), FACTS, []);
    expect(error).toMatchObject({ code: expected, retryable });
    expect(error.detail).toContain(`code ${code}`);
  });

  it.each([
    ['connect', 'EHOSTDOWN', /the host is switched off or not in this network/],
    ['connect', 'EACCES', /this computer does not let the program reach it/],
    ['connect', 'ENOBUFS', /the connection failed \(ENOBUFS\)/],
    ['getaddrinfo', 'EAI_FAIL', /the connection failed \(EAI_FAIL\)/],
    ['read', 'ENETRESET', /the connection failed \(ENETRESET\)/],
  ])('%s %s says nothing of an answer: there was none', (syscall, code, words) => {
    const error = Object.assign(new Error('x'), { code, syscall });
    for (const thrown of [error, new AggregateError([error])]) {
      const translated = translate(thrown, FACTS, []);
      expect(translated).toMatchObject({ code: 'unreachable', retryable: true });
      expect(translated.message).toMatch(words);
    }
    const viaProxy = { ...FACTS, endpoint: 'http://host:9000', proxy: 'http://proxy:3128' };
    expect(translate(error, viaProxy, []).message).toContain('the proxy http://proxy:3128 can not be used');
  });

  it('several failed attempts at one name count as one', () => {
    const attempts = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]);
    expect(translate(attempts, FACTS, [])).toMatchObject({ code: 'unreachable' });
  });

  it('a host name made of the bucket that is not known asks for path style', () => {
    const error = Object.assign(new Error('x'), { code: 'ENOTFOUND', hostname: 'b.host' });
    expect(translate(error, { ...FACTS, pathStyle: false }, [])).toMatchObject({ code: 'path-style-needed' });
  });
});

describe('the body of an object', () => {
  const headers = { 'content-length': '100000', etag: '"e"', 'content-type': 'text/html' };

  it('that is cut off is an error', async () => {
    const server = await startTinyServer((_request, response) => {
      response.writeHead(200, headers);
      response.write('x'.repeat(50_000), () => response.destroy());
    });
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const { body } = await store.get({ bucket: 'b', key: 'k' });
    const reading = (async () => {
      let bytes = 0;
      for await (const chunk of body) bytes += chunk.byteLength;
      return bytes;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('that stops coming is a timeout', async () => {
    const server = await startTinyServer((_request, response) => {
      response.writeHead(200, headers);
      response.write('x');
    });
    const store = storeAt(server.endpoint, { inactivityTimeoutMs: 150 });
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const { body } = await store.get({ bucket: 'b', key: 'k' });
    const chunks = body[Symbol.asyncIterator]();
    expect(await chunks.next()).toMatchObject({ done: false, value: { byteLength: 1 } });
    await expect(chunks.next()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('that comes slowly, but comes, is no timeout', async () => {
    const server = await startTinyServer((_request, response) => {
      response.writeHead(200, { ...headers, 'content-length': '8' });
      let sent = 0;
      const timer = setInterval(() => {
        response.write('x');
        if (++sent === 8) clearInterval(timer);
      }, 60);
    });
    const store = storeAt(server.endpoint, { inactivityTimeoutMs: 250 });
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const { body } = await store.get({ bucket: 'b', key: 'k' });
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.byteLength;
    expect(bytes).toBe(8);
  });

  it('waits for a reader that pauses longer than a server may', async () => {
    const content = 'x'.repeat(3_000_000);
    const server = await startTinyServer((_request, response) => {
      response.writeHead(200, { ...headers, 'content-length': String(content.length) });
      response.end(content);
    });
    const store = storeAt(server.endpoint, { inactivityTimeoutMs: 100 });
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const { body } = await store.get({ bucket: 'b', key: 'k' });
    const chunks = body[Symbol.asyncIterator]();
    const first = await chunks.next();
    let bytes = first.done === true ? 0 : first.value.byteLength;
    const resumeAtMs = performance.now() + 400;
    await pollUntil('the pause to be over', () => (performance.now() > resumeAtMs ? true : undefined));
    for await (const chunk of body) bytes += chunk.byteLength;
    expect(bytes).toBe(content.length);
  });

  it('that nobody reads gives its connection back when it is left', async () => {
    const server = await startTinyServer((_request, response) => {
      response.writeHead(200, headers);
      response.write('x');
    });
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const { body } = await store.get({ bucket: 'b', key: 'k' });
    expect(server.openSockets).toBe(1);
    await body[Symbol.asyncIterator]().return?.();
    await pollUntil('the connection to close', () => (server.openSockets === 0 ? true : undefined));
  });

  it('that ignores the range is refused', async () => {
    const server = await startTinyServer(replying(200, 'whole', { etag: '"e"', 'content-length': '5' }));
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    const reading = store.get({ bucket: 'b', key: 'k', range: { offset: 1, sizeBytes: 2 } });
    await expect(reading).rejects.toMatchObject({ code: 'not-s3' });
  });
});
