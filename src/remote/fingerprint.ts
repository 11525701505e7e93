import { isIP } from 'node:net';
import * as tls from 'node:tls';
import { SyncError } from '../core/errors.ts';
import { parseHttpUrl, portOf, stripBrackets } from './address.ts';
import { ConnectTimeoutError, openTunnel } from './connect.ts';

/**
 * A SHA-256 fingerprint in its one spelling: 32 pairs of upper-case hex digits with colons between.
 *
 * @throws SyncError invalid-argument
 */
export function parseFingerprint(text: string): string {
  const hex = text.replace(/^sha-?256[:=]/i, '').replace(/[:\s]/g, '');
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new SyncError({
      code: 'invalid-argument',
      message: `"${text}" is not the SHA-256 fingerprint of a certificate.`,
      advice: 'It has 64 hexadecimal digits, with or without colons between each two.',
    });
  }
  return (hex.toUpperCase().match(/../g) ?? []).join(':');
}

/**
 * SHA-256 of the certificate that an https server shows, trusted or not. Nothing but the handshake is sent.
 *
 * @throws Error as the connection failed; SyncError invalid-argument when the endpoint is not https.
 */
export async function fetchCertificateFingerprint(
  endpoint: string,
  { proxy, timeoutMs = 10_000 }: { readonly proxy?: URL | undefined; readonly timeoutMs?: number } = {},
): Promise<string> {
  const url = parseHttpUrl(endpoint, 'The server address');
  if (url.protocol !== 'https:') {
    throw new SyncError({
      code: 'invalid-argument',
      message: `The server at ${endpoint} is reached without encryption and has no certificate.`,
      advice: 'Only an address that begins with https:// has one.',
    });
  }
  const host = stripBrackets(url.hostname);
  const port = portOf(url);
  const socket = proxy === undefined ? {} : { socket: await openTunnel(proxy, host, port, timeoutMs) };
  return readFingerprint({ ...socket, host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }, timeoutMs);
}

function readFingerprint(options: tls.ConnectionOptions, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // The certificate is only looked at; the connection is closed without a request.
    const socket = tls.connect({ ...options, rejectUnauthorized: false });
    const timer = setTimeout(
      () => socket.destroy(new ConnectTimeoutError(`No TLS connection within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('The server closed the connection without showing a certificate.'));
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate !== undefined) resolve(certificate.fingerprint256);
      socket.destroy();
    });
  });
}
