import type { Environment } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';
import type { UploadNotes } from '../core/journal.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { AccountRow, StateStore } from '../state/index.ts';
import { CircuitBreaker, Requests } from '../transfer/index.ts';
import { orAborted } from './or-aborted.ts';

/** An account's server, as all folders of the account share it. */
export interface Connection {
  readonly account: AccountRow;
  readonly store: ObjectStore;
  /** Where uploads are noted that nobody takes up again. */
  readonly uploadNotes: UploadNotes;
  readonly breaker: CircuitBreaker;
  readonly requests: Requests;
}

/** One connection an account, opened when it is first needed. */
export class Connections {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #onChange: () => void;
  readonly #open = new Map<string, Promise<Connection>>();
  /** Those of them that are open by now: a keychain may ask its person first, for as long as that takes. */
  readonly #opened = new Map<string, Connection>();

  /** @param onChange called when a server became reachable or unreachable. */
  constructor(environment: Environment, state: StateStore, onChange: () => void) {
    this.#environment = environment;
    this.#state = state;
    this.#onChange = onChange;
  }

  /**
   * @param signal ends the wait for a keychain that asks its person first.
   * @throws SyncError unknown-account, no-secret, no-keychain; cancelled
   */
  async byId(accountId: string, signal?: AbortSignal): Promise<Connection> {
    const opening = this.#opening(accountId);
    return signal === undefined ? opening : orAborted(opening, signal);
  }

  #opening(accountId: string): Promise<Connection> {
    const existing = this.#open.get(accountId);
    if (existing !== undefined) return existing;
    const opening = this.#connect(accountId);
    this.#open.set(accountId, opening);
    const isWanted = () => this.#open.get(accountId) === opening;
    opening.then(
      (connection) => isWanted() && this.#opened.set(accountId, connection),
      () => isWanted() && this.#open.delete(accountId),
    );
    return opening;
  }

  async byName(name: string): Promise<Connection> {
    return this.byId(requireAccount(this.#state, name).id);
  }

  /** What is known of an account's server now, without opening a connection. */
  peek(accountId: string): Connection | undefined {
    return this.#opened.get(accountId);
  }

  /** Whether some server can not be reached at present. */
  isOffline(): boolean {
    return [...this.#opened.values()].some(({ breaker }) => breaker.state.kind === 'unreachable');
  }

  /**
   * Tries servers that could not be reached at once. Their connections are ended, and with `drop` everybody's, so that
   * nothing waits on dead ones.
   */
  retryNow({ drop }: { readonly drop: boolean }): void {
    for (const { store, breaker } of this.#opened.values()) {
      if (drop || breaker.state.kind === 'unreachable') store.dropConnections();
      breaker.retryNow();
    }
  }

  /** Ends an account's connection; whoever asks for it next gets a new one. */
  async forget(accountId: string): Promise<void> {
    const isOpen = this.#opened.has(accountId);
    const opening = this.#open.get(accountId);
    this.#open.delete(accountId);
    this.#opened.delete(accountId);
    // One that could not be opened has told so whoever asked for it.
    const closed = opening?.then(
      ({ store }) => store.close(),
      () => undefined,
    );
    // One that is still to be opened is closed then.
    if (isOpen) await closed;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.forget(id)));
  }

  async #connect(accountId: string): Promise<Connection> {
    const { clock, random, secrets } = this.#environment;
    const account = this.#state.accounts.byId(accountId);
    if (account === undefined) throw unknownAccount(accountId, this.#state);
    const secret = await secrets.get(account.id, account.secretPlace);
    const uploadNotes = this.#state.passingUploads.notesOf(account.id);
    const store = this.#environment.connect({ settings: account.settings, secret, uploadNotes });
    const breaker = new CircuitBreaker(clock, random, this.#onChange);
    const requests = new Requests(clock, random, breaker, (signal) => store.listBuckets(signal));
    return { account, store, uploadNotes, breaker, requests };
  }
}

/** @throws SyncError unknown-account, naming those that there are. */
export function requireAccount(state: StateStore, name: string): AccountRow {
  const account = state.accounts.byName(name);
  if (account === undefined) throw unknownAccount(name, state);
  return account;
}

function unknownAccount(name: string, state: StateStore): SyncError {
  const names = state.accounts.list().map((account) => account.name);
  return new SyncError({
    code: 'unknown-account',
    message: `There is no account called ${JSON.stringify(name)}.`,
    advice: names.length === 0 ? 'Add one first.' : `Use one of these: ${names.join(', ')}.`,
    ...(names.length === 0 && { command: 'rustfs-sync account add NAME --endpoint URL --access-key KEY' }),
  });
}
