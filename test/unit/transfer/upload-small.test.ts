import { describe, expect, test } from 'vitest';
import { uploadSmall } from '../../../src/transfer/upload-small.ts';
import { failure } from '../../support/memory-fs.ts';
import { refusal } from '../../support/memory-store.ts';
import {
  agreedBase,
  createUploadWorld,
  expectBudgetFree,
  expectNothingLeft,
  KEY,
  md5Of,
  never,
  onNext,
  ROOT,
  storedContent,
  type UploadWorld,
} from './upload-world.ts';

const FILE = `${ROOT}/${KEY}`;

function upload(world: UploadWorld, context = world.newContext(), job = world.job()) {
  return world.environment.clock.run(uploadSmall(context, job, never));
}

function textStored(world: UploadWorld): string | undefined {
  const content = storedContent(world);
  return content && Buffer.from(content).toString();
}

describe('a small file', () => {
  test.each(['', 'hello'])('of content %j is one object, with its MD5 and its time', async (content) => {
    const world = createUploadWorld(content);
    world.environment.fs.setModified(FILE, 1_763_805_600_123_456_789n);
    const context = world.newContext();
    expect(await upload(world, context)).toEqual({ kind: 'uploaded', etag: md5Of(content), partSizeBytes: undefined });
    expect(textStored(world)).toBe(content);
    const head = await world.store.head('bucket', KEY);
    const metadata = { mtime: '1763805600.123456789', mode: '100644' };
    expect(head).toMatchObject({ metadata, contentType: 'text/plain' });
    expect(world.progress).toEqual([content.length]);
    await expectNothingLeft(world, context);
  });

  test('that may be executed says so', async () => {
    const world = createUploadWorld('#!');
    world.environment.fs.setMode(FILE, { executable: true });
    await upload(world);
    expect((await world.store.head('bucket', KEY))?.metadata).toMatchObject({ mode: '100755' });
  });

  test('of a system that keeps no such bit says nothing of it', async () => {
    const world = createUploadWorld('#!');
    const { fs } = world.environment;
    const readFile = fs.readFile.bind(fs);
    fs.readFile = async (...args) => {
      const file = await readFile(...args);
      return { ...file, opened: { ...file.opened, executable: undefined } };
    };
    await upload(world);
    expect((await world.store.head('bucket', KEY))?.metadata).not.toHaveProperty('mode');
  });

  test('of which only the times moved is not sent', async () => {
    const world = createUploadWorld('same');
    const etag = world.store.seed('bucket', KEY, 'same');
    const base = agreedBase(world, etag);
    world.environment.fs.touch(FILE);
    const context = world.newContext();
    const result = await upload(world, context, world.job({ base, expect: { kind: 'etag', etag } }));
    expect(result).toEqual({ kind: 'unchanged' });
    expect(world.store.callsOf('put')).toEqual([]);
    await expectNothingLeft(world, context);
  });

  test('whose object somebody deleted is sent again, though base knows its content', async () => {
    const world = createUploadWorld('same');
    const result = await upload(world, undefined, world.job({ base: agreedBase(world, md5Of('same')) }));
    expect(result.kind).toBe('uploaded');
    expect(textStored(world)).toBe('same');
  });
});

describe('a lost answer', () => {
  test.each(['unreachable', 'timeout', 'server-error'] as const)(
    '(%s) is found to have been a success',
    async (code) => {
      const world = createUploadWorld('new');
      onNext(
        world.store,
        (call) => call.op === 'put',
        () => ({ when: 'after', error: refusal(code) }),
      );
      expect(await upload(world)).toEqual({ kind: 'uploaded', etag: md5Of('new'), partSizeBytes: undefined });
      expect(world.store.callsOf('put')).toHaveLength(2);
    },
  );

  test('of an overwrite is found to have been a success', async () => {
    const world = createUploadWorld('new');
    const etag = world.store.seed('bucket', KEY, 'old');
    onNext(
      world.store,
      (call) => call.op === 'put',
      () => ({ when: 'after', error: refusal('timeout') }),
    );
    const result = await upload(world, undefined, world.job({ expect: { kind: 'etag', etag } }));
    expect(result).toMatchObject({ kind: 'uploaded', etag: md5Of('new') });
  });

  test('is found to have been a success where the server honours no conditions', async () => {
    const world = createUploadWorld('new', { conditionalPut: false });
    onNext(
      world.store,
      (call) => call.op === 'put',
      () => ({ when: 'after', error: refusal('timeout') }),
    );
    expect(await upload(world)).toMatchObject({ kind: 'uploaded', etag: md5Of('new') });
    expect(world.store.callsOf('put')).toHaveLength(1);
  });
});

