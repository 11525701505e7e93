import type { AccountInfo, ErrorCode, SyncError } from '../../src/api/index.ts';

export type ConnectField = 'endpoint' | 'access-key' | 'secret-key';

/** The field that an error is about. */
export function fieldOf(code: ErrorCode): ConnectField | undefined {
  switch (code) {
    case 'unreachable':
    case 'timeout':
    case 'not-s3':
    case 'path-style-needed':
      return 'endpoint';
    case 'unknown-access-key':
      return 'access-key';
    case 'wrong-secret-key':
      return 'secret-key';
    default:
      return undefined;
  }
}

/** An address as people type it, with what they leave out. */
export function completeEndpoint(text: string): string {
  const address = text.trim().replace(/\/+$/, '');
  if (address === '' || address.includes('://')) return address;
  // A number or a port is a server at home; a name alone is one in the net.
  return /^(localhost|\d+\.\d+\.\d+\.\d+|\[)|:\d+$/.test(address) ? `http://${address}` : `https://${address}`;
}

/** The name that was given, or one made of the host's that commands can say too, with a number where it is taken. */
export function freeName(
  { name, endpoint }: { readonly name: string; readonly endpoint: string },
  accounts: readonly Pick<AccountInfo, 'name'>[],
): string {
  if (name.trim() !== '') return name.trim();
  const host = URL.parse(completeEndpoint(endpoint))?.hostname ?? '';
  const wanted =
    host
      .replace(/[^\p{L}\p{N}.]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 56) || 'RustFS';
  const taken = new Set(accounts.map((account) => account.name));
  for (let number = 1; ; number++) {
    const free = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(free)) return free;
  }
}

/** The SHA-256 fingerprint of a certificate that an error names. */
export function fingerprintIn({ message, advice, detail }: SyncError): string | undefined {
  return /([0-9A-F]{2}:){31}[0-9A-F]{2}/.exec([message, advice, detail].join(' '))?.[0];
}

/** A bucket's name made of a folder's. */
export function bucketNameFor(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name.length >= 3 ? name : '';
}
