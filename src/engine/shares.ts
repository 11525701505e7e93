import type { ShareInfo, ShareRecord } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import type { StateStore } from '../state/index.ts';
import type { Connections } from './connections.ts';
import { endpointWarnings } from './objects.ts';

/** The links that were made here. */
export class Shares {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #connections: Connections;

  constructor(environment: Environment, state: StateStore, connections: Connections) {
    this.#environment = environment;
    this.#state = state;
    this.#connections = connections;
  }

  list(): ShareRecord[] {
    const names = new Map(this.#state.accounts.list().map(({ id, name }) => [id, name]));
    return this.#state.shares.alive(this.#environment.clock.now()).map((share) => ({
      id: share.id,
      account: names.get(share.accountId) ?? '',
      bucket: share.bucket,
      key: share.key,
      kind: share.method === 'GET' ? 'download' : 'upload',
      createdMs: share.createdMs,
      expiresMs: share.expiresMs,
    }));
  }

  /** @throws SyncError invalid-argument when there is no such link any more. */
  async link(id: number): Promise<ShareInfo> {
    const share = this.#state.shares.byId(id);
    const leftSeconds = Math.floor(((share?.expiresMs ?? 0) - this.#environment.clock.now()) / 1000);
    if (share === undefined || leftSeconds < 1) {
      throw new SyncError({
        code: 'invalid-argument',
        message: 'This link has expired.',
        advice: 'Make a new one.',
      });
    }
    const { accountId, bucket, key, method, expiresMs } = share;
    const { store, account } = await this.#connections.byId(accountId);
    const url = await store.presign({ bucket, key, method, expiresInSeconds: leftSeconds });
    return { url, bucket, key, expiresMs, warnings: endpointWarnings(account.settings.endpoint) };
  }

  forget(id: number): void {
    this.#state.shares.delete(id);
  }
}
