import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AsyncEntry } from '@napi-rs/keyring';
import type { AccountSecret, SecretPlace, SecretStore } from '../core/environment.ts';
import { SyncError } from '../core/errors.ts';

/** Under this name the system's keychain shows our entries. */
const SERVICE = 'RustFS Sync';

/** Secrets in the system's keychain, or, by a person's explicit choice, in a file that only its owner can read. */
export function createSecretStore(filePath: string): SecretStore {
  const places: Readonly<Record<SecretPlace, Place>> = { keychain, file: fileAt(filePath) };
  return {
    set: (accountId, secret, place) => places[place].set(accountId, JSON.stringify(secret)),
    async get(accountId, place) {
      const secret = secretIn(await places[place].get(accountId));
      if (secret === undefined) throw noSecret(place);
      return secret;
    },
    delete: (accountId, place) => places[place].delete(accountId),
  };
}

/** What we wrote; nothing where it is not that. A parser would quote it. */
function secretIn(text = ''): AccountSecret | undefined {
  try {
    const secret = JSON.parse(text) as AccountSecret | null;
    return typeof secret?.secretAccessKey === 'string' ? secret : undefined;
  } catch {
    return undefined;
  }
}

interface Place {
  set(accountId: string, text: string): Promise<void>;
  get(accountId: string): Promise<string | undefined>;
  delete(accountId: string): Promise<void>;
}

const keychain: Place = {
  set: (accountId, text) => withKeychain(() => new AsyncEntry(SERVICE, accountId).setPassword(text)),
  get: async (accountId) => (await withKeychain(() => new AsyncEntry(SERVICE, accountId).getPassword())) ?? undefined,
  delete: async (accountId) => {
    await withKeychain(() => new AsyncEntry(SERVICE, accountId).deleteCredential());
  },
};

async function withKeychain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SyncError({
      code: 'no-keychain',
      message: "This system's keychain can not be used.",
      advice:
        'Unlock it or install one (on Linux a Secret Service such as GNOME Keyring or KWallet), or keep the secret in a file that only you can read.',
      command: 'rustfs-sync account add NAME ... --store-secret-in-file',
      detail: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

/** One JSON file for all accounts, mode 0600, replaced whole. */
function fileAt(path: string): Place {
  const readAll = async (): Promise<Record<string, string>> => {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new SyncError({
        code: 'disk-error',
        message: `The file of secret keys ${path} can not be read.`,
        advice: 'Repair it, or remove it and enter the secret keys of its accounts again.',
        // Not what is in it, which a parser quotes.
        detail: (cause as NodeJS.ErrnoException).code ?? 'It is no JSON.',
      });
    }
  };
  // One change at a time: each reads the whole file and writes it back.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const writeAll = async (secrets: Record<string, string>): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${process.pid}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(JSON.stringify(secrets, undefined, 2));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await chmod(path, 0o600);
  };
  return {
    set: (accountId, text) => inTurn(async () => writeAll({ ...(await readAll()), [accountId]: text })),
    get: async (accountId) => (await readAll())[accountId],
    delete: (accountId) =>
      inTurn(async () => {
        const secrets = await readAll();
        if (!(accountId in secrets)) return;
        await writeAll(Object.fromEntries(Object.entries(secrets).filter(([id]) => id !== accountId)));
      }),
  };
}

function noSecret(place: SecretPlace): SyncError {
  return new SyncError({
    code: 'no-secret',
    message: `The secret key of this account is not in the ${place === 'file' ? 'secrets file' : 'keychain'} any more.`,
    advice: 'Enter it again.',
    command: 'rustfs-sync account set NAME --secret-key-stdin',
  });
}
