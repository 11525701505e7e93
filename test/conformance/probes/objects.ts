import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { expectProbe, md5Hex, outcome, quoted, useBucket } from '../target.ts';
import type { Target } from '../target.ts';

export function objectProbes(target: Target): void {
  describe('buckets and objects', () => {
    const use = useBucket(target);

    test('creating a bucket twice is a conflict that names the owner', async () => {
      const { client, bucket } = use();
      const again = await outcome(client.send(new s3.CreateBucketCommand({ Bucket: bucket })));
      expectProbe(target, 'bucket: made twice', again, '409 BucketAlreadyOwnedByYou');
      expect(await outcome(client.send(new s3.CreateBucketCommand({ Bucket: 'No' })))).toBe('400 InvalidBucketName');
      expect(await outcome(client.send(new s3.HeadBucketCommand({ Bucket: bucket })))).toBe('200');
      const { Buckets = [] } = await client.send(new s3.ListBucketsCommand());
      expect(Buckets.map((one) => one.Name)).toContain(bucket);
      expect(await outcome(client.send(new s3.GetBucketLocationCommand({ Bucket: bucket })))).toBe('200');
    });

    test('every call on a missing bucket is NoSuchBucket', async () => {
      const { client, bucket } = use();
      const at = { Bucket: `${bucket}-none`, Key: 'k' };
      expect(await outcome(client.send(new s3.GetObjectCommand(at)))).toBe('404 NoSuchBucket');
      expect(await outcome(client.send(new s3.PutObjectCommand({ ...at, Body: 'x' })))).toBe('404 NoSuchBucket');
      expect(await outcome(client.send(new s3.DeleteObjectCommand(at)))).toBe('404 NoSuchBucket');
      expect(await outcome(client.send(new s3.ListObjectsV2Command({ Bucket: at.Bucket })))).toBe('404 NoSuchBucket');
      expect(await outcome(client.send(new s3.HeadBucketCommand({ Bucket: at.Bucket })))).toBe('404');
      expect(await outcome(client.send(new s3.HeadObjectCommand(at)))).toBe('404');
    });

    test('an object comes back as it was put, its ETag the MD5 of the content', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'plain' };
      const metadata = { mtime: '1700000000.123456789', 'other-name': 'a value' };
      const put = await client.send(
        new s3.PutObjectCommand({ ...at, Body: 'hello', Metadata: metadata, ContentType: 'text/plain' }),
      );
      expect(put.ETag).toBe(quoted(md5Hex('hello')));
      const head = await client.send(new s3.HeadObjectCommand(at));
      expect(head).toMatchObject({ ContentLength: 5, ETag: put.ETag, Metadata: metadata, ContentType: 'text/plain' });
      expect(Math.abs(Date.now() - (head.LastModified?.getTime() ?? 0))).toBeLessThan(60_000);
      const got = await client.send(new s3.GetObjectCommand(at));
      expect(await got.Body?.transformToString()).toBe('hello');
    });

    test('an empty object has the MD5 of nothing', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'empty' };
      const put = await client.send(new s3.PutObjectCommand({ ...at, Body: new Uint8Array() }));
      expect(put.ETag).toBe(quoted(md5Hex('')));
      expect((await client.send(new s3.HeadObjectCommand(at))).ContentLength).toBe(0);
      expect(await (await client.send(new s3.GetObjectCommand(at))).Body?.transformToString()).toBe('');
    });

    test.each([
      ['bytes=1-2', '206', 'bytes 1-2/5', 'el'],
      ['bytes=3-', '206', 'bytes 3-4/5', 'lo'],
      ['bytes=-2', '206', 'bytes 3-4/5', 'lo'],
      ['bytes=1-100', '206', 'bytes 1-4/5', 'ello'],
    ])('range %s', async (range, status, contentRange, text) => {
      const { client, bucket, put } = use();
      await put('ranged', 'hello');
      const got = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'ranged', Range: range }));
      expect(String(got.$metadata.httpStatusCode)).toBe(status);
      expect(got.ContentRange).toBe(contentRange);
      expect(await got.Body?.transformToString()).toBe(text);
    });

    test('a range behind the end is refused', async () => {
      const { client, bucket, put } = use();
      await put('ranged', 'hello');
      const beyond = new s3.GetObjectCommand({ Bucket: bucket, Key: 'ranged', Range: 'bytes=5-9' });
      expect(await outcome(client.send(beyond))).toBe('416 InvalidRange');
    });

    test('conditions on reading', async () => {
      const { client, bucket, put } = use();
      await put('read', 'hello');
      const at = { Bucket: bucket, Key: 'read' };
      const etag = md5Hex('hello');
      const get = (conditions: object) => outcome(client.send(new s3.GetObjectCommand({ ...at, ...conditions })));
      expect(await get({ IfMatch: quoted(etag) })).toBe('200');
      expect(await get({ IfMatch: etag })).toBe('200');
      expect(await get({ IfMatch: quoted(md5Hex('x')) })).toBe('412 PreconditionFailed');
      expect(await get({ IfNoneMatch: quoted(etag) })).toBe('304');
      expect(await outcome(client.send(new s3.HeadObjectCommand({ ...at, IfMatch: '"0"' })))).toBe('412');
    });

    test('missing keys: GET and HEAD are 404, DELETE succeeds', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'missing' };
      expect(await outcome(client.send(new s3.GetObjectCommand(at)))).toBe('404 NoSuchKey');
      expect(await outcome(client.send(new s3.HeadObjectCommand(at)))).toBe('404');
      expect(await outcome(client.send(new s3.DeleteObjectCommand(at)))).toBe('204');
    });

    test('a copy keeps content and metadata, or replaces the metadata', async () => {
      const { client, bucket } = use();
      const source = { Bucket: bucket, Key: 'source ü+' };
      await client.send(new s3.PutObjectCommand({ ...source, Body: 'x', Metadata: { mtime: '1' } }));
      const CopySource = `${bucket}/${encodeURIComponent(source.Key)}`;
      const copy = async (extra: object) => {
        const answer = await client.send(
          new s3.CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource, ...extra }),
        );
        const head = await client.send(new s3.HeadObjectCommand({ Bucket: bucket, Key: 'copy' }));
        return { etag: answer.CopyObjectResult?.ETag, metadata: head.Metadata };
      };
      const etag = quoted(md5Hex('x'));
      expect(await copy({})).toEqual({ etag, metadata: { mtime: '1' } });
      const replaced = { MetadataDirective: 'REPLACE', Metadata: { mtime: '2' } };
      expect(await copy(replaced)).toEqual({ etag, metadata: { mtime: '2' } });
      const missing = new s3.CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/missing` });
      expect(await outcome(client.send(missing))).toBe('404 NoSuchKey');
      const ontoItself = new s3.CopyObjectCommand({ ...source, CopySource });
      expect(await outcome(client.send(ontoItself))).toBe('400 InvalidRequest');
    });

    test('many objects are deleted in one call', async () => {
      const { client, bucket, put } = use();
      await put('many/1', 'x');
      await put('many/2 &<', 'x');
      const Objects = [{ Key: 'many/1' }, { Key: 'many/2 &<' }, { Key: 'many/missing' }];
      const answer = await client.send(new s3.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect(answer.Deleted?.map((one) => one.Key).sort()).toEqual(Objects.map((one) => one.Key).sort());
      const left = await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: 'many/' }));
      expect(left.KeyCount).toBe(0);
    });

    test('one bad key in a call for many is reported, the others are deleted', async () => {
      const { client, bucket, put } = use();
      await put('batch/1', 'x');
      await put('batch/2', 'x');
      const Objects = [{ Key: 'batch/1' }, { Key: 'batch/2' }, { Key: 'batch//bad' }];
      const answer = await client.send(new s3.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect(answer.Errors?.map((one) => one.Key)).toEqual(['batch//bad']);
      const deleted = answer.Deleted?.map((one) => one.Key);
      expectProbe(target, 'delete many: keys reported as deleted', deleted, ['batch/1', 'batch/2']);
      const left = await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: 'batch/' }));
      expect(left.KeyCount).toBe(0);
    });

    test('an object a and objects below a/ do not live together: the latter are hidden until a is gone', async () => {
      const { client, bucket, put } = use();
      await put('nest/a/b', 'below');
      expectProbe(target, 'nested: PUT over a prefix', await put('nest/a', 'above'), '200');
      const keys = async (prefix: string) => {
        const page = await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
        return page.Contents?.map((one) => one.Key) ?? [];
      };
      expectProbe(target, 'nested: listing shows', await keys('nest/'), ['nest/a']);
      expectProbe(target, 'nested: listing below shows', await keys('nest/a/'), []);
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'nest/a' }));
      expectProbe(target, 'nested: after deletion', await keys('nest/'), ['nest/a/b']);
    });
  });
}
