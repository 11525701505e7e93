import { isIP } from 'node:net';
import { SyncError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import type { AccountSettings } from '../core/object-store.ts';
import { encodePart } from '../core/text.ts';

/** A server's address, taken apart once. */
export interface Address {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** Path before the bucket, without a slash at the end; mostly empty. */
  readonly basePath: string;
  readonly pathStyle: boolean;
  /** Requests go through another program. */
  readonly viaProxy: boolean;
  /** As the person wrote it, without a slash at the end: for messages. */
  readonly endpoint: string;
}

/** Where one bucket or object is found. */
export interface Location {
  readonly hostname: string;
  /** Encoded as it is sent and signed. */
  readonly path: string;
  /** The Host header. */
  readonly host: string;
}

/** @throws SyncError invalid-argument when the endpoint is not a plain http or https address. */
export function parseAddress(settings: Pick<AccountSettings, 'endpoint' | 'pathStyle' | 'proxy'>): Address {
  const url = parseHttpUrl(settings.endpoint, 'The server address');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badUrl('The server address', url.origin + url.pathname, 'It may hold a host, a port and a path only.');
  }
  return {
    secure: url.protocol === 'https:',
    hostname: stripBrackets(url.hostname),
    port: portOf(url),
    basePath: url.pathname.replace(/\/+$/, ''),
    pathStyle: settings.pathStyle,
    viaProxy: settings.proxy !== undefined,
    endpoint: settings.endpoint.replace(/\/+$/, ''),
  };
}

/** @throws SyncError invalid-argument when `text` is not an http or https URL. */
export function parseHttpUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    // A proxy's address may hold a password: what can not be taken apart is not repeated whole.
    throw badUrl(what, text.replace(/\/\/[^/]*@/, '//'), 'It has to begin with http:// or https://.');
  }
  return url;
}

/** Port of an http or https URL, the default one included. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** The address without the brackets that a URL puts around IPv6. */
export function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Host and port as a Host header and a CONNECT request spell them. `defaultPort` is left out. */
export function hostHeader(hostname: string, port: number, defaultPort?: number): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return port === defaultPort ? host : `${host}:${port}`;
}

/** Where an object is, in path style or virtual-host style. */
export function locate(address: Address, bucket: string, key?: string): Location {
  const inPath = address.pathStyle || !fitsHostName(address, bucket);
  const hostname = inPath ? address.hostname : `${bucket}.${address.hostname}`;
  const bucketPath = inPath ? `/${encodePart(bucket)}` : '';
  const keyPath = key === undefined ? (inPath ? '' : '/') : `/${key.split('/').map(encodePart).join('/')}`;
  return {
    hostname,
    path: address.basePath + bucketPath + keyPath,
    host: hostHeader(hostname, address.port, address.secure ? 443 : 80),
  };
}

/** Whether a bucket can be part of a host name; the SDK falls back to the path in the same cases. */
function fitsHostName({ secure, hostname }: Address, bucket: string): boolean {
  if (isIP(hostname) !== 0 || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || isIP(bucket) !== 0) return false;
  // A wildcard certificate covers one label only.
  return !bucket.includes('.') || (!secure && !/\.[.-]|-\./.test(bucket));
}

/** Whether nobody between here and the server can change a request: it is encrypted, or stays on this computer. */
export function isPrivate({ secure, hostname, viaProxy }: Address): boolean {
  return secure || (!viaProxy && isLoopback(hostname));
}

/** A query in the order and encoding that signature v4 wants. */
export function encodeQuery(query: Readonly<Record<string, string | readonly string[] | null | undefined>>): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (Array.isArray(value)) parts.push(...value.map((each: string) => `${encodePart(name)}=${encodePart(each)}`));
    else if (typeof value === 'string') parts.push(`${encodePart(name)}=${encodePart(value)}`);
    else parts.push(encodePart(name));
  }
  return parts.join('&');
}

function badUrl(what: string, text: string, hint: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `${what} "${text}" can not be used.`,
    advice: `${hint} For example: https://rustfs.example:9000`,
  });
}
