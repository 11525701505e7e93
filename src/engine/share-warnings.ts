import type { LinkWarning } from '../api/index.ts';
import { isLoopback } from '../core/loopback.ts';

/** What leads to this computer where it is used as an address, beside loopback itself. */
const MEANS_LOOPBACK = /^0\.0\.0\.0$|^\[::\]$|\.localhost$/;
/** Names that only a network's own name server knows, beside those without a dot. */
const PRIVATE_NAME = /\.(local|lan|home|internal|intranet|home\.arpa)$/;
/** RFC 1918, link-local, and what providers use behind their own address translation. */
const PRIVATE_IPV4 = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
/** Unique local and link-local addresses. */
const PRIVATE_IPV6 = /^\[(f[cd]|fe[89ab])/;

/** What whoever gets a link to this address has to know. */
export function endpointWarnings(endpoint: string): LinkWarning[] {
  const { protocol, hostname } = new URL(endpoint);
  const warnings: LinkWarning[] = [];
  if (isLoopback(hostname) || MEANS_LOOPBACK.test(hostname)) {
    const message = 'The server is on this computer: nobody else can open the link.';
    warnings.push({ code: 'this-computer', message });
  } else if (isPrivate(hostname)) {
    const message = 'The server has a private address: only people in the same network can open the link.';
    warnings.push({ code: 'private-address', message });
  }
  if (protocol === 'http:') {
    const message = 'The link is plain HTTP: whoever is on the way can read and use it.';
    warnings.push({ code: 'plain-http', message });
  }
  return warnings;
}

function isPrivate(hostname: string): boolean {
  if (hostname.startsWith('[')) return PRIVATE_IPV6.test(hostname);
  return PRIVATE_IPV4.test(hostname) || PRIVATE_NAME.test(hostname) || !hostname.includes('.');
}
