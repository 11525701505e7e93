import * as s3 from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pollUntil } from '../support/loopback.ts';
import { plainClient, signedGet } from '../support/s3-client.ts';
import { contentOf, startS3Double } from '../support/s3-double/index.ts';
import type { FaultEffect, S3Double } from '../support/s3-double/index.ts';
import { outcome } from './target.ts';

const bucket = 'faulty';

describe('every fault switch of the S3 double bites', () => {
  let double: S3Double;
  let client: s3.S3Client;

  beforeEach(async () => {
    double = await startS3Double({ minPartSizeBytes: 1 });
    double.model.createBucket(bucket);
    client = plainClient(double);
  });
  afterEach(async () => {
    client.destroy();
    await double.close();
  });

  const put = (Key: string, Body: string) => client.send(new s3.PutObjectCommand({ Bucket: bucket, Key, Body }));
  const get = (Key: string) => client.send(new s3.GetObjectCommand({ Bucket: bucket, Key }));
  const listed = async () => {
    const page = await client.send(new s3.ListObjectsV2Command({ Bucket: bucket }));
    return { keys: (page.Contents ?? []).map((one) => one.Key), isTruncated: page.IsTruncated };
  };
  const stored = () => double.model.listObjects(bucket).objects.map((one) => one.key);
  const fill = (...keys: string[]) => {
    for (const key of keys) double.model.putObject(bucket, key, contentOf(key));
  };

  test('latency delays the answer, and only for the matching key', async () => {
    double.faults.add({ operation: 'PutObject', key: /^slow/ }, { kind: 'latency', delayMs: 150 });
    const timed = async (key: string) => {
      const startMs = performance.now();
      await put(key, 'x');
      return performance.now() - startMs;
    };
    await timed('warm-up');
    expect(await timed('slow')).toBeGreaterThanOrEqual(145);
    expect(await timed('quick')).toBeLessThan(145);
  });

  test.each([
    ['InternalError', '500 InternalError'],
    ['SlowDown', '503 SlowDown'],
    ['AccessDenied', '403 AccessDenied'],
    ['NoSuchBucket', '404 NoSuchBucket'],
    ['RequestTimeout', '400 RequestTimeout'],
  ] as const)('error %s is answered once, and nothing is stored', async (code, expected) => {
    const fault = double.faults.add({ operation: 'PutObject', times: 1 }, { kind: 'error', code });
    expect(await outcome(put('k', 'x'))).toBe(expected);
    expect(stored()).toEqual([]);
    expect(await outcome(put('k', 'x'))).toBe('200');
    expect(fault.hits).toBe(1);
  });

  test('a fault begins after so many matching requests and hits so many', async () => {
    double.faults.add({ operation: 'PutObject', after: 1, times: 2 }, { kind: 'error', code: 'SlowDown' });
    const outcomes: string[] = [];
    for (const key of ['1', '2', '3', '4']) outcomes.push(await outcome(put(key, 'x')));
    expect(outcomes).toEqual(['200', '503 SlowDown', '503 SlowDown', '200']);
  });

  test('a fault can be for one part number, and can be removed', async () => {
    const at = { Bucket: bucket, Key: 'big' };
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(at));
    const part = (PartNumber: number) =>
      outcome(client.send(new s3.UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'x' })));
    const fault = double.faults.add({ partNumber: 2 }, { kind: 'error', code: 'InternalError' });
    expect([await part(1), await part(2), await part(3)]).toEqual(['200', '500 InternalError', '200']);
    fault.remove();
    expect(await part(2)).toBe('200');
  });

  test('resetBefore: no answer, nothing stored', async () => {
    double.faults.add({ operation: 'PutObject', times: 1 }, { kind: 'resetBefore' });
    await expect(put('k', 'x')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(stored()).toEqual([]);
    expect(double.requests.of('PutObject')[0]?.status).toBeUndefined();
  });

  test('resetAfter: no answer, but the object is there', async () => {
    double.faults.add({ operation: 'PutObject', times: 1 }, { kind: 'resetAfter' });
    await expect(put('k', 'x')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(stored()).toEqual(['k']);
    expect(double.requests.of('PutObject')[0]).toMatchObject({ status: undefined, bytesReceived: 1 });
  });

  test('resetAfter on a completion: the upload is gone, the object there', async () => {
    const at = { Bucket: bucket, Key: 'big' };
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(at));
    const { ETag } = await client.send(new s3.UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = () => client.send(new s3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
    double.faults.add({ operation: 'CompleteMultipartUpload', times: 1 }, { kind: 'resetAfter' });
    await expect(complete()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await outcome(complete())).toBe('404 NoSuchUpload');
    expect(stored()).toEqual(['big']);
  });

  test('hang: no answer until the client gives up; the double still closes', async () => {
    double.faults.add({ operation: 'GetObject' }, { kind: 'hang' });
    fill('k');
    const command = new s3.GetObjectCommand({ Bucket: bucket, Key: 'k' });
    await expect(client.send(command, { abortSignal: AbortSignal.timeout(150) })).rejects.toThrow(/abort/i);
    const left = get('k');
    left.catch(() => {});
    await pollUntil('the second request', () => (double.requests.count('GetObject') === 2 ? true : undefined));
    await double.close();
    await expect(left).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  test('cutBody: the length is announced, the connection ends early', async () => {
    fill('some content');
    double.faults.add({ operation: 'GetObject' }, { kind: 'cutBody', afterBytes: 4 });
    const got = await get('some content');
    expect(got.ContentLength).toBe(12);
    await expect(got.Body?.transformToString()).rejects.toThrow(/aborted|ECONNRESET|premature|terminated/i);
    expect(double.requests.of('GetObject')[0]?.bytesSent).toBe(4);
  });

  test('damageBody: the length is right, the content is not', async () => {
    fill('some content');
    double.faults.add({ operation: 'GetObject' }, { kind: 'damageBody', atByte: 3 });
    const bytes = Buffer.from((await (await get('some content')).Body?.transformToByteArray()) ?? []);
    expect(bytes).toHaveLength(12);
    expect(bytes.equals(Buffer.from('some content'))).toBe(false);
    expect(bytes.toString('latin1', 4)).toBe(' content');
  });

  test('expireUpload: the next part finds no upload', async () => {
    const at = { Bucket: bucket, Key: 'big' };
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(at));
    const part = (PartNumber: number) =>
      outcome(client.send(new s3.UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'x' })));
    double.faults.add({ operation: 'UploadPart', after: 1, times: 1 }, { kind: 'expireUpload' });
    expect([await part(1), await part(2), await part(3)]).toEqual(['200', '404 NoSuchUpload', '404 NoSuchUpload']);
    expect(double.model.listUploads(bucket)).toEqual([]);
  });

  test('staleListing: what was there then, not what is there now', async () => {
    fill('a', 'b');
    const snapshot = double.model.bucket(bucket).snapshot();
    fill('c');
    double.model.deleteObject(bucket, 'a');
    double.faults.add({ operation: 'ListObjectsV2', times: 1 }, { kind: 'staleListing', snapshot });
    expect((await listed()).keys).toEqual(['a', 'b']);
    expect((await listed()).keys).toEqual(['b', 'c']);
  });

  test.each<[string, FaultEffect, string[]]>([
    ['cutListing: a complete listing, it says, that lacks its end', { kind: 'cutListing', afterKeys: 2 }, ['a', 'b']],
    ['hideKeys: a listing with holes', { kind: 'hideKeys', keys: /^[bc]/ }, ['a', 'd']],
  ])('%s', async (_, effect, keys) => {
    fill('a', 'b', 'c', 'd');
    double.faults.add({ operation: 'ListObjectsV2', times: 1 }, effect);
    expect(await listed()).toEqual({ keys, isTruncated: false });
    expect((await listed()).keys).toEqual(['a', 'b', 'c', 'd']);
  });

  test('clock offset: the client is told that its clock is wrong, and which time it is there', async () => {
    double.faults.clockOffsetMs = 3_600_000;
    expect(await outcome(put('k', 'x'))).toBe('403 RequestTimeTooSkewed');
    const response = await fetch(`${double.endpoint}/health`);
    const aheadMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
    expect(aheadMs).toBeGreaterThan(3_500_000);
    // The SDK sets its clock by that header: the next request is signed for the time of the server.
    expect(await outcome(put('k', 'x'))).toBe('200');
    double.faults.clear();
    expect(await outcome(put('k', 'x'))).toBe('403 RequestTimeTooSkewed');
  });

  test('dropConnections ends an event stream, and a new one can be opened', async () => {
    const open = () => {
      const { url, headers } = signedGet(double, `/${bucket}`, [['events', 's3:ObjectCreated:*']]);
      return fetch(url, { headers });
    };
    const stream = await open();
    double.dropConnections();
    await expect(stream.text()).rejects.toThrow();
    const next = await open();
    expect(next.status).toBe(200);
    await next.body?.cancel();
  });

  test('several faults may hit one request', async () => {
    double.faults.add({}, { kind: 'latency', delayMs: 100 });
    double.faults.add({ operation: 'PutObject' }, { kind: 'error', code: 'SlowDown' });
    const startMs = performance.now();
    expect(await outcome(put('k', 'x'))).toBe('503 SlowDown');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(95);
  });

  test('the log counts what came over the wire', async () => {
    await put('dir/counted', 'twelve bytes');
    await outcome(get('missing'));
    expect(double.requests.count()).toBe(2);
    expect(double.requests.count('PutObject')).toBe(1);
    const [first, second] = double.requests.of();
    expect(first).toMatchObject({ operation: 'PutObject', key: 'dir/counted', bytesReceived: 12, status: 200 });
    expect(second).toMatchObject({ operation: 'GetObject', status: 404, errorCode: 'NoSuchKey' });
    double.requests.clear();
    expect(double.requests.count()).toBe(0);
  });

  test('without content, uploads cost no memory but keep their ETag', async () => {
    const lean = await startS3Double({ discardContent: true });
    lean.model.createBucket(bucket);
    const other = plainClient(lean);
    try {
      const put = await other.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'hello' }));
      expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
      const head = await other.send(new s3.HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
      expect(head).toMatchObject({ ContentLength: 5, ETag: put.ETag });
      expect(await outcome(other.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'k' })))).toBe(
        '501 NotImplemented',
      );
    } finally {
      other.destroy();
      await lean.close();
    }
  });
});
