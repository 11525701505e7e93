import { expect } from 'vitest';
import { compositeEtag } from '../../../src/core/etag.ts';
import { MIN_PART_BYTES } from '../../../src/core/parts.ts';
import type { UploadContext, UploadJob } from '../../../src/transfer/index.ts';
import { uploadInParts } from '../../../src/transfer/upload-multipart.ts';
import { refusal, type StoreCall } from '../../support/memory-store.ts';
import { nodeHashing } from '../../support/test-environment.ts';
import {
  expectNothingLeft,
  KEY,
  LARGE,
  md5Of,
  never,
  onNext,
  ROOT,
  storedContent,
  type UploadWorld,
} from './upload-world.ts';

export const FILE = `${ROOT}/${KEY}`;
export const ETAG = etagOf(LARGE);

export function etagOf(content: Uint8Array): string {
  const parts = [0, 1, 2].map((n) => md5Of(content.subarray(n * MIN_PART_BYTES, (n + 1) * MIN_PART_BYTES)));
  return compositeEtag(parts, (bytes) => nodeHashing.md5(bytes));
}

export const UPLOADED = { kind: 'uploaded', etag: ETAG, partSizeBytes: MIN_PART_BYTES };

export function upload(world: UploadWorld, context: UploadContext = world.newContext(), job: UploadJob = world.job()) {
  return world.environment.clock.run(uploadInParts(context, job, never));
}

/** Part numbers that were sent, in order. */
export function partsSent(world: UploadWorld): number[] {
  return world.store
    .callsOf('uploadPart')
    .map((call) => call.partNumber ?? 0)
    .sort((a, b) => a - b);
}

export const isPart = (partNumber: number) => (call: StoreCall) =>
  call.op === 'uploadPart' && call.partNumber === partNumber;
export const isOp = (op: StoreCall['op']) => (call: StoreCall) => call.op === op;

/** An attempt that ends with part 3 refused: parts 1 and 2 are acknowledged and journalled. */
export async function firstAttempt(world: UploadWorld, job: UploadJob = world.job()): Promise<void> {
  onNext(world.store, isPart(3), () => ({ when: 'before', error: refusal('access-denied') }));
  await expect(upload(world, undefined, job)).rejects.toMatchObject({ code: 'access-denied' });
  expect(world.store.uploadIds('bucket')).toHaveLength(1);
  world.store.calls.length = 0;
  world.progress.length = 0;
}

export async function expectUploaded(
  world: UploadWorld,
  context?: UploadContext,
  content: Uint8Array = LARGE,
): Promise<void> {
  expect(storedContent(world)).toBeDefined();
  expect(Buffer.compare(storedContent(world) ?? Buffer.alloc(0), content)).toBe(0);
  await expectNothingLeft(world, context);
}
