import { createHash } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import type { BaseEntry } from '../../../src/core/entries.ts';
import { hexOfBytes } from '../../../src/core/etag.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import { StateStore } from '../../../src/state/index.ts';
import { BUFFER_BYTES, REQUEST_UNITS } from '../../../src/transfer/budget.ts';
import {
  CircuitBreaker,
  RateLimiter,
  Requests,
  TransferBudget,
  type UploadContext,
  type UploadJob,
} from '../../../src/transfer/index.ts';
import { MemoryStore, type StoreCall, type StoreFault, type StoreTraits } from '../../support/memory-store.ts';
import { createTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

export const ROOT = '/root';
export const KEY = 'docs/report.txt';
export const never: AbortSignal = new AbortController().signal;
const MIB = 1024 * 1024;

/** Three parts: 8 MiB, 8 MiB, and seven bytes. Each differs from the others. */
export const LARGE = largeContent('first');
export const OTHER_LARGE = largeContent('other');

/** A disk with one file, an empty bucket, and all that a transfer needs between them. */
export interface UploadWorld {
  readonly environment: TestEnvironment;
  readonly store: MemoryStore;
  readonly state: StateStore;
  /** A context as after a start of the program: breaker and budget are new, journal and server as they were. */
  newContext(): UploadContext;
  /** A job for the file as it now is. */
  job(changes?: Partial<UploadJob>): UploadJob;
  readonly progress: number[];
}

export function createUploadWorld(content: Uint8Array | string, traits: Partial<StoreTraits> = {}): UploadWorld {
  const environment = createTestEnvironment();
  const { fs, clock, random } = environment;
  fs.write(`${ROOT}/${KEY}`, content);
  const store = new MemoryStore(clock, traits);
  store.model.createBucket('bucket');
  const state = stateWithAccount();
  const progress: number[] = [];
  return {
    environment,
    store,
    state,
    progress,
    newContext: () => ({
      environment,
      store,
      requests: new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined)),
      budget: new TransferBudget(),
      limiter: new RateLimiter(clock),
      journal: state.uploads,
      notes: state.passingUploads.notesOf('acc'),
      accountId: 'acc',
      bucket: 'bucket',
      owner: 'folder',
      keepsExecutable: async () => true,
      capabilities: {
        conditionalPut: true,
        conditionalComplete: true,
        conditionalDelete: true,
        partCrc32: traits.encrypted !== true,
        ...traits,
      },
    }),
    job: (changes = {}) => ({
      root: ROOT,
      diskPath: KEY,
      key: KEY,
      local: fs.statNow(`${ROOT}/${KEY}`),
      expect: { kind: 'absent' },
      base: undefined,
      onProgress: (bytes) => progress.push(bytes),
      ...changes,
    }),
  };
}

function stateWithAccount(): StateStore {
  const state = StateStore.open(':memory:', 'stamp');
  onTestFinished(() => state.close());
  state.accounts.insert({
    id: 'acc',
    name: 'home',
    settings: { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', accessKeyId: 'key', pathStyle: true },
    secretPlace: 'file',
    createdMs: 0,
  });
  return state;
}

/** What both sides agreed on when the file was as it now is and `etag` was under the key. */
export function agreedBase(world: UploadWorld, etag: string, changes: Partial<BaseEntry> = {}): BaseEntry {
  return {
    ...world.environment.fs.statNow(`${ROOT}/${KEY}`),
    path: KEY as RelativePath,
    etag,
    retained: false,
    ...changes,
  };
}

/** Makes the next call of a kind go wrong, or something happen before it; calls after that go through. */
export function onNext(
  store: MemoryStore,
  matches: (call: StoreCall) => boolean,
  happens: (call: StoreCall) => StoreFault | undefined,
): void {
  let isOver = false;
  store.onCall = (call) => {
    if (isOver || !matches(call)) return undefined;
    isOver = true;
    return happens(call);
  };
}

/** Nothing is left over: no unfinished upload on the server, none in the journal, no open file, no held budget. */
export async function expectNothingLeft(world: UploadWorld, context?: UploadContext): Promise<void> {
  expect(world.store.uploadIds('bucket')).toEqual([]);
  expect(world.state.uploads.listAll()).toEqual([]);
  expect(world.environment.fs.openFiles).toBe(0);
  if (context !== undefined) await expectBudgetFree(world, context);
}

/** Fails with a StalledError where something is still held. */
export async function expectBudgetFree(world: UploadWorld, context: UploadContext): Promise<void> {
  const release = await world.environment.clock.run(context.budget.acquire(BUFFER_BYTES, REQUEST_UNITS, never));
  release();
}

export function storedContent(world: UploadWorld): Uint8Array | undefined {
  return world.store.contents('bucket').get(KEY);
}

export function md5Of(content: Uint8Array | string): string {
  return hexOfBytes(createHash('md5').update(content).digest());
}

function largeContent(seed: string): Uint8Array {
  const bytes = new Uint8Array(16 * MIB + 7);
  const pattern = Buffer.from(`${seed} and so on `);
  for (let offset = 0; offset < bytes.length; offset += 4_096) {
    bytes.set(pattern.subarray(0, Math.min(pattern.length, bytes.length - offset)), offset);
    bytes[Math.min(offset + 100, bytes.length - 1)] = (offset / 4_096) % 251;
  }
  return bytes;
}
