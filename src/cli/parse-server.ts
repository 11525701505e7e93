import { quote, usageError } from './usage.ts';

/** Readers of how a server is reached. What may hold a password is never repeated whole in a message. */

/** A server's address: http or https, host, port and perhaps a path. */
export function parseEndpoint(text: string): string {
  return parsePlainUrl(text, '--endpoint', 'https://rustfs.example:9000');
}

/** The address that links name: scheme, host and port, since a signature covers the path. */
export function parsePublicEndpoint(text: string): string {
  const address = parsePlainUrl(text, '--public-endpoint', 'https://share.example.com');
  if (new URL(address).pathname === '/') return address;
  throw usageError(
    `--public-endpoint ${quote(address)} has a path after the host, which no signed link can have.`,
    'Give the host and port alone, and let the proxy hand requests on with their path and Host header as they are.',
  );
}

/** A proxy's address. User names and passwords in it are refused: arguments can be read by others on this computer. */
export function parseProxy(text: string): string {
  return parsePlainUrl(text, '--proxy', 'http://proxy.example:3128');
}

function parsePlainUrl(text: string, option: string, example: string): string {
  const shown = quote(text.replace(/^((?:[a-z]+:)?\/{0,2})[^/]*@/i, '$1'));
  const hasScheme = /^https?:\/\//i.test(text);
  if (!hasScheme && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const guess = `http://${text}`;
    const isAddress = !text.includes('@') && URL.canParse(guess);
    throw usageError(
      `${option} ${shown} has no http:// or https:// in front.`,
      isAddress ? `Did you mean ${guess} ?` : `Write it like ${example}`,
    );
  }
  const url = hasScheme && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw usageError(`${option} ${shown} is not an http or https address.`, `Write it like ${example}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError(
      `${option} holds a user name or password, which others on this computer could read.`,
      option === '--proxy'
        ? `Give the address alone, like ${example}, and the rest with --proxy-user NAME --proxy-password-env VAR.`
        : `Give the address alone, like ${example}`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw usageError(`${option} ${shown} has a "?" or "#" in it.`, `Give the address alone, like ${url.origin}`);
  }
  return text.replace(/\/+$/, '');
}

/** SHA-256 of a certificate, in any usual spelling, as colon-separated upper-case hex. */
export function parseFingerprint(text: string): string {
  const digits = text.replace(/^sha-?256[:=\s]/i, '').replace(/[:\s]/g, '');
  if (/^[0-9a-f]{64}$/i.test(digits)) return (digits.toUpperCase().match(/../g) ?? []).join(':');
  throw usageError(
    `--trust-fingerprint ${quote(text)} is not a SHA-256 fingerprint.`,
    'It has 64 hexadecimal digits. Without the option, the fingerprint of a server that is not trusted is shown.',
  );
}
