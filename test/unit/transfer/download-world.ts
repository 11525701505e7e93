import { expect, onTestFinished } from 'vitest';
import type { DownloadJournal } from '../../../src/core/journal.ts';
import { MIN_PART_BYTES } from '../../../src/core/parts.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import { StateStore } from '../../../src/state/index.ts';
import { BUFFER_BYTES, REQUEST_UNITS } from '../../../src/transfer/budget.ts';
import {
  CircuitBreaker,
  downloadFile,
  RateLimiter,
  Requests,
  TransferBudget,
  type DownloadContext,
  type DownloadJob,
  type DownloadResult,
} from '../../../src/transfer/index.ts';
import { MemoryStore, type StoreCall, type StoreFault, type StoreTraits } from '../../support/memory-store.ts';
import { createTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

export const ROOT = '/root';
export const PATH = 'docs/report.txt' as RelativePath;
export const FILE = `${ROOT}/${PATH}`;
export const STAMP = '2026-01-01T000000Z-aaaa';
export const never: AbortSignal = new AbortController().signal;
export const MIB = 1024 * 1024;

/** Three parts: 8 MiB, 8 MiB, and seven bytes. Each differs from the others. */
export const LARGE = patterned(16 * MIB + 7, 'first');
export const OTHER_LARGE = patterned(16 * MIB + 7, 'other');
/** The parts in which we upload it. */
export const OWN_PARTS: readonly number[] = [MIN_PART_BYTES, MIN_PART_BYTES, 7];

/** An empty disk, a bucket, and all that a download needs between them. */
export interface DownloadWorld {
  readonly environment: TestEnvironment;
  readonly store: MemoryStore;
  readonly state: StateStore;
  readonly progress: number[];
  /** A context as after a start of the program: breaker and budget are new, journal, disk and server as they were. */
  newContext(journal?: DownloadJournal): DownloadContext;
  /** A job for the object as it now is. */
  job(changes?: Partial<DownloadJob>): DownloadJob;
}

export function createDownloadWorld(traits: Partial<StoreTraits> = {}): DownloadWorld {
  const environment = createTestEnvironment();
  const { fs, clock, random } = environment;
  fs.makeDirectory(ROOT);
  const store = new MemoryStore(clock, traits);
  store.model.createBucket('bucket');
  const state = StateStore.open(':memory:', 'stamp');
  onTestFinished(() => state.close());
  const settings = { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', accessKeyId: 'key', pathStyle: true };
  state.accounts.insert({ id: 'acc', name: 'home', settings, secretPlace: 'file', createdMs: 0 });
  const progress: number[] = [];
  return {
    environment,
    store,
    state,
    progress,
    newContext: (journal = state.downloads) => ({
      environment,
      store,
      requests: new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined)),
      budget: new TransferBudget(),
      limiter: new RateLimiter(clock),
      journal,
      accountId: 'acc',
      bucket: 'bucket',
    }),
    job: (changes = {}) => ({
      root: ROOT,
      path: PATH,
      key: PATH,
      remote: remoteNow(store),
      expectLocal: undefined,
      trashStamp: () => STAMP,
      onProgress: (bytes) => progress.push(bytes),
      ...changes,
    }),
  };
}

/** A large object as we upload it. */
export function largeWorld(traits: Partial<StoreTraits> = {}, metadata: Record<string, string> = {}): DownloadWorld {
  const world = createDownloadWorld(traits);
  world.store.seedParts('bucket', PATH, LARGE, OWN_PARTS, metadata);
  return world;
}

export function download(
  world: DownloadWorld,
  job: DownloadJob = world.job(),
  context: DownloadContext = world.newContext(),
  signal: AbortSignal = never,
): Promise<DownloadResult> {
  return world.environment.clock.run(downloadFile(context, job, signal));
}

/** The file has this content; nothing is left over on the disk, in the journal, open or held. */
export async function expectPlaced(
  world: DownloadWorld,
  content: Uint8Array | string,
  context?: DownloadContext,
): Promise<void> {
  expect(Buffer.compare(world.environment.fs.contentOf(FILE) ?? Buffer.alloc(0), Buffer.from(content))).toBe(0);
  expect(temporaryFiles(world)).toEqual([]);
  expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
  await expectNothingHeld(world, context);
}

/** Fails with a StalledError where the budget is still held. */
export async function expectNothingHeld(world: DownloadWorld, context?: DownloadContext): Promise<void> {
  expect(world.environment.fs.openFiles).toBe(0);
  expect(world.store.openBodies).toBe(0);
  if (context === undefined) return;
  const release = await world.environment.clock.run(context.budget.acquire(BUFFER_BYTES, REQUEST_UNITS, never));
  release();
}

/** The text of a file, or undefined when there is none. */
export function textOf({ environment }: DownloadWorld, path = FILE): string | undefined {
  const content = environment.fs.contentOf(path);
  return content && Buffer.from(content).toString();
}

export function temporaryFiles({ environment }: DownloadWorld): string[] {
  return environment.fs.filesBelow(ROOT).filter((path) => path.startsWith('.rustfs-sync/tmp/'));
}

export function trashedFiles({ environment }: DownloadWorld): string[] {
  return environment.fs.filesBelow(ROOT).filter((path) => path.startsWith('.rustfs-sync/trash/'));
}

/** First bytes of the ranges that were asked for, in order of place. */
export function rangesFetched({ store }: DownloadWorld): number[] {
  return store
    .callsOf('get')
    .map((call) => call.offset ?? 0)
    .sort((a, b) => a - b);
}

export const isOp = (op: StoreCall['op']) => (call: StoreCall) => call.op === op;
/** The request for the n-th part of {@link LARGE}, from 1. */
export const isPart = (n: number) => (call: StoreCall) => call.op === 'get' && call.offset === (n - 1) * MIN_PART_BYTES;

/** Makes the next call of a kind go wrong, or something happen before it; calls after that go through. */
export function onNext(
  { store }: DownloadWorld,
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

function remoteNow(store: MemoryStore): DownloadJob['remote'] {
  const listed = store.model.listObjects('bucket', { prefix: PATH }).objects.find((one) => one.key === PATH);
  if (listed === undefined) return { etag: '0'.repeat(32), sizeBytes: 1 };
  return { etag: store.shownEtag(listed.etag), sizeBytes: listed.content.sizeBytes };
}

function patterned(sizeBytes: number, seed: string): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const pattern = Buffer.from(`${seed} and so on `);
  for (let offset = 0; offset < bytes.length; offset += 4_096) {
    bytes.set(pattern.subarray(0, Math.min(pattern.length, bytes.length - offset)), offset);
    bytes[Math.min(offset + 100, bytes.length - 1)] = (offset / 4_096) % 251;
  }
  return bytes;
}
