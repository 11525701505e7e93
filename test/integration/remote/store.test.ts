import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSyncError } from '../../../src/core/errors.ts';
import { compositeEtag, unquoteEtag } from '../../../src/core/etag.ts';
import type { ObjectStore } from '../../../src/core/object-store.ts';
import { listObjects } from '../../../src/remote/index.ts';
import { plainClient, removeBucket } from '../../support/s3-client.ts';
import { realServer, uniqueBucket } from '../../support/servers.ts';
import { startWireProxy } from '../../support/wire-proxy.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { md5, putText, readAll } from './support.ts';

const server = realServer();
const MIB = 1024 * 1024;

describe.skipIf(server === undefined)('a store on a real server', () => {
  if (server === undefined) return;
  const { endpoint, accessKey, secretKey } = server;
  const keys = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const store: ObjectStore = storeAt(endpoint, keys);
  const admin = plainClient(server);
  const bucket = uniqueBucket('remote');

  beforeAll(() => store.createBucket(bucket));
  afterAll(async () => {
    store.close();
    await removeBucket(admin, bucket);
    admin.destroy();
  });

  it('creates, lists, finds and deletes buckets', async () => {
    const name = uniqueBucket('remote');
    await store.createBucket(name);
    await expect(store.createBucket(name)).rejects.toMatchObject({ code: 'bucket-exists' });
    const found = (await store.listBuckets()).find((each) => each.name === name);
    expect(Math.abs((found?.createdMs ?? 0) - Date.now())).toBeLessThan(600_000);
    await store.headBucket(name);
    await putText(store, name, 'k', 'x');
    await expect(store.deleteBucket(name)).rejects.toMatchObject({ code: 'bucket-not-empty' });
    await store.delete(name, 'k');
    await store.deleteBucket(name);
    await expect(store.headBucket(name)).rejects.toMatchObject({ code: 'no-such-bucket' });
    await expect(store.listPage({ bucket: name, prefix: '' })).rejects.toMatchObject({ code: 'no-such-bucket' });
    await expect(store.head(name, 'k')).rejects.toMatchObject({ code: 'no-such-bucket' });
  });

  it('refuses a name that no bucket can have', async () => {
    await expect(store.createBucket('No_Bucket')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('writes and reads an object with its metadata', async () => {
    const key = "dir/a b+c&d=e;f'(g)*~ü文🙂%41.txt";
    const body = randomBytes(100_000);
    const pieces: number[] = [];
    const beforePiece = async (bytes: number) => void pieces.push(bytes);
    const pace = { pieceBytes: 30_000, beforePiece };
    const metadata = { mtime: '1767323045.123456789', md5chksum: 'abc=' };
    const put = { bucket, key, body, bodyMd5: md5(body), metadata, contentType: 'text/html', pace };
    const { etag } = await store.put(put);
    expect(etag).toBe(md5(body).toString('hex'));
    expect(pieces).toEqual([30_000, 30_000, 30_000, 10_000]);
    const head = await store.head(bucket, key);
    expect(head).toMatchObject({
      sizeBytes: body.byteLength,
      etag,
      metadata,
      contentType: 'text/html',
      encrypted: false,
    });
    const got = await store.get({ bucket, key, etag });
    expect(got).toMatchObject({ sizeBytes: body.byteLength, etag, metadata });
    expect(await readAll(got.body)).toEqual(body);
  });

  it('looks up an empty web page, which has no first byte to ask for', async () => {
    const body = new Uint8Array();
    const put = { bucket, key: 'site/index.html', body, bodyMd5: md5(body), metadata: {}, contentType: 'text/html' };
    const { etag } = await store.put(put);
    expect(await store.head(bucket, put.key)).toMatchObject({ sizeBytes: 0, etag, contentType: 'text/html' });
  });

  it('takes the memory of a piece back, and of no other', async () => {
    const bytes = randomBytes(4 * MIB);
    await store.put({
      bucket,
      key: 'released',
      body: bytes,
      bodyMd5: md5(bytes),
      metadata: {},
      contentType: 'application/octet-stream',
      expect: { kind: 'absent' },
    });
    const { body } = await store.get({ bucket, key: 'released' });
    const copies: Uint8Array[] = [];
    for await (const piece of body) {
      copies.push(new Uint8Array(piece));
      body.release?.(piece);
      expect(piece).toHaveLength(0);
    }
    expect(Buffer.concat(copies).equals(bytes)).toBe(true);
  });

  it('writes and reads an empty object', async () => {
    const etag = await putText(store, bucket, 'empty', '');
    const got = await store.get({ bucket, key: 'empty' });
    expect(got).toMatchObject({ sizeBytes: 0, etag });
    expect(await readAll(got.body)).toHaveLength(0);
  });

  it('reads ranges, only while the ETag is the same', async () => {
    const etag = await putText(store, bucket, 'range', '0123456789');
    const middle = await store.get({ bucket, key: 'range', etag, range: { offset: 3, sizeBytes: 4 } });
    expect(middle.sizeBytes).toBe(10);
    expect((await readAll(middle.body)).toString()).toBe('3456');
    const tail = await store.get({ bucket, key: 'range', range: { offset: 8, sizeBytes: 100 } });
    expect((await readAll(tail.body)).toString()).toBe('89');
    await putText(store, bucket, 'range', 'changed');
    await expect(store.get({ bucket, key: 'range', etag })).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  it('tells a missing object from a missing bucket', async () => {
    expect(await store.head(bucket, 'nothing')).toBeUndefined();
    await expect(store.get({ bucket, key: 'nothing' })).rejects.toMatchObject({ code: 'no-such-key' });
    await expect(store.get({ bucket: uniqueBucket(), key: 'k' })).rejects.toMatchObject({ code: 'no-such-bucket' });
  });

  it('deletes, and deleting nothing is no error', async () => {
    await putText(store, bucket, 'doomed', 'x');
    await store.delete(bucket, 'doomed');
    expect(await store.head(bucket, 'doomed')).toBeUndefined();
    await store.delete(bucket, 'doomed');
  });

  it.each([
    ['small', 10],
    ['large enough to ask first', 3 * MIB],
  ])('honours what a write expects (%s)', async (label, size) => {
    const key = `expect-${size}`;
    const write = (expect?: Parameters<ObjectStore['put']>[0]['expect']) => {
      const body = randomBytes(size);
      const base = { bucket, key, body, bodyMd5: md5(body), metadata: { label }, contentType: 'a/b' };
      return store.put(expect === undefined ? base : { ...base, expect });
    };
    await expect(write({ kind: 'etag', etag: '0'.repeat(32) })).rejects.toMatchObject({ code: 'precondition-failed' });
    const { etag } = await write({ kind: 'absent' });
    await expect(write({ kind: 'absent' })).rejects.toMatchObject({ code: 'precondition-failed' });
    await expect(write({ kind: 'etag', etag: '0'.repeat(32) })).rejects.toMatchObject({ code: 'precondition-failed' });
    expect((await store.head(bucket, key))?.etag).toBe(etag);
    expect((await write({ kind: 'etag', etag })).etag).not.toBe(etag);
  });

  it('refuses names that the server can not hold', async () => {
    for (const key of ['n'.repeat(1025), 'a/../b']) {
      await expect(putText(store, bucket, key, 'x')).rejects.toMatchObject({ code: 'key-refused', retryable: false });
    }
  });

  it('has a damaged body refused', async () => {
    const base = { bucket, key: 'damaged', metadata: {}, contentType: 'a/b' };
    const wrong = { ...base, body: Buffer.from('one'), bodyMd5: md5(Buffer.from('two')) };
    await expect(store.put(wrong)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    expect(await store.head(bucket, 'damaged')).toBeUndefined();
  });

  it('lists page by page, in order, with prefixes', async () => {
    const names = ['l/a', 'l/b/1', 'l/b/2', 'l/c d+e', 'l/\u{ffee}', 'l/\u{1f600}'];
    for (const name of names) await putText(store, bucket, name, 'x');
    const first = await store.listPage({ bucket, prefix: 'l/', maxKeys: 2 });
    expect(first.objects.map(({ key }) => key)).toEqual(['l/a', 'l/b/1']);
    expect(first.continuationToken).toBeDefined();
    const level = await store.listPage({ bucket, prefix: 'l/', delimiter: '/' });
    expect(level.prefixes).toEqual(['l/b/']);
    const small: Pick<ObjectStore, 'listPage'> = {
      listPage: (request, signal) => store.listPage({ ...request, maxKeys: 2 }, signal),
    };
    const listed: string[] = [];
    for await (const { key } of listObjects(small, { bucket, prefix: 'l/' })) listed.push(key);
    expect(listed).toEqual(names);
    const after: string[] = [];
    for await (const { key } of listObjects(small, { bucket, prefix: 'l/', startAfter: 'l/b/2' })) after.push(key);
    expect(after).toEqual(names.slice(3));
  });

  it('copies with metadata, only from and to what is expected', async () => {
    const body = Buffer.from('copy me');
    const metadata = { mtime: '1.5' };
    const sourceKey = 'copy/söurce +.txt';
    const { etag } = await store.put({
      bucket,
      key: sourceKey,
      body,
      bodyMd5: md5(body),
      metadata,
      contentType: 'x/y',
    });
    const request = { bucket, sourceKey, key: 'copy/target', sourceEtag: etag, sizeBytes: body.byteLength };
    expect((await store.copy({ ...request, expect: { kind: 'absent' } })).etag).toBe(etag);
    expect(await store.head(bucket, 'copy/target')).toMatchObject({ metadata, contentType: 'x/y', etag });
    const wrongSource = store.copy({ ...request, sourceEtag: '0'.repeat(32) });
    await expect(wrongSource).rejects.toMatchObject({ code: 'precondition-failed' });
    await expect(store.copy({ ...request, sourceKey: 'copy/none' })).rejects.toMatchObject({ code: 'no-such-key' });
  });

  it('copies large objects in parts, with metadata', async () => {
    const inParts = storeAt(endpoint, { ...keys, maxCopyBytes: 6 * MIB, copyPartBytes: 5 * MIB });
    const body = randomBytes(12 * MIB);
    const metadata = { mtime: '2.5' };
    const source = { bucket, key: 'large', body, bodyMd5: md5(body), metadata, contentType: 'x/y' };
    const { etag } = await store.put(source);
    const request = { bucket, sourceKey: 'large', key: 'large-copy', sourceEtag: etag, sizeBytes: body.byteLength };
    const copied = await inParts.copy({ ...request, expect: { kind: 'absent' } });
    expect(copied.etag).toMatch(/-3$/);
    const got = await store.get({ bucket, key: 'large-copy' });
    expect(got).toMatchObject({ metadata, contentType: 'x/y' });
    expect((await readAll(got.body)).equals(body)).toBe(true);
    await expect(inParts.copy({ ...request, expect: { kind: 'absent' } })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    await expect(inParts.copy({ ...request, sourceEtag: 'other' })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    expect(await store.listUploads(bucket, 'large-copy')).toEqual([]);
    inParts.close();
  });

  it('a copy in parts keeps what is said of the content, as one in a single request does', async () => {
    const said = {
      CacheControl: 'no-store',
      ContentDisposition: 'attachment',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
    };
    const Body = randomBytes(1000);
    const { ETag = '' } = await admin.send(new PutObjectCommand({ Bucket: bucket, Key: 'said', Body, ...said }));
    const source = { bucket, sourceKey: 'said', sourceEtag: unquoteEtag(ETag), sizeBytes: Body.byteLength };
    await store.copy({ ...source, key: 'said-whole' });
    await store.copy({ ...source, key: 'said-parts', partSizeBytes: 5 * MIB });
    for (const Key of ['said-whole', 'said-parts']) {
      expect(await admin.send(new HeadObjectCommand({ Bucket: bucket, Key }))).toMatchObject(said);
    }
  });

  it('uploads in parts, lists them all, and completes as expected', async () => {
    const key = 'parts/big file.bin';
    const uploadId = await store.createUpload({ bucket, key, metadata: { mtime: '3.5' }, contentType: 'x/y' });
    const upload = { bucket, key, uploadId };
    expect(await store.listParts(upload)).toEqual([]);
    const bodies = [randomBytes(5 * MIB), randomBytes(1000)];
    const digests = bodies.map((body) => md5(body).toString('hex'));
    let sent = 0;
    for (const [index, body] of bodies.entries()) {
      const beforePiece = (bytes: number) => {
        sent += bytes;
        return undefined;
      };
      const pace = { pieceBytes: MIB, beforePiece };
      const part = { ...upload, partNumber: index + 1, body, check: { kind: 'md5', md5: md5(body) }, pace } as const;
      expect(await store.uploadPart(part)).toEqual({ etag: digests[index] });
    }
    expect(sent).toBe(5 * MIB + 1000);
    const parts = await store.listParts(upload);
    expect(parts).toEqual([
      { partNumber: 1, sizeBytes: 5 * MIB, etag: digests[0] },
      { partNumber: 2, sizeBytes: 1000, etag: digests[1] },
    ]);
    expect(await store.listUploads(bucket, key)).toMatchObject([{ key, uploadId }]);
    const wrong = [{ partNumber: 1, etag: '0'.repeat(32) }];
    await expect(store.completeUpload(upload, wrong)).rejects.toMatchObject({ code: 'invalid-part' });
    await putText(store, bucket, key, 'already here');
    const unexpected = store.completeUpload(upload, parts, { kind: 'absent' });
    await expect(unexpected).rejects.toMatchObject({ code: 'precondition-failed' });
    await store.delete(bucket, key);
    const { etag } = await store.completeUpload(upload, parts, { kind: 'absent' });
    expect(etag).toBe(compositeEtag(digests, md5));
    expect(await store.head(bucket, key)).toMatchObject({
      etag,
      sizeBytes: 5 * MIB + 1000,
      metadata: { mtime: '3.5' },
    });
    await expect(store.listParts(upload)).rejects.toMatchObject({ code: 'no-such-upload' });
    // RustFS gives the answer of the first time again.
    const again = store.completeUpload(upload, parts).then(
      (done) => done.etag,
      (error: unknown) => asSyncError(error).code,
    );
    expect([etag, 'no-such-upload']).toContain(await again);
  });

  it('takes a part with its CRC32 and refuses one that is not of it', async () => {
    const uploadId = await store.createUpload({ bucket, key: 'crc32', metadata: {}, contentType: 'x/y' });
    const upload = { bucket, key: 'crc32', uploadId, partNumber: 1 };
    const body = Buffer.from('content');
    const wrong = store.uploadPart({ ...upload, body, check: { kind: 'crc32', crc32: crc32('other') } });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-digest' });
    const etag = md5(body).toString('hex');
    expect(await store.uploadPart({ ...upload, body, check: { kind: 'crc32', crc32: crc32(body) } })).toEqual({ etag });
    await store.abortUpload(upload);
  });

  it('aborts an upload, and aborting it again is no error', async () => {
    const uploadId = await store.createUpload({ bucket, key: 'aborted', metadata: {}, contentType: 'x/y' });
    const upload = { bucket, key: 'aborted', uploadId };
    await store.abortUpload(upload);
    await store.abortUpload(upload);
    const body = Buffer.from('late');
    const part = { ...upload, partNumber: 1, body, check: { kind: 'md5', md5: md5(body) } } as const;
    await expect(store.uploadPart(part)).rejects.toMatchObject({ code: 'no-such-upload' });
  });

  it('makes links that work without keys', async () => {
    await putText(store, bucket, 'shared ü.txt', 'for you');
    const name = 'grüße "1".txt';
    const link = { bucket, key: 'shared ü.txt', method: 'GET', expiresInSeconds: 60, downloadName: name } as const;
    const answer = await fetch(await store.presign(link));
    expect(await answer.text()).toBe('for you');
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''gr%C3%BC%C3%9Fe%20%221%22.txt");
    const upload = await store.presign({ bucket, key: 'dropped', method: 'PUT', expiresInSeconds: 60 });
    expect((await fetch(upload, { method: 'PUT', body: 'dropped here' })).status).toBe(200);
    expect((await store.head(bucket, 'dropped'))?.sizeBytes).toBe(12);
  });

  it('tells wrong keys apart', async () => {
    const wrongSecret = storeAt(endpoint, { accessKeyId: accessKey, secretAccessKey: 'not-the-secret' });
    const wrongKey = storeAt(endpoint, { accessKeyId: 'nobody', secretAccessKey: secretKey });
    for (const ask of [
      (each: ObjectStore) => each.listBuckets(),
      (each: ObjectStore) => each.head(bucket, 'k'),
      (each: ObjectStore) => each.headBucket(bucket),
      (each: ObjectStore) => putText(each, bucket, 'k', 'x'),
    ]) {
      await expect(ask(wrongSecret)).rejects.toMatchObject({ code: 'wrong-secret-key', retryable: false });
      await expect(ask(wrongKey)).rejects.toMatchObject({ code: 'unknown-access-key', retryable: false });
    }
    wrongSecret.close();
    wrongKey.close();
  });

  it('reports a lost connection and a lost answer as worth another try', async () => {
    const proxy = await startWireProxy(endpoint);
    const shaky = storeAt(proxy.endpoint, keys);
    proxy.addFault({ method: 'PUT', times: 1 }, { kind: 'reset' });
    await expect(putText(shaky, bucket, 'shaky', 'x')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    proxy.addFault({ method: 'PUT', times: 1 }, { kind: 'dropAnswer' });
    await expect(putText(shaky, bucket, 'shaky', 'x')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(proxy.count({ method: 'PUT' })).toBe(2);
    await putText(shaky, bucket, 'shaky', 'x');
    shaky.close();
    await proxy.close();
  });
});
