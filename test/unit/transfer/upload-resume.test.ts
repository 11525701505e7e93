import { describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../../src/core/parts.ts';
import { uploadInParts } from '../../../src/transfer/upload-multipart.ts';
import { refusal } from '../../support/memory-store.ts';
import { nodeHashing } from '../../support/test-environment.ts';
import {
  FILE,
  etagOf,
  UPLOADED,
  upload,
  partsSent,
  isPart,
  isOp,
  firstAttempt,
  expectUploaded,
} from './multipart-steps.ts';
import { agreedBase, createUploadWorld, KEY, LARGE, onNext, OTHER_LARGE } from './upload-world.ts';

describe('after an interruption', () => {
  test('only what was not acknowledged is sent', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    const context = world.newContext();
    expect(await upload(world, context)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([3]);
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
    await expectUploaded(world, context);
  });

  test('a part that the server acknowledged and the journal does not know is read again, not sent again', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    const journalled = world.state.uploads.find({ accountId: 'acc', bucket: 'bucket', key: KEY });
    const id = journalled?.id ?? 0;
    const known = world.state.uploads.parts(id);
    world.state.uploads.delete(id);
    const again = world.state.uploads.begin(
      { accountId: 'acc', bucket: 'bucket', key: KEY },
      undefined,
      world.job().local,
      MIN_PART_BYTES,
      0,
    );
    world.state.uploads.setUploadId(again, journalled?.uploadId ?? '');
    for (const part of known.slice(1)) world.state.uploads.putPart(again, part);
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([3]);
    await expectUploaded(world);
  });

  test('a part that is not what the file holds is sent again', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    const [uploadId = ''] = world.store.uploadIds('bucket');
    const body = new Uint8Array(MIN_PART_BYTES);
    const check = { kind: 'md5', md5: nodeHashing.md5(body) } as const;
    await world.store.uploadPart({ bucket: 'bucket', key: KEY, uploadId, partNumber: 2, body, check });
    world.store.calls.length = 0;
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([2, 3]);
    await expectUploaded(world);
  });

  test('a file of which nothing but the ctime moved keeps its parts after they were read again', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    world.environment.fs.setMode(FILE, { executable: true });
    world.environment.fs.calls.length = 0;
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([3]);
    expect(world.environment.fs.calls.filter((call) => call.op === 'read')).toHaveLength(3);
    await expectUploaded(world);
  });

  test('a file that was written to starts anew, and the old upload is aborted', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    world.environment.fs.write(FILE, OTHER_LARGE);
    expect(await upload(world)).toMatchObject({ kind: 'uploaded', etag: etagOf(OTHER_LARGE) });
    expect(partsSent(world)).toEqual([1, 2, 3]);
    await expectUploaded(world, undefined, OTHER_LARGE);
  });

  test('a file that has base’s content again is not sent, and the old upload is aborted', async () => {
    const world = createUploadWorld(OTHER_LARGE);
    expect((await upload(world)).kind).toBe('uploaded');
    const etag = etagOf(OTHER_LARGE);
    const base = agreedBase(world, etag, { partSizeBytes: MIN_PART_BYTES });
    world.environment.fs.write(FILE, LARGE);
    const expectation = { base, expect: { kind: 'etag', etag } } as const;
    await firstAttempt(world, world.job(expectation));
    world.environment.fs.write(FILE, OTHER_LARGE);
    expect(await upload(world, undefined, world.job(expectation))).toEqual({ kind: 'unchanged' });
    await expectUploaded(world, undefined, OTHER_LARGE);
  });

  test('the whole file is not hashed once more before its parts go on', async () => {
    const world = createUploadWorld(OTHER_LARGE);
    await upload(world);
    const etag = etagOf(OTHER_LARGE);
    const base = agreedBase(world, etag, { partSizeBytes: MIN_PART_BYTES });
    world.environment.fs.write(FILE, LARGE);
    const expectation = { base, expect: { kind: 'etag', etag } } as const;
    await firstAttempt(world, world.job(expectation));
    world.environment.fs.calls.length = 0;
    expect(await upload(world, undefined, world.job(expectation))).toEqual(UPLOADED);
    expect(world.environment.fs.calls.filter((call) => call.op === 'read')).toHaveLength(1);
  });

  test('by the person, the journal stays and the next attempt goes on from it', async () => {
    const world = createUploadWorld(LARGE);
    const controller = new AbortController();
    onNext(world.store, isPart(3), () => {
      controller.abort();
      return undefined;
    });
    const work = uploadInParts(world.newContext(), world.job(), controller.signal);
    await expect(world.environment.clock.run(work)).rejects.toMatchObject({ code: 'cancelled' });
    const kept = world.state.uploads.listAll();
    expect(kept).toHaveLength(1);
    const sent = partsSent(world);
    const onServer = [
      ...(world.store.model
        .bucket('bucket')
        .uploads.get(kept[0]?.uploadId ?? '')
        ?.parts.keys() ?? []),
    ];
    world.store.calls.length = 0;
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual(sent.filter((n) => !onServer.includes(n)));
    await expectUploaded(world);
  });

  test.each(['access-denied', 'not-supported'] as const)(
    'goes on by what was noted where the parts may not be listed (%s)',
    async (code) => {
      const world = createUploadWorld(LARGE);
      await firstAttempt(world);
      world.store.onCall = (call) => (isOp('listParts')(call) ? { when: 'before', error: refusal(code) } : undefined);
      expect(await upload(world)).toEqual(UPLOADED);
      expect(partsSent(world)).toEqual([3]);
      await expectUploaded(world);
    },
  );

  test('an upload of no parts that the server can not list is started again', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isOp('uploadPart'), () => ({ when: 'before', error: refusal('access-denied') }));
    const noParts = world.store.onCall;
    world.store.onCall = (call) =>
      isOp('uploadPart')(call) ? { when: 'before', error: refusal('access-denied') } : noParts?.(call);
    await expect(upload(world)).rejects.toMatchObject({ code: 'access-denied' });
    world.store.onCall = (call) =>
      isOp('listParts')(call) ? { when: 'before', error: refusal('server-error') } : undefined;
    expect(await upload(world)).toEqual(UPLOADED);
    await expectUploaded(world);
  });
});
