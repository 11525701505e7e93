import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ObjectMetadata, ObjectStore } from '../../../src/core/object-store.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { StateStore } from '../../../src/state/index.ts';
import {
  CircuitBreaker,
  cleanTemporary,
  downloadFile,
  RateLimiter,
  Requests,
  TransferBudget,
  uploadFile,
  type DownloadContext,
  type DownloadJob,
} from '../../../src/transfer/index.ts';
import { plainClient, removeBucket } from '../../support/s3-client.ts';
import { realServer, uniqueBucket } from '../../support/servers.ts';
import { createTestEnvironment } from '../../support/test-environment.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { account, temporaryDirectory } from '../../unit/state/stores.ts';
import { startLife } from './lives.ts';

const server = realServer();
const MIB = 1024 * 1024;
const STAMP = '2026-01-01T000000Z-aaaa';
const never = new AbortController().signal;

describe.skipIf(server === undefined)('downloads from a real server onto a real disk', () => {
  if (server === undefined) return;
  const keys = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
  const admin = plainClient(server);
  const bucket = uniqueBucket('download');
  const store: ObjectStore = storeAt(server.endpoint, keys);

  beforeAll(() => store.createBucket(bucket));
  afterAll(async () => {
    store.close();
    await removeBucket(admin, bucket);
    admin.destroy();
  });

  async function put(key: string, content: Uint8Array, partSizes?: readonly number[], metadata: ObjectMetadata = {}) {
    const base = { bucket, key, metadata, contentType: 'a/b' };
    if (partSizes === undefined) return (await store.put({ ...base, body: content, bodyMd5: md5(content) })).etag;
    const uploadId = await store.createUpload(base);
    const parts = [];
    let offset = 0;
    for (const [index, sizeBytes] of partSizes.entries()) {
      const body = content.subarray(offset, (offset += sizeBytes));
      const partNumber = index + 1;
      const { etag } = await store.uploadPart({
        bucket,
        key,
        uploadId,
        partNumber,
        body,
        check: { kind: 'md5', md5: md5(body) },
      });
      parts.push({ partNumber, etag });
    }
    return (await store.completeUpload({ bucket, key, uploadId }, parts)).etag;
  }

  /** A root on the disk, and a context as after a start of the program. */
  async function createDisk() {
    const root = await realpath(temporaryDirectory());
    const state = StateStore.open(':memory:', 's');
    onTestFinished(() => state.close());
    state.accounts.insert(account());
    const { clock, random } = createTestEnvironment();
    const environment = { ...createTestEnvironment(), fs: createNodeFileSystem() };
    const shared = {
      environment,
      store,
      requests: new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined)),
      budget: new TransferBudget(),
      limiter: new RateLimiter(clock),
      accountId: 'acc',
      bucket,
    };
    const context: DownloadContext = { ...shared, journal: state.downloads };
    const job = (key: string, etag: string, sizeBytes: number, changes: Partial<DownloadJob> = {}): DownloadJob => ({
      root,
      path: key as RelativePath,
      key,
      remote: { etag, sizeBytes },
      expectLocal: undefined,
      trashStamp: () => STAMP,
      onProgress: () => undefined,
      ...changes,
    });
    return { root, state, shared, context, job };
  }

  test('brings what an upload took away: content, time, executable bit', async () => {
    const here = await createDisk();
    const { fs } = here.shared.environment;
    for (const sizeBytes of [0, 5_000, 17 * MIB]) {
      const key = `round-trip/${sizeBytes}.sh`;
      const content = randomBytes(sizeBytes);
      mkdirSync(join(here.root, 'round-trip'), { recursive: true });
      writeFileSync(join(here.root, key), content, { mode: 0o755 });
      const local = await fs.stat(here.root, key);
      if (local === undefined) throw new Error('the file is gone');
      const capabilities = {
        conditionalPut: true,
        conditionalComplete: true,
        conditionalDelete: true,
        partCrc32: true,
      };
      const notes = here.state.passingUploads.notesOf(here.shared.accountId);
      const upload = {
        ...here.shared,
        owner: undefined,
        journal: here.state.uploads,
        keepsExecutable: async () => true,
        notes,
        capabilities,
      };
      const uploaded = await uploadFile(
        upload,
        {
          root: here.root,
          diskPath: key,
          key,
          local,
          expect: { kind: 'absent' },
          base: undefined,
          onProgress: () => undefined,
        },
        never,
      );
      const etag = uploaded.kind === 'uploaded' ? uploaded.etag : '';
      const there = await createDisk();
      const result = await downloadFile(there.context, there.job(key, etag, sizeBytes), never);
      expect(result).toMatchObject({ kind: 'downloaded', verified: 'etag' });
      const stat = await fs.stat(there.root, key);
      expect(result.kind === 'downloaded' && result.base).toMatchObject({
        ctimeNs: stat?.ctimeNs,
        fileId: stat?.fileId,
      });
      expect(readFileSync(join(there.root, key)).equals(content)).toBe(true);
      expect(stat?.executable).toBe(true);
      // Node sets times in steps of less than a microsecond.
      expect(Number((stat?.mtimeNs ?? 0n) - local.mtimeNs)).toBeLessThan(1_000);
      expect(Number((stat?.mtimeNs ?? 0n) - local.mtimeNs)).toBeGreaterThanOrEqual(0);
      expect(readdirSync(join(there.root, '.rustfs-sync/tmp'))).toEqual([]);
    }
  });

  test.each<[string, readonly number[] | undefined, number | undefined]>([
    ['in one piece', undefined, undefined],
    ['in parts of 5 MiB', [5 * MIB, 5 * MIB, 5 * MIB, 3 * MIB], 5 * MIB],
    ['in parts of several sizes', [6 * MIB, 5 * MIB, 7 * MIB], undefined],
  ])('proves the content of an object that was put %s', async (how, sizes, partSizeBytes) => {
    const content = randomBytes(18 * MIB);
    const key = `proof ${how}`;
    const etag = await put(key, content, sizes);
    const { root, context, job } = await createDisk();
    const result = await downloadFile(context, job(key, etag, content.length), never);
    expect(result).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    expect(result.kind === 'downloaded' && result.base.partSizeBytes).toBe(partSizeBytes);
    expect(readFileSync(join(root, key)).equals(content)).toBe(true);
  });

  test('tells the size of each part of an object, and of none that is not there', async () => {
    const etag = await put('parts', randomBytes(12 * MIB), [5 * MIB, 7 * MIB]);
    expect(await store.partSize(bucket, 'parts', etag, 1)).toBe(5 * MIB);
    expect(await store.partSize(bucket, 'parts', etag, 2)).toBe(7 * MIB);
    expect(await store.partSize(bucket, 'parts', etag, 3)).toBeUndefined();
    await expect(store.partSize(bucket, 'parts', `${'0'.repeat(32)}-2`, 1)).rejects.toMatchObject({
      code: 'precondition-failed',
    });
  });

  test('replaces a file through the trash', async () => {
    const etag = await put('replaced', Buffer.from('new'));
    const { root, context, job } = await createDisk();
    writeFileSync(join(root, 'replaced'), 'old');
    const expectLocal = await context.environment.fs.stat(root, 'replaced');
    const result = await downloadFile(context, job('replaced', etag, 3, { expectLocal }), never);
    expect(result).toMatchObject({ trashedAs: `.rustfs-sync/trash/${STAMP}/replaced` });
    expect(readFileSync(join(root, 'replaced'), 'utf8')).toBe('new');
    expect(readFileSync(join(root, '.rustfs-sync/trash', STAMP, 'replaced'), 'utf8')).toBe('old');
  });

  test('changes nothing where a directory or a file is in the way', async () => {
    const etag = await put('way/in', Buffer.from('new'));
    const { root, context, job } = await createDisk();
    writeFileSync(join(root, 'way'), 'a file');
    await expect(downloadFile(context, job('way/in', etag, 3), never)).rejects.toMatchObject({ code: 'type-clash' });
    expect(readFileSync(join(root, 'way'), 'utf8')).toBe('a file');
    const other = await createDisk();
    mkdirSync(join(other.root, 'way/in'), { recursive: true });
    const work = downloadFile(other.context, other.job('way/in', etag, 3), never);
    await expect(work).rejects.toMatchObject({ code: 'type-clash' });
    expect(statSync(join(other.root, 'way/in')).isDirectory()).toBe(true);
  });

  test('is overtaken by an object that is replaced in the middle', async () => {
    const content = randomBytes(40 * MIB);
    const etag = await put('overtaken', content, [8 * MIB, 8 * MIB, 8 * MIB, 8 * MIB, 8 * MIB]);
    const { root, state, context, job } = await createDisk();
    const watched = storeAt(server.endpoint, keys);
    onTestFinished(() => watched.close());
    const get = watched.get.bind(watched);
    let isReplaced = false;
    watched.get = async (request, signal) => {
      if (request.range?.offset === 32 * MIB && !isReplaced) {
        isReplaced = true;
        await put('overtaken', Buffer.from('another'));
      }
      return get(request, signal);
    };
    const result = await downloadFile({ ...context, store: watched }, job('overtaken', etag, content.length), never);
    expect(result).toMatchObject({ kind: 'overtaken', remote: { sizeBytes: 7 } });
    expect(readdirSync(join(root, '.rustfs-sync/tmp'))).toEqual([]);
    expect(state.downloads.listRoot(root)).toEqual([]);
  });

  test('goes on after kill -9 at any moment, fetching nothing twice that was finished', async () => {
    const content = randomBytes(64 * MIB);
    const etag = await put(
      'killed',
      content,
      Array.from({ length: 8 }, () => 8 * MIB),
    );
    const { root, context } = await createDisk();
    const database = join(temporaryDirectory(), 'state.db');
    const finished = new Set<number>();
    let result: string | undefined;
    for (let lives = 0; result === undefined; lives++) {
      expect(lives).toBeLessThan(20);
      // Eight parts of 5 MiB are on their way at once: what has got 45 MiB has finished one at least.
      const killAfterBytes = lives < 5 ? Math.min(3 + lives * 14, 45) * MIB : undefined;
      const life = await startLife({
        endpoint: server.endpoint,
        ...keys,
        bucket,
        root,
        database,
        key: 'killed',
        etag,
        sizeBytes: content.length,
        killAfterBytes,
      });
      for (const offset of life.fetchedRanges) expect(finished).not.toContain(offset);
      const state = StateStore.open(database, 's');
      for (const row of state.downloads.listRoot(root)) {
        for (const part of state.downloads.parts(row.id)) finished.add((part.partNumber - 1) * row.partSizeBytes);
      }
      if (life.result !== undefined) {
        await cleanTemporary({ ...context.environment }, root, state.downloads);
        expect(state.downloads.listRoot(root)).toEqual([]);
      }
      state.close();
      result = life.result;
    }
    expect(result).toBe('downloaded');
    expect(finished.size).toBeGreaterThan(0);
    expect(readFileSync(join(root, 'killed')).equals(content)).toBe(true);
    expect(readdirSync(join(root, '.rustfs-sync/tmp'))).toEqual([]);
  });
});

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
