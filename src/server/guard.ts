import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is not served. */
export type Refusal = 'foreign-host' | 'foreign-origin' | 'no-token';

/**
 * Who may ask. A page of another site can make a browser send requests here, and by DNS rebinding even under a name of its
 * own; other programs of this computer can send anything. So three things are looked at: the Host must be this computer by
 * number or as localhost, the Origin must be ours, and whatever touches the engine must carry the token. The token is never
 * a cookie: browsers attach cookies by themselves, and they hand them to every port of a host.
 */
export class Guard {
  readonly #token: string;
  readonly #hosts: ReadonlySet<string>;

  /** @param port the port that is listened on. */
  constructor(token: string, port: number) {
    this.#token = token;
    // Browsers leave out the port of the scheme.
    const suffix = port === 80 ? '' : `:${port}`;
    this.#hosts = new Set([`127.0.0.1${suffix}`, `localhost${suffix}`]);
  }

  /** For what holds no secret, the window's own files. */
  checkHost({ headers }: IncomingMessage): Refusal | undefined {
    return this.#hosts.has(headers.host ?? '') ? undefined : 'foreign-host';
  }

  /** For what touches the engine. `token` is what the request carries. Browsers name the origin of all such requests. */
  check(request: IncomingMessage, token: string | undefined): Refusal | undefined {
    const foreign = this.checkHost(request) ?? this.#checkOrigin(request);
    if (foreign !== undefined) return foreign;
    return token !== undefined && this.#isToken(token) ? undefined : 'no-token';
  }

  #checkOrigin({ headers }: IncomingMessage): Refusal | undefined {
    const { origin, host = '' } = headers;
    const site = headers['sec-fetch-site'];
    const isOurs = origin === `http://${host}` && (site === undefined || site === 'same-origin');
    return isOurs ? undefined : 'foreign-origin';
  }

  #isToken(given: string): boolean {
    // Digests have one length, and comparing them takes the same time wherever they differ.
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(given), digest(this.#token));
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken({ headers }: IncomingMessage): string | undefined {
  const [, token] = /^Bearer ([a-z0-9]+)$/.exec(headers.authorization ?? '') ?? [];
  return token;
}
