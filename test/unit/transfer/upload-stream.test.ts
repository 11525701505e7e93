import { describe, expect, test } from 'vitest';
import { CircuitBreaker, Requests, uploadStream, type StreamJob } from '../../../src/transfer/index.ts';
import { refusal, type StoreCall } from '../../support/memory-store.ts';
import { etagOf } from './multipart-steps.ts';
import {
  createUploadWorld,
  KEY,
  LARGE,
  md5Of,
  never,
  onNext,
  storedContent,
  type UploadWorld,
} from './upload-world.ts';

const JOB: StreamJob = {
  key: KEY,
  metadata: { mtime: '4.5' },
  contentType: 'x/y',
  expect: { kind: 'absent' },
  partSizeBytes: 8 * 1024 * 1024,
};

async function* piecesOf(content: Uint8Array, failAt = Number.POSITIVE_INFINITY) {
  for (let offset = 0; offset < content.length; offset += 300_007) {
    if (offset >= failAt) throw new Error('The stream broke.');
    yield content.subarray(offset, offset + 300_007);
  }
}

function send(world: UploadWorld, body: AsyncIterable<Uint8Array>, signal = never, job = JOB) {
  return world.environment.clock.run(uploadStream(world.newContext(), job, body, signal));
}

const isPart = (partNumber: number) => (call: StoreCall) => call.op === 'uploadPart' && call.partNumber === partNumber;
const isOp = (op: StoreCall['op']) => (call: StoreCall) => call.op === op;

function expectWhole(world: UploadWorld) {
  expect(Buffer.from(storedContent(world) ?? []).equals(LARGE)).toBe(true);
  expect(world.store.uploadIds('bucket')).toEqual([]);
}

