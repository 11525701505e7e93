import * as s3 from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProbe, md5Hex, outcome, useBucket } from '../target.ts';
import type { Bench, Target } from '../target.ts';

async function setVersioning({ client, bucket }: Bench, Status: 'Enabled' | 'Suspended'): Promise<void> {
  await client.send(new s3.PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }));
}

export function versionProbes(target: Target): void {
  describe('versions', () => {
    const use = useBucket(target);
    beforeAll(() => setVersioning(use(), 'Enabled'));
    const putVersion = async (Key: string, Body: string) => {
      const { client, bucket } = use();
      return (await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key, Body }))).VersionId;
    };

    test('versioning is off at first, then says Enabled or Suspended', async () => {
      const { client } = use();
      const bench = use();
      const other = { ...bench, bucket: `${bench.bucket}-v` };
      const status = async () =>
        (await client.send(new s3.GetBucketVersioningCommand({ Bucket: other.bucket }))).Status;
      await client.send(new s3.CreateBucketCommand({ Bucket: other.bucket }));
      expect(await status()).toBeUndefined();
      await setVersioning(other, 'Enabled');
      expect(await status()).toBe('Enabled');
      await setVersioning(other, 'Suspended');
      expect(await status()).toBe('Suspended');
      await client.send(new s3.DeleteBucketCommand({ Bucket: other.bucket }));
    });

    test('a deletion leaves a marker, and an old version can be copied back', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'restored' };
      const first = await putVersion(at.Key, 'one');
      const second = await putVersion(at.Key, 'two');
      const deleted = await client.send(new s3.DeleteObjectCommand(at));
      expect(deleted.DeleteMarker).toBe(true);
      expect(new Set([first, second, deleted.VersionId, undefined]).size).toBe(4);

      expect(await outcome(client.send(new s3.GetObjectCommand(at)))).toBe('404 NoSuchKey');
      expect(await outcome(client.send(new s3.HeadObjectCommand(at)))).toBe('404');
      const marker = { ...at, VersionId: deleted.VersionId };
      expect(await outcome(client.send(new s3.GetObjectCommand(marker)))).toBe('405 MethodNotAllowed');
      const old = await client.send(new s3.GetObjectCommand({ ...at, VersionId: first }));
      expect(await old.Body?.transformToString()).toBe('one');
      expect((await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: at.Key }))).KeyCount).toBe(0);

      const CopySource = `${bucket}/${at.Key}?versionId=${first ?? ''}`;
      await client.send(new s3.CopyObjectCommand({ ...at, CopySource }));
      const restored = await client.send(new s3.GetObjectCommand(at));
      expect(await restored.Body?.transformToString()).toBe('one');
    });

    test('under a delete marker a key counts as missing for conditions', async () => {
      const { client, bucket, put } = use();
      await put('gone', 'x');
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));
      const replaced = await put('gone', 'y', { IfMatch: '"0"' });
      expectProbe(target, 'versions: If-Match under a delete marker', replaced, '404 NoSuchKey');
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));
      expect(await put('gone', 'y', { IfNoneMatch: '*' })).toBe('200');
    });

    test('removing the marker brings the object back', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'undeleted' };
      await putVersion(at.Key, 'x');
      const { VersionId } = await client.send(new s3.DeleteObjectCommand(at));
      await client.send(new s3.DeleteObjectCommand({ ...at, VersionId }));
      expect(await outcome(client.send(new s3.GetObjectCommand(at)))).toBe('200');
    });

    test('ListObjectVersions pages by key and version, newest first', async () => {
      const { client, bucket } = use();
      const written: (string | undefined)[] = [];
      for (const body of ['1', '2', '3']) written.unshift(await putVersion('listed/a', body));
      written.push(await putVersion('listed/b', '1'));
      const seen: [string | undefined, boolean | undefined][] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const page: s3.ListObjectVersionsCommandOutput = await client.send(
          new s3.ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'listed/', MaxKeys: 2, ...markers }),
        );
        seen.push(...(page.Versions ?? []).map((one): (typeof seen)[number] => [one.VersionId, one.IsLatest]));
        if (page.IsTruncated !== true) break;
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
      expect(seen).toEqual(written.map((version, index) => [version, index === 0 || index === 3]));
    });

    test('versions and delete markers of odd keys come URL-encoded, markers of pages too', async () => {
      const { client, bucket } = use();
      const keys = ["odd/a b+c&d'(e)~%41", 'odd/m', 'odd/ü文🙂'];
      for (const key of keys) {
        await putVersion(key, '1');
        await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }
      const decode = (text = '') => decodeURIComponent(text.replaceAll('+', ' '));
      const seen: string[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const page: s3.ListObjectVersionsCommandOutput = await client.send(
          new s3.ListObjectVersionsCommand({
            Bucket: bucket,
            Prefix: 'odd/',
            EncodingType: 'url',
            MaxKeys: 1,
            ...markers,
          }),
        );
        expect(page.EncodingType).toBe('url');
        for (const { Key, IsLatest } of page.Versions ?? []) seen.push(`${decode(Key)} object ${String(IsLatest)}`);
        for (const { Key, IsLatest } of page.DeleteMarkers ?? [])
          seen.push(`${decode(Key)} marker ${String(IsLatest)}`);
        if (page.IsTruncated !== true) break;
        markers = { KeyMarker: decode(page.NextKeyMarker), VersionIdMarker: page.NextVersionIdMarker };
      }
      expect(seen).toEqual(keys.flatMap((key) => [`${key} marker true`, `${key} object false`]));
    });

    test('a bucket that keeps no versions lists its objects as versions called null', async () => {
      const { client, bucket } = use();
      const Bucket = `${bucket}-w`;
      await client.send(new s3.CreateBucketCommand({ Bucket }));
      await client.send(new s3.PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
      await client.send(new s3.PutObjectCommand({ Bucket, Key: 'a', Body: '2' }));
      const { Versions = [] } = await client.send(new s3.ListObjectVersionsCommand({ Bucket }));
      expect(Versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([['a', 'null', true]]);
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'a' }));
      await client.send(new s3.DeleteBucketCommand({ Bucket }));
    });

    test('a condition on the source of a copy is about the version that is copied', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'copied' };
      const first = await putVersion(at.Key, 'one');
      await putVersion(at.Key, 'two');
      const copy = (etag: string) =>
        outcome(
          client.send(
            new s3.CopyObjectCommand({
              ...at,
              CopySource: `${bucket}/${at.Key}?versionId=${first ?? ''}`,
              CopySourceIfMatch: `"${etag}"`,
            }),
          ),
        );
      expect(await copy(md5Hex('two'))).toBe('412 PreconditionFailed');
      expect(await copy(md5Hex('one'))).toBe('200');
    });

    test('a part of an old version tells its size', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'parts' };
      const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(at));
      const parts: s3.CompletedPart[] = [];
      for (const [index, size] of [5 * 1024 * 1024, 10].entries()) {
        const PartNumber = index + 1;
        const part = { ...at, UploadId, PartNumber, Body: Buffer.alloc(size, PartNumber) };
        parts.push({ PartNumber, ETag: (await client.send(new s3.UploadPartCommand(part))).ETag });
      }
      const whole = await client.send(
        new s3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }),
      );
      await putVersion(at.Key, 'newer');
      const version = { ...at, VersionId: whole.VersionId, PartNumber: 1 };
      const head = await client.send(new s3.HeadObjectCommand(version));
      expect(head.ETag).toBe(whole.ETag);
      expectProbe(target, 'versions: size of a part of an old one', head.ContentLength, 5 * 1024 * 1024);
    });

    test('corners', async () => {
      const { client, bucket, put } = use();
      const missing = await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'never' }));
      const left = { status: String(missing.$metadata.httpStatusCode), marker: missing.DeleteMarker === true };
      expectProbe(target, 'versions: DELETE of a missing key', left, { status: '204', marker: true });
      await put('known', 'x');
      const get = (VersionId: string) =>
        outcome(client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'known', VersionId })));
      expectProbe(target, 'versions: unknown version id', await get('nonsense'), '404 NoSuchVersion');
      expect(await get('f47ac10b-58cc-4372-a567-0e02b2c3d479')).toBe('404 NoSuchVersion');
    });
  });
}
