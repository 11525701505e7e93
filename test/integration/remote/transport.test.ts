import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fetchCertificateFingerprint } from '../../../src/remote/index.ts';
import { freeLoopbackPort } from '../../support/loopback.ts';
import { findRealServer, startRealServer } from '../../support/real-server.ts';
import type { RealServer } from '../../support/real-server.ts';
import { realServer } from '../../support/servers.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { makeCertificates, putText, startProxy } from './support.ts';

const found = await findRealServer();
const shared = realServer();
const WRONG = Array<string>(32).fill('AB').join(':');

/** A TLS server that counts the bytes of requests that reach it. */
async function startListener({ certPath, keyPath }: { certPath: string; keyPath: string }) {
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createTlsServer({ cert: await readFile(certPath), key: await readFile(keyPath) }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      received += chunk.byteLength;
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    receivedBytes: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A TLS server that takes every request and answers none. */
async function startSilent({ certPath, keyPath }: { certPath: string; keyPath: string }) {
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createHttpsServer({ cert: await readFile(certPath), key: await readFile(keyPath) }, () => {
    asked += 1;
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { endpoint, asked: () => asked, close };
}

describe('more requests than connections', () => {
  const settledCode = (request: Promise<unknown>) =>
    request.then(
      () => 'answered',
      (error: unknown) => (error as { code?: string }).code,
    );

  it('all fail when the server goes away, those that wait for a connection too', async () => {
    const certificates = await makeCertificates();
    onTestFinished(() => certificates.remove());
    const server = await startSilent(certificates.selfSigned);
    const trustedFingerprint = await fetchCertificateFingerprint(server.endpoint);
    const store = storeAt(server.endpoint, { settings: { trustedFingerprint }, maxSockets: 2 });
    onTestFinished(() => store.close());
    const codes = Promise.all(Array.from({ length: 7 }, (_, n) => settledCode(store.head('photos', `${n}`))));
    await expect.poll(() => server.asked()).toBe(2);
    await server.close();
    expect(await codes).toEqual(Array<string>(7).fill('unreachable'));
  });

  it('one that waits for a connection is called off at once', async () => {
    const certificates = await makeCertificates();
    onTestFinished(() => certificates.remove());
    const server = await startSilent(certificates.selfSigned);
    onTestFinished(() => server.close());
    const trustedFingerprint = await fetchCertificateFingerprint(server.endpoint);
    const store = storeAt(server.endpoint, { settings: { trustedFingerprint }, maxSockets: 1 });
    onTestFinished(() => store.close());
    const first = settledCode(store.head('photos', 'first'));
    await expect.poll(() => server.asked()).toBe(1);
    const controller = new AbortController();
    const second = settledCode(store.head('photos', 'second', controller.signal));
    await setImmediate();
    controller.abort();
    expect(await second).toBe('cancelled');
    store.dropConnections();
    expect(await first).toBe('unreachable');
    expect(server.asked()).toBe(1);
  });
});

describe('certificates', () => {
  let certificates: Awaited<ReturnType<typeof makeCertificates>>;
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterAll(() => certificates.remove());

  it('an untrusted one is refused before a byte of the request is sent, and its fingerprint is shown', async () => {
    const server = await startListener(certificates.selfSigned);
    const store = storeAt(server.endpoint);
    const fingerprint = await fetchCertificateFingerprint(server.endpoint);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    const refused = store.listBuckets();
    await expect(refused).rejects.toMatchObject({ code: 'untrusted-certificate', retryable: false });
    await expect(refused).rejects.toThrow(fingerprint);
    expect(server.receivedBytes()).toBe(0);
    store.close();
    await server.close();
  });

  it('one that is not the pinned one is refused before a byte of the request is sent', async () => {
    const server = await startListener(certificates.selfSigned);
    // Trusted by its authority, yet not the pinned one: the pin alone counts.
    const settings = { trustedFingerprint: WRONG, caFile: certificates.selfSigned.certPath };
    const store = storeAt(server.endpoint, { settings });
    const refused = store.listBuckets();
    await expect(refused).rejects.toMatchObject({ code: 'untrusted-certificate', retryable: false });
    await expect(refused).rejects.toThrow(await fetchCertificateFingerprint(server.endpoint));
    expect(server.receivedBytes()).toBe(0);
    store.close();
    await server.close();
  });

  it('one for another host name is refused even when its authority is trusted', async () => {
    const server = await startListener(certificates.otherName);
    const store = storeAt(server.endpoint, { settings: { caFile: certificates.otherName.caPath } });
    const refused = store.listBuckets();
    await expect(refused).rejects.toMatchObject({ code: 'untrusted-certificate' });
    await expect(refused).rejects.toThrow(/another host name/);
    expect(server.receivedBytes()).toBe(0);
    store.close();
    await server.close();
  });

  it('the pinned one is accepted whatever its name and authority', async () => {
    const server = await startListener(certificates.otherName);
    const trustedFingerprint = await fetchCertificateFingerprint(server.endpoint);
    const store = storeAt(server.endpoint, { settings: { trustedFingerprint } });
    await expect(store.listBuckets()).rejects.toMatchObject({ code: 'access-denied' });
    expect(server.receivedBytes()).toBeGreaterThan(0);
    store.close();
    await server.close();
  });

  describe.skipIf(found === undefined || found.kind === 'running')('on a real server', () => {
    let server: RealServer;
    const keys = () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey });
    beforeAll(async () => {
      if (found !== undefined) server = await startRealServer(found, { tls: certificates.selfSigned });
    });
    afterAll(() => server.stop());

    it('a certificate file makes the server trusted', async () => {
      const store = storeAt(server.endpoint, { ...keys(), settings: { caFile: certificates.selfSigned.certPath } });
      await store.createBucket('by-ca-file');
      expect(await putText(store, 'by-ca-file', 'k', 'x')).toHaveLength(32);
      store.close();
    });

    it('a fingerprint makes the server trusted, through a proxy too', async () => {
      const proxy = await startProxy('hunter2');
      const trustedFingerprint = await fetchCertificateFingerprint(server.endpoint);
      for (const settings of [{ trustedFingerprint }, { trustedFingerprint, proxy: proxy.url }]) {
        const store = storeAt(server.endpoint, { ...keys(), settings });
        expect((await store.listBuckets()).map(({ name }) => name)).toBeInstanceOf(Array);
        store.close();
      }
      expect(proxy.seen).toEqual([{ kind: 'tunnel', target: new URL(server.endpoint).host }]);
      expect(await fetchCertificateFingerprint(server.endpoint, { proxy: new URL(proxy.url) })).toBe(
        trustedFingerprint,
      );
      const settings = { trustedFingerprint: WRONG, proxy: proxy.url };
      const store = storeAt(server.endpoint, { ...keys(), settings });
      await expect(store.listBuckets()).rejects.toMatchObject({ code: 'untrusted-certificate' });
      store.close();
      await proxy.close();
    });

    it('a proxy that wants a password is named', async () => {
      const proxy = await startProxy('hunter2');
      const store = storeAt(server.endpoint, { ...keys(), settings: { proxy: proxy.withoutPassword } });
      const refused = store.listBuckets();
      await expect(refused).rejects.toMatchObject({ code: 'unreachable' });
      await expect(refused).rejects.toThrow(/proxy asks for a name and password/);
      store.close();
      await proxy.close();
    });

    it('http where the server speaks TLS is told', async () => {
      const store = storeAt(server.endpoint.replace('https:', 'http:'), keys());
      await expect(store.listBuckets()).rejects.toMatchObject({ code: 'not-s3' });
      store.close();
    });
  });
});

describe('a proxy that is spoken to with TLS', () => {
  let certificates: Awaited<ReturnType<typeof makeCertificates>>;
  const trusted = getCACertificates('default');
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterAll(() => certificates.remove());
  afterEach(() => setDefaultCACertificates(trusted));

  /** A proxy that asks for the server's name in the handshake, and forwards and tunnels nothing. */
  async function startTlsProxy() {
    const asked: (string | undefined)[] = [];
    const { certPath, keyPath } = certificates.selfSigned;
    const pair = { cert: await readFile(certPath), key: await readFile(keyPath) };
    const server = createHttpsServer(pair, (_request, response) => response.writeHead(407).end());
    server.on('secureConnection', ({ servername }) =>
      asked.push(typeof servername === 'string' ? servername : undefined),
    );
    server.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { asked, port: (server.address() as AddressInfo).port };
  }

  it.each(['http://files.example:9000', 'https://files.example:9000', 'http://10.1.2.3:9000', 'https://10.1.2.3:9000'])(
    'is asked for by its own name, and not by that of %s',
    async (endpoint) => {
      setDefaultCACertificates([...trusted, await readFile(certificates.selfSigned.certPath, 'utf8')]);
      const proxy = await startTlsProxy();
      for (const host of ['localhost', '127.0.0.1']) {
        const store = storeAt(endpoint, { settings: { proxy: `https://${host}:${proxy.port}` } });
        await expect(store.listBuckets()).rejects.toThrow(/the proxy asks for a name and password/);
        store.close();
      }
      expect(proxy.asked).toEqual(['localhost', undefined]);
    },
  );

  it.each(['http://files.example:9000', 'https://files.example:9000'])(
    'is named where its certificate is not trusted, or where it is not there: %s',
    async (endpoint) => {
      const proxy = `https://127.0.0.1:${(await startTlsProxy()).port}`;
      const untrusted = storeAt(endpoint, { settings: { proxy } });
      await expect(untrusted.listBuckets()).rejects.toThrow(`the proxy ${proxy} can not be used: the server signed`);
      untrusted.close();
      const nobody = `http://127.0.0.1:${await freeLoopbackPort()}`;
      const gone = storeAt(endpoint, { settings: { proxy: nobody } });
      await expect(gone.listBuckets()).rejects.toThrow(`the proxy ${nobody} can not be used: nothing answers`);
      gone.close();
    },
  );
});

describe.skipIf(shared === undefined)('a proxy before a server without TLS', () => {
  it('forwards signed requests unchanged', async () => {
    if (shared === undefined) return;
    const proxy = await startProxy('hunter2');
    const keys = { accessKeyId: shared.accessKey, secretAccessKey: shared.secretKey };
    const store = storeAt(shared.endpoint, { ...keys, settings: { proxy: proxy.url } });
    expect(await store.listBuckets()).toBeInstanceOf(Array);
    expect(proxy.seen).toEqual([{ kind: 'forward', target: `${shared.endpoint}/?x-id=ListBuckets` }]);
    store.close();
    const without = storeAt(shared.endpoint, { ...keys, settings: { proxy: proxy.withoutPassword } });
    await expect(without.listBuckets()).rejects.toMatchObject({ code: 'unreachable' });
    without.close();
    await proxy.close();
  });
});
