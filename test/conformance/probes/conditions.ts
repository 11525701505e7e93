import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { expectProbe, md5Hex, outcome, quoted, useBucket } from '../target.ts';
import type { Bench, Target } from '../target.ts';

const wrong = quoted(md5Hex('never written'));

async function contentOf({ client, bucket }: Bench, key: string): Promise<string | undefined> {
  const got = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
  return got.Body?.transformToString();
}

/** An upload with one part, ready to be completed with conditions. */
async function readyUpload({ client, bucket }: Bench, key: string, body: string) {
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
  const at = { Bucket: bucket, Key: key, UploadId };
  const { ETag } = await client.send(new s3.UploadPartCommand({ ...at, PartNumber: 1, Body: body }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  return (conditions: object) =>
    outcome(client.send(new s3.CompleteMultipartUploadCommand({ ...at, MultipartUpload, ...conditions })));
}

export function conditionProbes(target: Target): void {
  describe('conditional writes', () => {
    const use = useBucket(target);

    test('PUT with If-None-Match: * creates and never overwrites', async () => {
      const bench = use();
      expect(await bench.put('create', 'first', { IfNoneMatch: '*' })).toBe('200');
      expect(await bench.put('create', 'second', { IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
      expect(await contentOf(bench, 'create')).toBe('first');
    });

    test('PUT with If-Match replaces exactly the version that was seen, its ETag quoted or not', async () => {
      const bench = use();
      await bench.put('replace', 'one');
      expect(await bench.put('replace', 'bad', { IfMatch: wrong })).toBe('412 PreconditionFailed');
      expect(await contentOf(bench, 'replace')).toBe('one');
      expect(await bench.put('replace', 'two', { IfMatch: quoted(md5Hex('one')) })).toBe('200');
      expect(await bench.put('replace', 'three', { IfMatch: md5Hex('two') })).toBe('200');
      expect(await contentOf(bench, 'replace')).toBe('three');
    });

    test('If-Match on a missing key is NoSuchKey, not a failed precondition', async () => {
      const bench = use();
      expect(await bench.put('missing', 'x', { IfMatch: wrong })).toBe('404 NoSuchKey');
      const complete = await readyUpload(bench, 'missing', 'x');
      expect(await complete({ IfMatch: wrong })).toBe('404 NoSuchKey');
    });

    test('of two creations at once, one wins', async () => {
      const bench = use();
      const bodies = ['a', 'b', 'c', 'd', 'e', 'f'];
      const outcomes = await Promise.all(bodies.map((body) => bench.put('race', body, { IfNoneMatch: '*' })));
      expect(outcomes.filter((one) => one === '200')).toHaveLength(1);
      expect(await contentOf(bench, 'race')).toBe(bodies[outcomes.indexOf('200')]);
    });

    test('completing an upload obeys the conditions and survives a refusal', async () => {
      const bench = use();
      await bench.put('mpu', 'old');
      const complete = await readyUpload(bench, 'mpu', 'new');
      expect(await complete({ IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
      expect(await complete({ IfMatch: wrong })).toBe('412 PreconditionFailed');
      expect(await contentOf(bench, 'mpu')).toBe('old');
      expect(await complete({ IfMatch: quoted(md5Hex('old')) })).toBe('200');
      expect(await contentOf(bench, 'mpu')).toBe('new');
      const create = await readyUpload(bench, 'mpu-new', 'created');
      expect(await create({ IfNoneMatch: '*' })).toBe('200');
      const unquoted = await readyUpload(bench, 'mpu-unquoted', 'new');
      await bench.put('mpu-unquoted', 'old');
      expect(await unquoted({ IfMatch: md5Hex('old') })).toBe('200');
    });

    test('the conditions are looked at before the upload id', async () => {
      const bench = use();
      await bench.put('lost-upload', 'x');
      const complete = await readyUpload(bench, 'lost-upload', 'y');
      expect(await complete({})).toBe('200');
      expectProbe(target, 'complete: twice', await complete({}), '404 NoSuchUpload');
      expect(await complete({ IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
    });

    test('the destination of a copy', async () => {
      const bench = use();
      await bench.put('source', 'source');
      await bench.put('target', 'target');
      const CopySource = `${bench.bucket}/source`;
      const copy = (Key: string, conditions: object) =>
        outcome(bench.client.send(new s3.CopyObjectCommand({ Bucket: bench.bucket, Key, CopySource, ...conditions })));
      const probes: [string, string, object, string][] = [
        ['copy: If-None-Match * on an existing destination', 'target', { IfNoneMatch: '*' }, '412 PreconditionFailed'],
        ['copy: wrong If-Match on the destination', 'target', { IfMatch: wrong }, '412 PreconditionFailed'],
        ['copy: If-Match on a missing destination', 'missing-target', { IfMatch: wrong }, '404 NoSuchKey'],
        ['copy: If-None-Match * on a missing destination', 'new-target', { IfNoneMatch: '*' }, '200'],
      ];
      for (const [probe, key, conditions, expected] of probes) {
        expectProbe(target, probe, await copy(key, conditions), expected);
      }
      await bench.put('matched', 'matched');
      expect(await copy('matched', { IfMatch: quoted(md5Hex('matched')) })).toBe('200');
    });

    test('the source of a copy', async () => {
      const bench = use();
      await bench.put('source', 'source');
      const CopySource = `${bench.bucket}/source`;
      const copy = (conditions: object) =>
        outcome(
          bench.client.send(new s3.CopyObjectCommand({ Bucket: bench.bucket, Key: 'to', CopySource, ...conditions })),
        );
      expect(await copy({ CopySourceIfMatch: wrong })).toBe('412 PreconditionFailed');
      expect(await copy({ CopySourceIfMatch: quoted(md5Hex('source')) })).toBe('200');
    });

    test('DELETE with If-Match', async () => {
      const bench = use();
      await bench.put('doomed', 'x');
      const remove = (Key: string, IfMatch: string) =>
        outcome(bench.client.send(new s3.DeleteObjectCommand({ Bucket: bench.bucket, Key, IfMatch })));
      expectProbe(target, 'delete: wrong If-Match', await remove('doomed', wrong), '412 PreconditionFailed');
      const head = new s3.HeadObjectCommand({ Bucket: bench.bucket, Key: 'doomed' });
      const survives = (await outcome(bench.client.send(head))) === '200';
      expectProbe(target, 'delete: object survives a wrong If-Match', survives, true);
      expectProbe(target, 'delete: If-Match on a missing key', await remove('missing', wrong), '404 NoSuchKey');
      await bench.put('doomed', 'x');
      expect(await remove('doomed', quoted(md5Hex('x')))).toBe('204');
      expect(await outcome(bench.client.send(head))).toBe('404');
    });
  });
}
