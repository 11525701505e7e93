import * as s3 from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainClient, removeBucket } from '../support/s3-client.ts';
import type { S3Access } from '../support/s3-client.ts';
import { startS3Double } from '../support/s3-double/index.ts';
import { realServer, uniqueBucket } from '../support/servers.ts';
import { startWireProxy } from '../support/wire-proxy.ts';
import type { WireProxy } from '../support/wire-proxy.ts';
import { outcome } from './target.ts';

const real = realServer();

describe.each(['S3 double', 'real server'])('the wire proxy before the %s', (kind) => {
  const isSkipped = kind === 'real server' && real === undefined;
  let proxy: WireProxy;
  let behind: S3Access;
  let direct: s3.S3Client;
  let client: s3.S3Client;
  let closeServer: () => Promise<void>;
  const bucket = uniqueBucket('proxy');

  beforeEach(async () => {
    if (isSkipped) return;
    if (kind === 'real server' && real !== undefined) {
      behind = real;
      closeServer = async () => {};
    } else {
      const double = await startS3Double();
      behind = double;
      closeServer = () => double.close();
    }
    proxy = await startWireProxy(behind.endpoint);
    direct = plainClient(behind);
    client = plainClient({ ...behind, endpoint: proxy.endpoint });
    await direct.send(new s3.CreateBucketCommand({ Bucket: bucket }));
  });
  afterEach(async () => {
    if (isSkipped) return;
    await removeBucket(direct, bucket);
    direct.destroy();
    client.destroy();
    await proxy.close();
    await closeServer();
  });

  const put = (Key: string, Body: string) => client.send(new s3.PutObjectCommand({ Bucket: bucket, Key, Body }));
  const exists = async (Key: string) =>
    (await outcome(direct.send(new s3.HeadObjectCommand({ Bucket: bucket, Key })))) === '200';

  test.skipIf(isSkipped)('passes requests on with their signature intact, and counts them', async () => {
    await put('dir/a b', 'hello');
    const got = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'dir/a b' }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(proxy.count()).toBe(2);
    expect(proxy.count({ method: 'PUT', path: /dir/ })).toBe(1);
    expect(proxy.requests[0]).toEqual({
      method: 'PUT',
      path: `/${bucket}/dir/a%20b`,
      query: 'x-id=PutObject',
      contentLengthBytes: 5,
      bytesReceived: 5,
      status: 200,
      upstreamStatus: 200,
    });
  });

  test.skipIf(isSkipped)('a body of megabytes passes whole', async () => {
    const body = Buffer.alloc(6 * 1024 * 1024, 'wire');
    await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'big', Body: body }));
    const got = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'big' }));
    expect(body.equals((await got.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
    expect(proxy.requests[0]?.bytesReceived).toBe(body.length);
  });

  test.skipIf(isSkipped)('reset: the server never hears of the request', async () => {
    proxy.addFault({ method: 'PUT', times: 1 }, { kind: 'reset' });
    await expect(put('k', 'x')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await exists('k')).toBe(false);
    expect(proxy.requests[0]).toMatchObject({ status: undefined, upstreamStatus: undefined });
    expect(await outcome(put('k', 'x'))).toBe('200');
  });

  test.skipIf(isSkipped)('dropAnswer: the server has done it, the client does not know', async () => {
    proxy.addFault({ method: 'PUT', after: 1, times: 1 }, { kind: 'dropAnswer' });
    await put('first', 'x');
    await expect(put('second', 'x')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await exists('second')).toBe(true);
    expect(proxy.requests[1]).toMatchObject({ status: undefined, upstreamStatus: 200 });
  });

  test.skipIf(isSkipped)('answer: an error the server never gave', async () => {
    const remove = proxy.addFault({ path: /k$/ }, { kind: 'answer', status: 503, code: 'SlowDown' });
    expect(await outcome(put('k', 'x'))).toBe('503 SlowDown');
    expect(await exists('k')).toBe(false);
    remove();
    expect(await outcome(put('k', 'x'))).toBe('200');
  });

  test.skipIf(isSkipped)('delay: the answer comes later', async () => {
    proxy.addFault({}, { kind: 'delay', delayMs: 150 });
    const startMs = performance.now();
    await put('k', 'x');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(145);
  });
});