describe('another writer', () => {
  test.each([true, false])('who was first keeps the key (server honours conditions: %s)', async (conditionalPut) => {
    const world = createUploadWorld('mine', { conditionalPut });
    const etag = world.store.seed('bucket', KEY, 'hers');
    const context = world.newContext();
    expect(await upload(world, context)).toMatchObject({ kind: 'overtaken', remote: { etag } });
    expect(textStored(world)).toBe('hers');
    await expectNothingLeft(world, context);
  });

  test.each([true, false])(
    'who removed the object is noticed (server honours conditions: %s)',
    async (conditionalPut) => {
      const world = createUploadWorld('mine', { conditionalPut });
      const result = await upload(world, undefined, world.job({ expect: { kind: 'etag', etag: md5Of('old') } }));
      expect(result).toEqual({ kind: 'overtaken', remote: undefined });
      expect(textStored(world)).toBeUndefined();
    },
  );

  test('who comes while the server is away is not overwritten, also where conditions are not honoured', async () => {
    const world = createUploadWorld('mine', { conditionalPut: false });
    onNext(
      world.store,
      (call) => call.op === 'put',
      () => {
        world.store.seed('bucket', KEY, 'hers');
        return { when: 'before', error: refusal('unreachable') };
      },
    );
    expect(await upload(world)).toMatchObject({ kind: 'overtaken' });
    expect(textStored(world)).toBe('hers');
  });
});

describe('a file that moves under us', () => {
  test.each<[string, (world: UploadWorld) => void]>([
    ['was written', ({ environment }) => environment.fs.write(FILE, 'other')],
    ['was touched', ({ environment }) => environment.fs.touch(FILE)],
    ['was replaced', ({ environment }) => environment.fs.replace(FILE, 'hello')],
    ['vanished', ({ environment }) => environment.fs.remove(FILE)],
    [
      'became a link',
      ({ environment }) => {
        environment.fs.remove(FILE);
        environment.fs.makeLink(FILE, '/etc/passwd');
      },
    ],
    [
      'became a directory',
      ({ environment }) => {
        environment.fs.remove(FILE);
        environment.fs.makeDirectory(FILE);
      },
    ],
  ])('and %s before it is opened is not sent', async (_how, happens) => {
    const world = createUploadWorld('hello');
    const job = world.job();
    happens(world);
    const context = world.newContext();
    await expect(upload(world, context, job)).rejects.toMatchObject({ code: 'file-changed', retryable: true });
    expect(world.store.calls).toEqual([]);
    await expectNothingLeft(world, context);
  });

  test.each(['grows', 'shrinks', 'is written'])('and %s while it is read is not sent', async (how) => {
    const world = createUploadWorld('hello');
    const content = { grows: 'hello and more', shrinks: 'h', 'is written': 'HELLO' }[how] ?? '';
    world.environment.fs.onCall = (call) => {
      if (call.op === 'read') world.environment.fs.write(FILE, content);
    };
    await expect(upload(world)).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.store.calls).toEqual([]);
  });

  test('and is changed while the server is away is not sent either', async () => {
    const world = createUploadWorld('hello');
    onNext(
      world.store,
      (call) => call.op === 'put',
      () => {
        world.environment.fs.write(FILE, 'later');
        return { when: 'before', error: refusal('unreachable') };
      },
    );
    await expect(upload(world)).rejects.toMatchObject({ code: 'file-changed' });
    expect(textStored(world)).toBeUndefined();
  });

  test('and can not be read says why', async () => {
    const world = createUploadWorld('hello');
    world.environment.fs.onCall = (call) => {
      if (call.op === 'openFile') throw failure('file-unreadable', call.path);
    };
    await expect(upload(world)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

describe('what the server answers', () => {
  test('is checked: another ETag than that of what was sent is an error', async () => {
    const world = createUploadWorld('hello');
    world.store.answeredEtag = () => md5Of('damaged');
    const context = world.newContext();
    await expect(upload(world, context)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    await expectNothingLeft(world, context);
  });

  test('is right with an ETag of its own where the object is encrypted', async () => {
    const world = createUploadWorld('hello', { encrypted: true });
    const result = await upload(world);
    expect(result.kind).toBe('uploaded');
    expect(result).not.toMatchObject({ etag: md5Of('hello') });
  });

  test('is no reason to try again when it is a refusal', async () => {
    const world = createUploadWorld('hello');
    onNext(
      world.store,
      (call) => call.op === 'put',
      () => ({ when: 'before', error: refusal('quota-exceeded') }),
    );
    await expect(upload(world)).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(world.store.callsOf('put')).toHaveLength(1);
  });
});

describe('what transfers share', () => {
  test('is not held by the uploads of an account whose server is away', async () => {
    const world = createUploadWorld('hello');
    const context = world.newContext();
    world.store.onCall = () => ({ when: 'before', error: refusal('unreachable') });
    const controller = new AbortController();
    const waiting = Array.from({ length: 40 }, () => uploadSmall(context, world.job(), controller.signal));
    const all = Promise.allSettled(waiting);
    await world.environment.clock.advance(10_000);
    await expectBudgetFree(world, context);
    controller.abort();
    expect((await all).every((one) => one.status === 'rejected')).toBe(true);
    await expectNothingLeft(world, context);
  });

  test('is used up to its bandwidth limit and not beyond', async () => {
    const world = createUploadWorld('x'.repeat(1_000));
    const context = world.newContext();
    context.limiter.setLimit(1_000);
    await upload(world, context);
    const startMs = world.environment.clock.monotonic();
    const etag = md5Of('x'.repeat(1_000));
    await upload(world, context, world.job({ expect: { kind: 'etag', etag } }));
    expect(world.environment.clock.monotonic() - startMs).toBe(1_000);
  });
});
