import { describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../../src/core/parts.ts';
import { uploadInParts } from '../../../src/transfer/upload-multipart.ts';
import { refusal } from '../../support/memory-store.ts';
import { nodeHashing } from '../../support/test-environment.ts';
import {
  FILE,
  ETAG,
  UPLOADED,
  upload,
  partsSent,
  isPart,
  isOp,
  firstAttempt,
  expectUploaded,
} from './multipart-steps.ts';
import {
  agreedBase,
  createUploadWorld,
  expectBudgetFree,
  expectNothingLeft,
  KEY,
  LARGE,
  md5Of,
  onNext,
  OTHER_LARGE,
  storedContent,
  type UploadWorld,
} from './upload-world.ts';

describe('a large file', () => {
  test('goes up in parts and leaves nothing behind', async () => {
    const world = createUploadWorld(LARGE);
    const context = world.newContext();
    world.environment.fs.setModified(FILE, 1_763_805_600_000_000_001n);
    expect(await upload(world, context)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([1, 2, 3]);
    expect((await world.store.head('bucket', KEY))?.metadata).toMatchObject({ mtime: '1763805600.000000001' });
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
    await expectUploaded(world, context);
  });

  test('of which only the times moved is hashed and not sent', async () => {
    const world = createUploadWorld(LARGE);
    await upload(world);
    const base = agreedBase(world, ETAG, { partSizeBytes: MIN_PART_BYTES });
    world.store.calls.length = 0;
    world.environment.fs.touch(FILE);
    const job = world.job({ base, expect: { kind: 'etag', etag: ETAG } });
    expect(await upload(world, undefined, job)).toEqual({ kind: 'unchanged' });
    expect(world.store.calls).toEqual([]);
    await expectUploaded(world);
  });

  test('whose object somebody deleted is sent again, though base knows its content', async () => {
    const world = createUploadWorld(LARGE);
    const job = world.job({ base: agreedBase(world, ETAG, { partSizeBytes: MIN_PART_BYTES }) });
    expect(await upload(world, undefined, job)).toEqual(UPLOADED);
  });

  test.each([true, false])('is right where the server checks a CRC32 of parts: %s', async (partCrc32) => {
    const world = createUploadWorld(LARGE, { partCrc32 });
    expect(await upload(world)).toEqual(UPLOADED);
    await expectUploaded(world);
  });

  test('is right with ETags of the server’s own where objects are encrypted', async () => {
    const world = createUploadWorld(LARGE, { encrypted: true });
    expect(await upload(world)).toMatchObject({ kind: 'uploaded', partSizeBytes: MIN_PART_BYTES });
    await expectUploaded(world);
  });

  test('that answers with another ETag than that of what was sent is an error', async () => {
    const world = createUploadWorld(LARGE);
    world.store.answeredEtag = () => `${md5Of('damaged')}-3`;
    const context = world.newContext();
    await expect(upload(world, context)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    await expectNothingLeft(world, context);
  });
});

describe('a file that moves under us', () => {
  test.each<[string, (world: UploadWorld) => void]>([
    ['is written', ({ environment }) => environment.fs.write(FILE, OTHER_LARGE)],
    ['is replaced', ({ environment }) => environment.fs.replace(FILE, LARGE)],
    ['vanishes', ({ environment }) => environment.fs.remove(FILE)],
  ])('and %s between two parts: the upload is aborted', async (_how, happens) => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isPart(1), () => {
      happens(world);
      return undefined;
    });
    const context = world.newContext();
    await expect(upload(world, context)).rejects.toMatchObject({ code: 'file-changed' });
    expect(storedContent(world)).toBeUndefined();
    await expectNothingLeft(world, context);
  });

  test('and is written after its last part was read: nothing is completed', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isPart(3), () => {
      world.environment.fs.write(FILE, OTHER_LARGE);
      return undefined;
    });
    await expect(upload(world)).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.store.callsOf('completeUpload')).toEqual([]);
    await expectNothingLeft(world);
  });

  test('and vanishes between two attempts: the old upload is aborted', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    const job = world.job();
    world.environment.fs.remove(FILE);
    await expect(upload(world, undefined, job)).rejects.toMatchObject({ code: 'file-changed' });
    await expectNothingLeft(world);
  });

  test('by its permissions alone: what was sent is not sent again', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isPart(3), () => {
      world.environment.fs.setMode(FILE, { executable: true });
      return undefined;
    });
    await expect(upload(world)).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.store.uploadIds('bucket')).toHaveLength(1);
    world.store.calls.length = 0;
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([]);
    await expectUploaded(world);
  });
});

