import type { StoreTarget } from '../core/object-store.ts';
import { parseHttpUrl } from './address.ts';

/**
 * The proxy of an account, with the name and password for it: not for anybody's eyes.
 *
 * @throws SyncError invalid-argument for an unusable address.
 */
export function proxyOf({ settings, secret }: StoreTarget): URL | undefined {
  if (settings.proxy === undefined) return undefined;
  const url = parseHttpUrl(settings.proxy, 'The proxy address');
  if (secret.proxy !== undefined) {
    url.username = encodeURIComponent(secret.proxy.user);
    url.password = encodeURIComponent(secret.proxy.password);
  }
  return url;
}
