/** A server and keys as another program has them: what `import` makes an account of. */
export interface FoundRemote {
  readonly kind: 'remote';
  /** As the other program calls it. */
  readonly name: string;
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly pathStyle: boolean;
  /** What it is set to there that an account has no place for, in sentences. */
  readonly notes: readonly string[];
}

/** What no account can be made of. */
export interface UnusableRemote {
  readonly kind: 'unusable';
  readonly name: string;
  /** Why, and what to do instead where there is something; in sentences, without any secret. */
  readonly reason: string;
}

export type Remote = FoundRemote | UnusableRemote;

export function unusable(name: string, reason: string): UnusableRemote {
  return { kind: 'unusable', name, reason };
}

/**
 * Scheme, host and port of an address, or undefined when it is none or has more than these, such as a path.
 *
 * @param defaultScheme for an address that has none.
 */
export function originOf(address: string, defaultScheme = ''): string | undefined {
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : defaultScheme + address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const hasMore =
    url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '';
  return hasMore ? undefined : url.origin;
}

export const BAD_ADDRESS = 'Its address is not one of a server alone (http or https, host and port).';