describe('a start whose answer was lost', () => {
  test('before a crash is found by key and time and aborted, and nothing else is', async () => {
    const world = createUploadWorld(LARGE);
    const old = world.store.model.createUpload('bucket', KEY).uploadId;
    await world.environment.clock.advance(3_600_000);
    const sibling = world.store.model.createUpload('bucket', `${KEY}-2`).uploadId;
    onNext(world.store, isOp('createUpload'), () => ({ when: 'after', error: refusal('access-denied') }));
    await expect(upload(world)).rejects.toMatchObject({ code: 'access-denied' });
    expect(world.store.uploadIds('bucket')).toHaveLength(3);
    expect(await upload(world)).toEqual(UPLOADED);
    expect(world.store.uploadIds('bucket')).toEqual([old, sibling]);
    expect(world.state.uploads.listAll()).toEqual([]);
  });

  test.each(['a repeated start', 'a crash'] as const)(
    'and %s: what another computer has begun to send under that key goes on',
    async (after) => {
      const world = createUploadWorld(LARGE);
      const { uploadId } = world.store.model.createUpload('bucket', KEY);
      const body = LARGE.subarray(0, MIN_PART_BYTES);
      const check = { kind: 'md5', md5: nodeHashing.md5(body) } as const;
      await world.store.uploadPart({ bucket: 'bucket', key: KEY, uploadId, partNumber: 1, body, check });
      const error = refusal(after === 'a crash' ? 'access-denied' : 'timeout');
      onNext(world.store, isOp('createUpload'), () => ({ when: 'after', error }));
      if (after === 'a crash') await expect(upload(world)).rejects.toMatchObject({ code: 'access-denied' });
      expect(await upload(world)).toEqual(UPLOADED);
      expect(world.store.uploadIds('bucket')).toEqual([uploadId]);
    },
  );

  test('on a server that can not list an upload of no parts is aborted too', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isOp('createUpload'), () => ({ when: 'after', error: refusal('access-denied') }));
    await expect(upload(world)).rejects.toMatchObject({ code: 'access-denied' });
    world.store.onCall = (call) =>
      isOp('listParts')(call) ? { when: 'before', error: refusal('server-error') } : undefined;
    expect(await upload(world)).toEqual(UPLOADED);
    expect(world.store.uploadIds('bucket')).toEqual([]);
  });

  test('and that was repeated leaves no stray upload', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isOp('createUpload'), () => ({ when: 'after', error: refusal('timeout') }));
    expect(await upload(world)).toEqual(UPLOADED);
    await expectUploaded(world);
  });
});

describe('a completion', () => {
  test.each([true, false])(
    'whose answer was lost is found to have succeeded (server honours conditions: %s)',
    async (conditionalComplete) => {
      const world = createUploadWorld(LARGE, { conditionalComplete });
      onNext(world.store, isOp('completeUpload'), () => ({ when: 'after', error: refusal('unreachable') }));
      expect(await upload(world)).toEqual(UPLOADED);
      expect(partsSent(world)).toEqual([1, 2, 3]);
      await expectUploaded(world);
    },
  );

  test.each([true, false])(
    'after which we crashed is found to have succeeded (server honours conditions: %s)',
    async (conditionalComplete) => {
      const world = createUploadWorld(LARGE, { conditionalComplete });
      onNext(world.store, isOp('completeUpload'), () => ({ when: 'after', error: refusal('access-denied') }));
      await expect(upload(world)).rejects.toMatchObject({ code: 'access-denied' });
      world.store.calls.length = 0;
      expect(await upload(world)).toEqual(UPLOADED);
      expect(partsSent(world)).toEqual([]);
      await expectUploaded(world);
    },
  );

  test.each([true, false])(
    'that somebody overtook leaves her object alone and aborts ours (server honours conditions: %s)',
    async (conditionalComplete) => {
      const world = createUploadWorld(LARGE, { conditionalComplete });
      onNext(world.store, isPart(2), () => void world.store.seed('bucket', KEY, 'hers'));
      const context = world.newContext();
      expect(await upload(world, context)).toMatchObject({ kind: 'overtaken', remote: { etag: md5Of('hers') } });
      expect(Buffer.from(storedContent(world) ?? []).toString()).toBe('hers');
      await expectNothingLeft(world, context);
    },
  );

  test('onto an object that is gone is no failure', async () => {
    const world = createUploadWorld(LARGE);
    const job = world.job({ expect: { kind: 'etag', etag: md5Of('old') } });
    expect(await upload(world, undefined, job)).toEqual({ kind: 'overtaken', remote: undefined });
    await expectNothingLeft(world);
  });

  test('that waits for a server that is away looks again before it writes without conditions', async () => {
    const world = createUploadWorld(LARGE, { conditionalComplete: false });
    onNext(world.store, isOp('completeUpload'), () => {
      world.store.seed('bucket', KEY, 'hers');
      return { when: 'before', error: refusal('unreachable') };
    });
    expect(await upload(world)).toMatchObject({ kind: 'overtaken' });
    expect(Buffer.from(storedContent(world) ?? []).toString()).toBe('hers');
    await expectNothingLeft(world);
  });
});

