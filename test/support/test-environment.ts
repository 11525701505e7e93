import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type {
  AccountSecret,
  Environment,
  Hashing,
  Log,
  LogFields,
  Random,
  SecretStore,
  Watch,
  WatchHint,
  WatchService,
} from '../../src/core/environment.ts';
import { SyncError } from '../../src/core/errors.ts';
import type { ObjectStore } from '../../src/core/object-store.ts';
import { MemoryFileSystem } from './memory-fs.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An Environment of which a test owns every part. */
export interface TestEnvironment extends Environment {
  readonly fs: MemoryFileSystem;
  readonly clock: VirtualClock;
  readonly log: CollectedLog;
  readonly watcher: ManualWatcher;
}

export interface TestEnvironmentOptions {
  readonly seed?: number;
  /** What `connect` gives out; without it, connecting is an error. */
  readonly store?: ObjectStore;
}

/** Makes a world that stands still: an empty disk, a clock that only the test moves, chance from a seed. */
export function createTestEnvironment(options: TestEnvironmentOptions = {}): TestEnvironment {
  const clock = new VirtualClock();
  return {
    fs: new MemoryFileSystem(clock),
    clock,
    random: new SeededRandom(options.seed ?? 1),
    log: new CollectedLog(),
    watcher: new ManualWatcher(),
    secrets: new MemorySecrets(),
    hash: nodeHashing,
    connect: () => {
      if (options.store === undefined) throw new Error('This test has no server to connect to.');
      return options.store;
    },
  };
}

/** Mulberry32: small, even enough for tests, and the same everywhere. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  id(length: number): string {
    const letters = 'abcdefghijklmnopqrstuvwxyz234567';
    return Array.from({ length }, () => letters[Math.floor(this.next() * 32)] ?? '').join('');
  }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export class CollectedLog implements Log {
  readonly lines: LogLine[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

/** A watcher that says what a test makes it say. */
export class ManualWatcher implements WatchService {
  readonly #listeners = new Map<string, Set<(hint: WatchHint) => void>>();

  async watch(root: string, _options: unknown, onHint: (hint: WatchHint) => void): Promise<Watch> {
    const listeners = this.#listeners.get(root) ?? new Set();
    this.#listeners.set(root, listeners.add(onHint));
    return { close: async () => void listeners.delete(onHint) };
  }

  say(root: string, hint: WatchHint): void {
    for (const listener of this.#listeners.get(root) ?? []) listener(hint);
  }

  watchersOf(root: string): number {
    return this.#listeners.get(root)?.size ?? 0;
  }
}

/** Secrets that are gone with the object. */
export class MemorySecrets implements SecretStore {
  readonly #secrets = new Map<string, AccountSecret>();

  async set(accountId: string, secret: AccountSecret): Promise<void> {
    this.#secrets.set(accountId, secret);
  }

  async get(accountId: string): Promise<AccountSecret> {
    const secret = this.#secrets.get(accountId);
    if (secret !== undefined) return secret;
    throw new SyncError({ code: 'no-secret', message: `No secret for ${accountId}.`, advice: 'Sign in again.' });
  }

  async delete(accountId: string): Promise<void> {
    this.#secrets.delete(accountId);
  }
}

/** Digests by Node. */
export const nodeHashing: Hashing = {
  md5: (bytes) => createHash('md5').update(bytes).digest(),
  md5Large: async (bytes) => ({ md5: createHash('md5').update(bytes).digest(), bytes }),
  crc32: (bytes) => crc32(bytes),
  startSha(algorithm) {
    const hash = createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  startMd5: () => {
    const hash = createHash('md5');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  startMd5Large: () => {
    const hash = createHash('md5');
    return { update: async (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
  },
};
