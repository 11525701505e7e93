import type { AccountInfo, CommandRequest } from '../api/index.ts';
import { ACCOUNT_NAME_RULE, isAccountName } from '../core/account-name.ts';
import type { AccountSecret, Environment } from '../core/environment.ts';
import { asSyncError, hasCode, SyncError } from '../core/errors.ts';
import type { AccountSettings, ObjectStore } from '../core/object-store.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import type { AccountRow, StateStore } from '../state/index.ts';
import { changedAccount, isAnotherWay, placeOf, signsInAnew, type Change } from './account-change.ts';
import { changedSecret, secretOf } from './account-secret.ts';
import { checkEndpoint, checkProxy, withoutUserinfo } from './check-endpoint.ts';
import { requireAccount, type Connections } from './connections.ts';
import { Turns } from './turns.ts';

/** Adding, testing, changing and removing accounts. */
export class Accounts {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #connections: Connections;
  readonly #signingIn = new Turns();

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
    checkName(request.name);
    this.#requireFree(request.name);
    const settings = settingsOf(request);
    const secret = secretOf(request);
    await this.#trySignIn(settings, secret, signal);
    const row: AccountRow = {
      id: this.#environment.random.id(10),
      name: request.name,
      settings,
      ...(request.publicEndpoint !== undefined && { publicEndpoint: checkEndpoint(request.publicEndpoint) }),
      secretPlace: placeOf(request.storeSecretInFile),
      createdMs: this.#environment.clock.now(),
    };
    await this.#environment.secrets.set(row.id, secret, row.secretPlace);
    try {
      accounts.insert(row);
    } catch (error) {
      await this.#environment.secrets.delete(row.id, row.secretPlace);
      // While it signed in, another one may have got the name.
      this.#requireFree(request.name);
      throw error;
    }
    return accountInfoOf(row);
  }

  #requireFree(name: string): void {
    if (this.#state.accounts.byName(name) === undefined) return;
    throw new SyncError({
      code: 'account-exists',
      message: `There is an account called ${JSON.stringify(name)} already.`,
      advice: 'Choose another name, or change that account.',
      command: 'rustfs-sync account set NAME',
    });
  }

  list(): AccountInfo[] {
    return this.#state.accounts.list().map(accountInfoOf);
  }

  /** @returns how many buckets the account can see; 0 where it may not list them. */
  async test(name: string, signal: AbortSignal): Promise<{ buckets: number }> {
    const { store } = await this.#connections.byName(name);
    return { buckets: await signIn(store, signal) };
  }

  /**
   * Changes how an account signs in and how its server is reached; what is not given stays. It signs in with all of it
   * first, so that a wrong key changes nothing.
   *
   * @returns the account, and whether its server is to be reached in another way from now on.
   * @throws SyncError what is wrong with the keys or the way; invalid-argument, unknown-account, no-secret, no-keychain.
   */
  async set(change: Change, signal: AbortSignal): Promise<{ account: AccountInfo; reconnects: boolean }> {
    const reconnects = signsInAnew(change);
    // One at a time: the secret that another change was tried with would come back, and with the keys or the proxy of this one.
    if (reconnects) await this.#signingIn.take(() => this.#setSigningIn(change, signal), signal);
    else this.#state.accounts.update(changedAccount(requireAccount(this.#state, change.name), change));
    return { account: accountInfoOf(requireAccount(this.#state, change.name)), reconnects };
  }

  async #setSigningIn(change: Change, signal: AbortSignal): Promise<void> {
    const old = requireAccount(this.#state, change.name);
    const row = changedAccount(old, change);
    const secret = await this.#changedSecret(old, row, change);
    await this.#trySignIn(row.settings, secret, signal);
    await this.#replace(change, secret);
    await this.#connections.forget(row.id);
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

  async #trySignIn(settings: AccountSettings, secret: AccountSecret, signal: AbortSignal): Promise<void> {
    const store = this.#environment.connect({ settings, secret });
    try {
      await signIn(store, signal);
    } finally {
      store.close();
    }
  }

  async #changedSecret(old: AccountRow, { settings }: AccountRow, change: Change): Promise<AccountSecret> {
    const { secretAccessKey, ...others } = changedSecret(await this.#knownSecret(old, change), change);
    const isOfAnother = settings.accessKeyId !== old.settings.accessKeyId && change.secretAccessKey === undefined;
    if (secretAccessKey !== undefined && !isOfAnother) return { secretAccessKey, ...others };
    throw new SyncError({
      code: 'invalid-argument',
      message: 'The secret key of the new access key is missing.',
      advice: 'Give both keys.',
    });
  }

  /** Nothing where it is gone and a new one is given. */
  async #knownSecret({ id, secretPlace }: AccountRow, change: Change): Promise<Partial<AccountSecret>> {
    try {
      return await this.#environment.secrets.get(id, secretPlace);
    } catch (error) {
      if (change.secretAccessKey !== undefined && hasCode(error, 'no-secret', 'no-keychain')) return {};
      throw error;
    }
  }

  /** The row and the secret, both or none of them. */
  async #replace(change: Change, secret: AccountSecret): Promise<void> {
    const { accounts } = this.#state;
    const { secrets, log } = this.#environment;
    // While it signed in, another change may have been made.
    const old = requireAccount(this.#state, change.name);
    const row = changedAccount(old, change);
    accounts.update(row);
    try {
      await secrets.set(row.id, secret, row.secretPlace);
    } catch (error) {
      accounts.update(old);
      throw error;
    }
    if (isAnotherWay(old.settings, row.settings)) accounts.forgetCapabilities(row.id);
    if (row.secretPlace === old.secretPlace) return;
    try {
      await secrets.delete(old.id, old.secretPlace);
    } catch (error) {
      log.warn('The secret could not be removed from its old place', { error: asSyncError(error).message });
    }
  }
}

/** No face gives a name that another one can not say. */
function checkName(name: string): void {
  if (isAccountName(name)) return;
  throw new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(name)} can not be the name of an account.`,
    advice: ACCOUNT_NAME_RULE,
  });
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
    ...(proxy !== undefined && { proxy: checkProxy(proxy) }),
  };
}

export function accountInfoOf({ id, name, settings, publicEndpoint, secretPlace }: AccountRow): AccountInfo {
  // Earlier versions took a proxy's password in its address.
  const proxy = settings.proxy === undefined ? undefined : withoutUserinfo(settings.proxy);
  return { id, name, ...settings, secretPlace, ...withoutUndefined({ proxy, publicEndpoint }) };
}
