import * as s3 from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { plainClient } from '../../support/s3-client.ts';
import { expectProbe, md5Base64, outcome, useBucket } from '../target.ts';
import type { Target } from '../target.ts';

// Computed with another implementation, for the five bytes `hello`.
const helloChecksums = [
  ['CRC32', 'ChecksumCRC32', 'NhCmhg=='],
  ['CRC32C', 'ChecksumCRC32C', 'mnG7TA=='],
  ['SHA1', 'ChecksumSHA1', 'qvTGHdzF6KLavt4PO0gs2a6pQ00='],
  ['SHA256', 'ChecksumSHA256', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='],
] as const;

export function integrityProbes(target: Target): void {
  describe('integrity', () => {
    const use = useBucket(target);

    test('Content-MD5 is checked', async () => {
      const { put } = use();
      expect(await put('md5', 'hello', { ContentMD5: md5Base64('hello') })).toBe('200');
      expect(await put('md5-bad', 'hello', { ContentMD5: md5Base64('other') })).toBe('400 BadDigest');
      const nonsense = await put('md5-bad', 'hello', { ContentMD5: 'abc' });
      expectProbe(target, 'Content-MD5: no MD5', nonsense, '400 InvalidDigest');
    });

    test.each(helloChecksums)('%s is checked, kept and given back on request', async (algorithm, field, checksum) => {
      const { client, bucket, put } = use();
      const at = { Bucket: bucket, Key: algorithm };
      expect(await put(algorithm, 'hello', { [field]: checksum })).toBe('200');
      const asked = await client.send(new s3.HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      expect(asked[field]).toBe(checksum);
      const unasked = await client.send(new s3.HeadObjectCommand(at));
      expect(unasked[field]).toBeUndefined();
      const wrong = await put(`${algorithm}-bad`, 'hellO', { [field]: checksum });
      expectProbe(target, 'checksum: wrong', wrong, '400 XAmzContentChecksumMismatch');
      expect(await outcome(client.send(new s3.HeadObjectCommand({ Bucket: bucket, Key: `${algorithm}-bad` })))).toBe(
        '404',
      );
    });

    test('a stream with its checksum in the trailer arrives whole', async () => {
      const { bucket } = use();
      const client = plainClient(target.access(), { requestChecksumCalculation: 'WHEN_SUPPORTED' });
      const body = Buffer.alloc(300_000, 'streamed ');
      const at = { Bucket: bucket, Key: 'trailer' };
      const put = { ...at, Body: Readable.from(sliced(body)), ContentLength: body.length };
      await client.send(new s3.PutObjectCommand({ ...put, ChecksumAlgorithm: 'CRC32' }));
      const got = await client.send(new s3.GetObjectCommand(at));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
      const head = await client.send(new s3.HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      expect(head.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
      expect(head.ContentEncoding ?? '').not.toContain('aws-chunked');
      client.destroy();
    });

    test('the checksum of a multipart object is that of the part checksums', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'composite' };
      const start = new s3.CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256' });
      const { UploadId } = await client.send(start);
      const sum = helloChecksums[3][2];
      const part = { ...at, UploadId, PartNumber: 1, Body: 'hello', ChecksumSHA256: sum };
      const { ETag } = await client.send(new s3.UploadPartCommand(part));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: sum }] };
      await client.send(new s3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
      const head = await client.send(new s3.HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      // SHA-256 of the SHA-256 of `hello`.
      expect(head.ChecksumSHA256).toBe('lZXJ35AHUUjrBoYDZd8zWEt1v/eCpRDGzUiDpBmDPVA=-1');
    });
  });
}

function* sliced(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += 70_000) yield body.subarray(start, start + 70_000);
}