describe('an upload that the server swept away', () => {
  test('between two attempts is started again', async () => {
    const world = createUploadWorld(LARGE);
    await firstAttempt(world);
    world.store.expireUploads('bucket');
    expect(await upload(world)).toEqual(UPLOADED);
    expect(partsSent(world)).toEqual([1, 2, 3]);
    await expectUploaded(world);
  });

  test.each([isPart(2), isOp('completeUpload')])(
    'in the middle of an attempt is started again at once',
    async (matches) => {
      const world = createUploadWorld(LARGE);
      onNext(world.store, matches, () => {
        world.store.expireUploads('bucket');
        return undefined;
      });
      const context = world.newContext();
      expect(await upload(world, context)).toEqual(UPLOADED);
      expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
      await expectUploaded(world, context);
    },
  );

  test('in part (it lost one) is started again at once', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isOp('completeUpload'), ({ uploadId = '' }) => {
      world.store.model.bucket('bucket').uploads.get(uploadId)?.parts.delete(2);
      return undefined;
    });
    expect(await upload(world)).toEqual(UPLOADED);
    await expectUploaded(world);
  });

  test('again and again is left alone after the second time, with nothing left behind', async () => {
    const world = createUploadWorld(LARGE);
    world.store.onCall = (call) => {
      if (call.op === 'completeUpload') world.store.expireUploads('bucket');
      return undefined;
    };
    const context = world.newContext();
    await expect(upload(world, context)).rejects.toMatchObject({ code: 'no-such-upload' });
    expect(world.store.callsOf('createUpload')).toHaveLength(2);
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
    await expectNothingLeft(world, context);
    world.store.onCall = undefined;
    expect(await upload(world)).toEqual(UPLOADED);
  });
});

describe('an upload that is lost', () => {
  test('to another command that finished it is not sent once more', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isPart(3), () => {
      world.store.seed('bucket', KEY, LARGE);
      for (const { id } of world.state.uploads.listAll()) world.state.uploads.delete(id);
      return { when: 'before', error: refusal('no-such-upload') };
    });
    expect(await upload(world)).toMatchObject({ kind: 'overtaken', remote: { sizeBytes: LARGE.length } });
    expect(world.store.callsOf('createUpload')).toHaveLength(1);
  });

  test('to another command ends nothing of that one’s', async () => {
    const world = createUploadWorld(LARGE);
    let theirs: string | undefined;
    onNext(world.store, isPart(3), () => {
      const { uploads } = world.state;
      for (const { id } of uploads.listAll()) uploads.delete(id);
      theirs = beginAsAnother(world);
      return { when: 'before', error: refusal('no-such-upload') };
    });
    expect(await upload(world)).toEqual(UPLOADED);
    expect(world.store.callsOf('completeUpload')).toMatchObject([{ uploadId: theirs }]);
  });
});

test('a file that moves under us while another command sends the new one ends nothing of that one’s', async () => {
  const world = createUploadWorld(LARGE);
  let theirs: string | undefined;
  onNext(world.store, isPart(1), () => {
    world.environment.fs.write(FILE, OTHER_LARGE);
    for (const { id } of world.state.uploads.listAll()) world.state.uploads.delete(id);
    theirs = beginAsAnother(world);
    return undefined;
  });
  await expect(upload(world)).rejects.toMatchObject({ code: 'file-changed' });
  expect(world.state.uploads.listAll()).toMatchObject([{ uploadId: theirs }]);
  expect(world.store.uploadIds('bucket')).toContain(theirs);
});

test('what another command began to send while the object was looked at is gone on with', async () => {
  const world = createUploadWorld(LARGE);
  let theirs: string | undefined;
  onNext(world.store, isOp('head'), () => {
    theirs = beginAsAnother(world);
    return undefined;
  });
  expect(await upload(world)).toEqual(UPLOADED);
  expect(world.store.callsOf('createUpload')).toEqual([]);
  expect(world.store.callsOf('completeUpload')).toMatchObject([{ uploadId: theirs }]);
  await expectUploaded(world);
});

/** Another command that sends the same file. @returns the id of its upload. */
function beginAsAnother(world: UploadWorld): string {
  const { uploadId } = world.store.model.createUpload('bucket', KEY);
  const target = { accountId: 'acc', bucket: 'bucket', key: KEY };
  const { uploads } = world.state;
  uploads.setUploadId(uploads.begin(target, undefined, world.job().local, MIN_PART_BYTES, 0), uploadId);
  return uploadId;
}

describe('what transfers share', () => {
  test('is not held by parts that wait for a server that is away', async () => {
    const world = createUploadWorld(LARGE);
    const context = world.newContext();
    const controller = new AbortController();
    world.store.onCall = (call) =>
      call.op === 'uploadPart' ? { when: 'before', error: refusal('unreachable') } : undefined;
    const work = uploadInParts(context, world.job(), controller.signal);
    const settled = Promise.allSettled([work]);
    await world.environment.clock.advance(600_000);
    await expectBudgetFree(world, context);
    controller.abort();
    expect((await settled)[0].status).toBe('rejected');
    await expectBudgetFree(world, context);
  });
});

describe('the progress of a large file', () => {
  test('is whole in the end, whatever had to be sent again', async () => {
    const world = createUploadWorld(LARGE);
    onNext(world.store, isPart(2), () => ({ when: 'before', error: refusal('unreachable') }));
    onNext(world.store, isPart(3), () => ({ when: 'after', error: refusal('server-error') }));
    expect(await upload(world)).toEqual(UPLOADED);
    expect(world.progress.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
  });
});
