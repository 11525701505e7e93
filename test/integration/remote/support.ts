import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ObjectStore } from '../../../src/core/object-store.ts';

const run = promisify(execFile);

export const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();

/** Writes a small object and gives its ETag. */
export async function putText(store: ObjectStore, bucket: string, key: string, text: string): Promise<string> {
  const body = Buffer.from(text);
  const base = { bucket, key, body, bodyMd5: md5(body), metadata: {}, contentType: 'text/plain' };
  return (await store.put(base)).etag;
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** PEM files of a certificate for 127.0.0.1 and localhost, made by `openssl`. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

/** A self-signed certificate, and a second one that an authority of its own signed for another name. */
export async function makeCertificates(): Promise<{
  readonly selfSigned: Certificate;
  readonly otherName: Certificate & { readonly caPath: string };
  remove(): Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-certs-'));
  const file = (name: string) => join(directory, name);
  const create = async (name: string, subject: string, names: string, ...more: string[]) => {
    const pair = { certPath: file(`${name}.crt`), keyPath: file(`${name}.key`) };
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pair.keyPath];
    const words = ['-days', '2', '-subj', subject, ...(names === '' ? [] : ['-addext', `subjectAltName=${names}`])];
    await run('openssl', ['req', '-x509', ...key, '-out', pair.certPath, ...words, ...more]);
    return pair;
  };
  const selfSigned = await create('self', '/CN=rustfs-sync test', 'IP:127.0.0.1,DNS:localhost');
  const ca = await create('ca', '/CN=rustfs-sync test authority', '');
  const signedBy = ['-CA', ca.certPath, '-CAkey', ca.keyPath];
  const otherName = await create('other', '/CN=elsewhere.example', 'DNS:elsewhere.example', ...signedBy);
  return {
    selfSigned,
    otherName: { ...otherName, caPath: ca.certPath },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A proxy that tunnels (CONNECT) and forwards (absolute URLs), with a password if one is given. */
export async function startProxy(password?: string) {
  const seen: { readonly kind: 'tunnel' | 'forward'; readonly target: string }[] = [];
  const sockets = new Set<Socket>();
  const expected = password === undefined ? undefined : `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  const server = createServer((incoming, response) => {
    if (expected !== undefined && incoming.headers['proxy-authorization'] !== expected) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
      return;
    }
    seen.push({ kind: 'forward', target: incoming.url ?? '' });
    const headers = { ...incoming.headers };
    delete headers['proxy-authorization'];
    const outgoing = request(incoming.url ?? '', { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connect', (incoming, client: Socket) => {
    sockets.add(client);
    if (expected !== undefined && incoming.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    seen.push({ kind: 'tunnel', target: incoming.url ?? '' });
    const [host, port] = (incoming.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    url: `http://${password === undefined ? '' : `me:${password}@`}127.0.0.1:${port}`,
    withoutPassword: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
