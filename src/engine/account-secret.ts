import type { CommandRequest } from '../api/index.ts';
import type { AccountSecret } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import type { Change } from './account-change.ts';

/** What of a new account is secret. @throws SyncError invalid-argument */
export function secretOf({
  secretAccessKey,
  sessionToken,
  proxyUser,
  proxyPassword,
}: CommandRequest<'account.add'>): AccountSecret {
  return { secretAccessKey, ...withoutUndefined({ sessionToken, proxy: proxySecretOf(proxyUser, proxyPassword) }) };
}

/**
 * An account's secret after a change.
 *
 * @param known as it was.
 * @throws SyncError invalid-argument for half of the name and password of a proxy.
 */
export function changedSecret(known: Partial<AccountSecret>, change: Change): Partial<AccountSecret> {
  // A session token belongs to the key that it came with.
  const keys = change.secretAccessKey === undefined ? known : { secretAccessKey: change.secretAccessKey };
  // And a password to the proxy that it came for: no other one is shown it.
  const knownProxy = change.proxy === undefined ? known.proxy : undefined;
  const proxyUser = change.proxyUser ?? (change.proxyPassword === undefined ? undefined : knownProxy?.user);
  const proxy = proxySecretOf(proxyUser, change.proxyPassword) ?? knownProxy;
  return withoutUndefined({
    secretAccessKey: keys.secretAccessKey,
    sessionToken: change.sessionToken ?? keys.sessionToken,
    proxy,
  });
}

function proxySecretOf(user: string | undefined, password: string | undefined): AccountSecret['proxy'] {
  if (user === undefined && password === undefined) return undefined;
  if (user !== undefined && password !== undefined) return { user, password };
  throw new SyncError({
    code: 'invalid-argument',
    message: `The ${user === undefined ? 'name' : 'password'} for the proxy is missing.`,
    advice: 'Give both, or none of them for a proxy that asks for none.',
  });
}
