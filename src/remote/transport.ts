import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { SyncError } from '../core/errors.ts';
import type { AccountSettings } from '../core/object-store.ts';
import { hostHeader } from './address.ts';
import {
  ConnectTimeoutError,
  openTunnel,
  placeOf,
  ProxyConnectionError,
  proxyHeaders,
  secureConnect,
} from './connect.ts';
import { parseFingerprint } from './fingerprint.ts';
import { receiveIntoOneBuffer } from './receive.ts';

/** How requests get onto the wire: connection pool, certificates, proxy. */
export interface Transport {
  /** Starts a request; headers and body are the caller's business. */
  request(target: RequestTarget): http.ClientRequest;
  /** Ends all connections. */
  close(): void;
}

export interface RequestTarget {
  readonly method: string;
  readonly hostname: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  readonly headers: http.OutgoingHttpHeaders;
  /** Longest silence before the request's `timeout` event. */
  readonly inactivityMs: number;
}

interface PoolOptions {
  readonly connectTimeoutMs: number;
  /** How many are kept for the next request. Whoever sends requests sees to it that there are no more at a time. */
  readonly maxSockets: number;
}

type ConnectCallback = (error: Error | null, stream: Duplex) => void;

/** Connections idle for longer are closed, before the server does so just as a request leaves. */
const IDLE_CLOSE_MS = 10_000;

/**
 * @param proxy with the name and password for it; undefined where there is none between.
 * @throws SyncError invalid-argument for an unusable CA file or fingerprint.
 */
export function createTransport(
  settings: AccountSettings,
  proxy: URL | undefined,
  secure: boolean,
  options: PoolOptions,
): Transport {
  if (!secure) return proxy === undefined ? plainTransport(options) : forwardingTransport(proxy, options);
  const agent = new SecureAgent(options, {
    ca: settings.caFile === undefined ? undefined : readAuthorities(settings.caFile),
    fingerprint: settings.trustedFingerprint === undefined ? undefined : parseFingerprint(settings.trustedFingerprint),
    proxy,
  });
  return {
    request: (target) => https.request({ ...requestOptions(target), agent }),
    close: () => agent.destroy(),
  };
}

function plainTransport(options: PoolOptions): Transport {
  const agent = new PlainAgent(options);
  return {
    request: (target) => http.request({ ...requestOptions(target), agent }),
    close: () => agent.destroy(),
  };
}

/** Plain HTTP through a proxy: the proxy gets the whole URL and passes the request on; the signature is not touched. */
function forwardingTransport(proxy: URL, options: PoolOptions): Transport {
  const viaTls = proxy.protocol === 'https:';
  const agent = viaTls ? new SecureAgent(options, { isOfProxy: true }) : new PlainAgent(options);
  const send = viaTls ? https.request : http.request;
  return {
    request: (target) =>
      send({
        ...requestOptions(target),
        ...placeOf(proxy),
        path: `http://${hostHeader(target.hostname, target.port, 80)}${target.path}`,
        headers: { ...target.headers, ...proxyHeaders(proxy) },
        agent,
      }),
    close: () => agent.destroy(),
  };
}

function requestOptions(target: RequestTarget): http.RequestOptions {
  return {
    method: target.method,
    host: target.hostname,
    port: target.port,
    path: target.path,
    headers: target.headers,
    timeout: target.inactivityMs,
  };
}

function poolOptions({ maxSockets }: PoolOptions): http.AgentOptions {
  return { keepAlive: true, maxFreeSockets: maxSockets, timeout: IDLE_CLOSE_MS };
}

/** Keep-alive connections without TLS. */
class PlainAgent extends http.Agent {
  readonly #connectTimeoutMs: number;

  constructor(options: PoolOptions) {
    super(poolOptions(options));
    this.#connectTimeoutMs = options.connectTimeoutMs;
  }

  override createConnection(options: http.ClientRequestArgs, callback?: ConnectCallback): Duplex | null | undefined {
    const withBuffer = { ...options, onread: receiveIntoOneBuffer(() => socket) };
    const socket = super.createConnection(withBuffer, callback);
    if (!socket) return socket;
    const timer = setTimeout(
      () => socket.destroy(new ConnectTimeoutError(`No connection within ${this.#connectTimeoutMs} ms.`)),
      this.#connectTimeoutMs,
    );
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    return socket;
  }
}

interface Trust {
  readonly ca?: string[] | undefined;
  readonly fingerprint?: string | undefined;
  readonly proxy?: URL | undefined;
  /** What is connected to is the proxy itself. */
  readonly isOfProxy?: true;
}

/** Keep-alive TLS connections, handed out only after the certificate was accepted. */
class SecureAgent extends https.Agent {
  readonly #connectTimeoutMs: number;
  readonly #trust: Trust;

  constructor(options: PoolOptions, trust: Trust) {
    super(poolOptions(options));
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#trust = trust;
  }

  override createConnection(options: https.RequestOptions, callback?: ConnectCallback): undefined {
    this.#connect(options as tls.ConnectionOptions).then(
      (socket) => callback?.(null, socket),
      // Node's own agents call back with an error alone too; the type knows only the other case.
      (error: unknown) =>
        (callback as ((error: unknown) => void) | undefined)?.(
          this.#trust.isOfProxy === true ? new ProxyConnectionError(error) : error,
        ),
    );
    return undefined;
  }

  async #connect(options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
    const { ca, fingerprint, proxy } = this.#trust;
    const timeoutMs = this.#connectTimeoutMs;
    const own = ca === undefined ? {} : { ca };
    if (proxy === undefined) return secureConnect({ ...options, ...own }, { fingerprint, timeoutMs });
    const tunnel = await openTunnel(proxy, options.host ?? '', options.port ?? 443, timeoutMs);
    return secureConnect({ ...options, ...own, socket: tunnel }, { fingerprint, timeoutMs });
  }
}

/** The usual authorities and those of the file. */
function readAuthorities(caFile: string): string[] {
  let pem: string;
  try {
    pem = readFileSync(caFile, 'utf8');
  } catch (cause) {
    throw new SyncError({
      code: 'invalid-argument',
      message: `The certificate file "${caFile}" can not be read.`,
      advice: 'Check the path and the permissions of the file.',
      detail: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SyncError({
      code: 'invalid-argument',
      message: `The file "${caFile}" holds no certificate.`,
      advice: 'Give a PEM file: it contains a line "-----BEGIN CERTIFICATE-----".',
    });
  }
  return [...tls.rootCertificates, pem];
}
