import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { hostHeader, portOf, stripBrackets } from './address.ts';

/** A connection was not ready in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'CONNECT_TIMEOUT';
}

/** The proxy said no to a tunnel. */
export class ProxyRefusedError extends Error {
  override readonly name = 'ProxyRefusedError';
  readonly code = 'PROXY_REFUSED';
  readonly status: number;
  constructor(status: number) {
    super(`The proxy answered ${status}.`);
    this.status = status;
  }
}

/** No connection to the proxy came about: what lies behind it was not even asked for. */
export class ProxyConnectionError extends Error {
  override readonly name = 'ProxyConnectionError';
  readonly code = 'PROXY_CONNECTION';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The server has another certificate than the pinned one. */
export class PinMismatchError extends Error {
  override readonly name = 'PinMismatchError';
  readonly code = 'PIN_MISMATCH';
  /** SHA-256 of the certificate that was shown. */
  readonly presented: string;
  constructor(presented: string) {
    super('The server showed another certificate than the trusted one.');
    this.presented = presented;
  }
}

/** Opens a tunnel through a proxy with CONNECT. The caller owns the socket. */
export function openTunnel(proxy: URL, hostname: string, port: number, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const authority = hostHeader(hostname, port);
    const send = proxy.protocol === 'https:' ? https.request : http.request;
    const outgoing = send({
      method: 'CONNECT',
      ...placeOf(proxy),
      path: authority,
      headers: { host: authority, ...proxyHeaders(proxy) },
      agent: false,
    });
    const timer = setTimeout(
      () => outgoing.destroy(new ConnectTimeoutError(`The proxy did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.once('error', (error) => reject(new ProxyConnectionError(error)));
    outgoing.once('connect', (answer, socket) => {
      clearTimeout(timer);
      if (answer.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new ProxyRefusedError(answer.statusCode ?? 0));
    });
    outgoing.once('response', (answer) => {
      answer.resume();
      outgoing.destroy();
      reject(new ProxyRefusedError(answer.statusCode ?? 0));
    });
    outgoing.end();
  });
}

/**
 * Where a proxy is, and the name that its certificate has to bear. Without that, Node would take the name from the request's
 * Host header, which is that of the server behind.
 */
export function placeOf(proxy: URL): { host: string; port: number; servername: string } {
  const host = stripBrackets(proxy.hostname);
  return { host, port: portOf(proxy), servername: isIP(host) === 0 ? host : '' };
}

/** Credentials for the proxy, from its URL. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/**
 * Makes the TLS handshake and resolves only once the certificate was accepted, so that not a byte of a request can leave
 * before. With a pinned fingerprint exactly that certificate is accepted, whoever signed it and whatever name it bears;
 * the handshake itself proves that the server holds its key.
 */
export function secureConnect(
  options: tls.ConnectionOptions,
  trust: { readonly fingerprint: string | undefined; readonly timeoutMs: number },
): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    // Said outright, since an environment variable changes Node's default.
    const socket = tls.connect({ ...options, rejectUnauthorized: trust.fingerprint === undefined });
    const timer = setTimeout(
      () => socket.destroy(new ConnectTimeoutError(`No TLS connection within ${trust.timeoutMs} ms.`)),
      trust.timeoutMs,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    socket.once('error', fail);
    const closed = () => fail(Object.assign(new Error('Closed during the TLS handshake.'), { code: 'ECONNRESET' }));
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      const presented = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
      if (trust.fingerprint !== undefined && presented !== trust.fingerprint) {
        fail(new PinMismatchError(presented));
        return;
      }
      clearTimeout(timer);
      socket.removeListener('error', fail);
      socket.removeListener('close', closed);
      resolve(socket);
    });
  });
}
