import type { AccountInfo, CommandRequest } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import type { AccountSettings, ObjectStore } from '../core/object-store.ts';
import type { AccountRow, StateStore } from '../state/index.ts';
import { requireAccount, type Connections } from './connections.ts';

/** Adding, testing and removing accounts. */
export class Accounts {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #connections: Connections;

  constructor(environment: Environment, state: StateStore, connections: Connections) {
    this.#environment = environment;
    this.#state = state;
    this.#connections = connections;
  }

  /**
   * Signs in first, then keeps the account: a wrong address or key leaves nothing behind.
   *
   * @throws SyncError what is wrong with the address or the keys; account-exists; no-keychain.
   */
  async add(request: CommandRequest<'account.add'>, signal: AbortSignal): Promise<AccountInfo> {
    const { accounts } = this.#state;
    if (accounts.byName(request.name) !== undefined) {
      throw new SyncError({
        code: 'account-exists',
        message: `There is an account called ${JSON.stringify(request.name)} already.`,
        advice: 'Choose another name, or remove that one first.',
        command: 'rustfs-sync account remove NAME',
      });
    }
    const settings = settingsOf(request);
    const secret = {
      secretAccessKey: request.secretAccessKey,
      ...(request.sessionToken !== undefined && { sessionToken: request.sessionToken }),
    };
    const store = this.#environment.connect({ settings, secret });
    try {
      await signIn(store, signal);
    } finally {
      store.close();
    }
    const row: AccountRow = {
      id: this.#environment.random.id(10),
      name: request.name,
      settings,
      ...(request.publicEndpoint !== undefined && { publicEndpoint: checkEndpoint(request.publicEndpoint) }),
      secretPlace: request.storeSecretInFile ? 'file' : 'keychain',
      createdMs: this.#environment.clock.now(),
    };
    await this.#environment.secrets.set(row.id, secret, row.secretPlace);
    try {
      accounts.insert(row);
    } catch (error) {
      await this.#environment.secrets.delete(row.id, row.secretPlace);
      throw error;
    }
    return accountInfoOf(row);
  }

  list(): AccountInfo[] {
    return this.#state.accounts.list().map(accountInfoOf);
  }

  /** @returns how many buckets the account can see; 0 where it may not list them. */
  async test(name: string, signal: AbortSignal): Promise<{ buckets: number }> {
    const { store } = await this.#connections.byName(name);
    return { buckets: await signIn(store, signal) };
  }

  /** @throws SyncError invalid-argument, unknown-account */
  set({ name, publicEndpoint }: CommandRequest<'account.set'>): AccountInfo {
    const { id } = requireAccount(this.#state, name);
    if (publicEndpoint !== undefined) {
      this.#state.accounts.setPublicEndpoint(id, publicEndpoint === null ? undefined : checkEndpoint(publicEndpoint));
    }
    return accountInfoOf(requireAccount(this.#state, name));
  }

  /** @throws SyncError account-in-use, unknown-account */
  requireUnused(name: string): AccountRow {
    const account = requireAccount(this.#state, name);
    const used = this.#state.folders.list().filter((folder) => folder.accountId === account.id);
    if (used.length > 0) {
      throw new SyncError({
        code: 'account-in-use',
        message: `The account ${JSON.stringify(name)} is used by ${used.map((folder) => folder.localRoot).join(', ')}.`,
        advice: 'Remove those folders first. No file is deleted by that.',
        command: 'rustfs-sync folder remove ID',
      });
    }
    return account;
  }

  async remove(name: string): Promise<void> {
    const account = this.requireUnused(name);
    await this.#connections.forget(account.id);
    this.#state.accounts.delete(account.id);
    await this.#environment.secrets.delete(account.id, account.secretPlace);
  }
}

/** Reaches the server and proves the keys. A key that may not list buckets is as good as one that may. */
async function signIn(store: ObjectStore, signal: AbortSignal): Promise<number> {
  try {
    return (await store.listBuckets(signal)).length;
  } catch (error) {
    if (error instanceof SyncError && error.code === 'access-denied') return 0;
    throw error;
  }
}

function settingsOf(request: CommandRequest<'account.add'>): AccountSettings {
  const { region, accessKeyId, pathStyle, caFile, trustedFingerprint, proxy } = request;
  return {
    endpoint: checkEndpoint(request.endpoint),
    region,
    accessKeyId,
    pathStyle,
    ...(caFile !== undefined && { caFile }),
    ...(trustedFingerprint !== undefined && { trustedFingerprint }),
    ...(proxy !== undefined && { proxy }),
  };
}

/** The endpoint in its one spelling: scheme, host and port. @throws SyncError invalid-argument */
export function checkEndpoint(text: string): string {
  const url = URL.parse(text);
  const problem =
    url === null || !['http:', 'https:'].includes(url.protocol)
      ? 'it must start with http:// or https://'
      : url.username !== '' || url.password !== ''
        ? 'keys do not belong into the address'
        : url.pathname !== '/' || url.search !== '' || url.hash !== ''
          ? 'it must end after the host and port; buckets and keys are given elsewhere'
          : undefined;
  if (url !== null && problem === undefined) return url.origin;
  throw new SyncError({
    code: 'invalid-argument',
    message: `The endpoint ${JSON.stringify(withoutSecrets(text))} is not usable: ${problem ?? 'it is no address'}.`,
    advice: 'Give it like http://192.168.1.100:9000 or https://rustfs.example.com.',
  });
}

/** An address without what might be a password in it. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@');
}

export function accountInfoOf(row: AccountRow): AccountInfo {
  const { id, name, settings, publicEndpoint, secretPlace } = row;
  const { endpoint, region, accessKeyId, pathStyle } = settings;
  const info = { id, name, endpoint, region, accessKeyId, pathStyle, secretPlace };
  return publicEndpoint === undefined ? info : { ...info, publicEndpoint };
}