describe('a stream of unknown length', () => {
  test.each([
    ['nothing', 0],
    ['little', 1_000],
    ['exactly one part', JOB.partSizeBytes],
  ])('of %s is one object', async (_label, size) => {
    const world = createUploadWorld('');
    const content = LARGE.subarray(0, size);
    expect(await send(world, piecesOf(content))).toBe(md5Of(content));
    expect(await world.store.head('bucket', KEY)).toMatchObject({ metadata: { mtime: '4.5' }, contentType: 'x/y' });
    expect(Buffer.from(storedContent(world) ?? []).equals(content)).toBe(true);
  });

  test.each([true, false])('of several parts is whole, checked by CRC32: %s', async (partCrc32) => {
    const world = createUploadWorld('', { partCrc32 });
    expect(await send(world, piecesOf(LARGE))).toBe(etagOf(LARGE));
    expectWhole(world);
  });

  test.each([
    ['before it was carried out', 'before'],
    ['after it was carried out', 'after'],
  ] as const)('sends a part again whose connection broke %s, and no other', async (_label, when) => {
    const world = createUploadWorld('');
    onNext(world.store, isPart(2), () => ({ when, error: refusal('unreachable') }));
    expect(await send(world, piecesOf(LARGE))).toBe(etagOf(LARGE));
    expect(world.store.callsOf('uploadPart').map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 2]);
    expectWhole(world);
  });

  /** Behind a network that lets nothing large through for a while. */
  function sendBehindBadNetwork(world: UploadWorld, badForMs: number) {
    const { clock, random } = world.environment;
    const breaker = new CircuitBreaker(clock, random, () => undefined);
    const requests = new Requests(clock, random, breaker, () => world.store.listBuckets(never));
    const badUntilMs = clock.monotonic() + badForMs;
    world.store.onCall = ({ op }) =>
      op === 'uploadPart' && clock.monotonic() < badUntilMs
        ? { when: 'before', error: refusal('unreachable') }
        : undefined;
    return clock.run(uploadStream({ ...world.newContext(), requests }, JOB, piecesOf(LARGE), never));
  }

  test('sends a part again that does not get through for half an hour, though the server answers what is small', async () => {
    const world = createUploadWorld('');
    expect(await sendBehindBadNetwork(world, 1_800_000)).toBe(etagOf(LARGE));
    expectWhole(world);
  });

  test('fails in the end where a part never gets through, and leaves nothing', async () => {
    const world = createUploadWorld('');
    const sending = sendBehindBadNetwork(world, Number.POSITIVE_INFINITY);
    await expect(sending).rejects.toMatchObject({ code: 'unreachable' });
    expect(world.environment.clock.monotonic()).toBeLessThan(3 * 3_600_000);
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test.each(['createUpload', 'completeUpload'] as const)('outlives a lost answer to %s', async (op) => {
    const world = createUploadWorld('');
    onNext(world.store, isOp(op), () => ({ when: 'after', error: refusal('unreachable') }));
    expect(await send(world, piecesOf(LARGE))).toBe(etagOf(LARGE));
    expectWhole(world);
  });

  test('outlives a lost answer to its one request', async () => {
    const world = createUploadWorld('');
    onNext(world.store, isOp('put'), () => ({ when: 'after', error: refusal('unreachable') }));
    expect(await send(world, piecesOf(LARGE.subarray(0, 9)))).toBe(md5Of(LARGE.subarray(0, 9)));
  });

  test.each([9, LARGE.length])('of %i bytes does not replace what somebody wrote meanwhile', async (size) => {
    const world = createUploadWorld('');
    onNext(world.store, isOp(size === 9 ? 'put' : 'completeUpload'), () => {
      world.store.seed('bucket', KEY, 'theirs');
      return undefined;
    });
    await expect(send(world, piecesOf(LARGE.subarray(0, size)))).rejects.toMatchObject({ code: 'precondition-failed' });
    expect(Buffer.from(storedContent(world) ?? []).toString()).toBe('theirs');
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test('that breaks leaves neither object nor parts, and ends parts that wait for a server', async () => {
    const world = createUploadWorld('');
    world.store.onCall = (call) =>
      call.op === 'uploadPart' ? { when: 'before', error: refusal('unreachable') } : undefined;
    await expect(send(world, piecesOf(LARGE, 12e6))).rejects.toThrow('The stream broke.');
    expect(storedContent(world)).toBeUndefined();
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test('that hangs ends when a part is refused', async () => {
    const world = createUploadWorld('');
    onNext(world.store, isPart(1), () => ({ when: 'before', error: refusal('access-denied') }));
    async function* hanging() {
      yield LARGE.subarray(0, 9e6);
      await new Promise(() => undefined);
    }
    await expect(send(world, hanging())).rejects.toMatchObject({ code: 'access-denied' });
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test('that is called off leaves neither object nor parts', async () => {
    const world = createUploadWorld('');
    const enough = new AbortController();
    async function* endless() {
      for (let count = 0; ; count++) {
        if (count === 12) enough.abort();
        yield LARGE.subarray(0, 2 ** 20);
      }
    }
    await expect(send(world, endless(), enough.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test('is noted while it is sent, and for as long as something of it may be on the server', async () => {
    const world = createUploadWorld('');
    const { passingUploads } = world.state;
    const noted = () => passingUploads.list('acc', 'bucket');
    const seen: unknown[] = [];
    onNext(world.store, isPart(2), () => {
      seen.push(...noted());
      return undefined;
    });
    await send(world, piecesOf(LARGE));
    expect(seen).toMatchObject([{ key: KEY, uploadId: expect.any(String) as string, isOpen: true }]);
    expect(noted()).toEqual([]);

    await expect(send(world, piecesOf(LARGE, 12e6))).rejects.toThrow('The stream broke.');
    expect(noted()).toEqual([]);

    onNext(world.store, isOp('abortUpload'), () => ({ when: 'before', error: refusal('unreachable') }));
    await expect(send(world, piecesOf(LARGE, 12e6))).rejects.toThrow('The stream broke.');
    const left = world.store.uploadIds('bucket').map((uploadId) => ({ uploadId, isOpen: false }));
    expect(left).toHaveLength(1);
    expect(noted()).toMatchObject(left);
  });

  test('that would take more parts than an object has is refused', async () => {
    const world = createUploadWorld('', { minPartSizeBytes: 1 });
    const job = { ...JOB, partSizeBytes: 1 };
    const body = piecesOf(new Uint8Array(10_001));
    await expect(send(world, body, never, job)).rejects.toMatchObject({ code: 'too-large' });
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });
});
