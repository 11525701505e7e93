import type { ObjectStore, StoreTarget } from '../core/object-store.ts';
import { Connection } from './connection.ts';
import type { StoreOptions } from './options.ts';
import { S3Store } from './store.ts';

export { fetchCertificateFingerprint, parseFingerprint } from './fingerprint.ts';
export { listObjects } from './list.ts';
export { once, type ListRange, type Retry } from './list.ts';
export { listVersions } from './list-versions.ts';
export type { StoreOptions } from './options.ts';

/**
 * Opens a connection pool to an account's server; nothing is sent yet. The caller closes it.
 *
 * @throws SyncError invalid-argument for an address, certificate file, fingerprint or proxy that can not be used.
 */
export function connectObjectStore(target: StoreTarget, options: StoreOptions): ObjectStore {
  return new S3Store(new Connection(target, options));
}
