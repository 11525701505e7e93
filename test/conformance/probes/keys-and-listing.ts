import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { expectProbe, useBucket } from '../target.ts';
import type { Bench, Target } from '../target.ts';

// In UTF-8 byte order, which differs from UTF-16 order in the last two.
const trickyKeys = [
  '%41 is not A',
  'a b',
  'a#b',
  'a%20b',
  'a%b',
  'a&b',
  "a'b(c)!*",
  'a+b',
  'b?c=d',
  'dir.txt',
  'dir/1',
  'dir/2',
  'dir0',
  'x<y>"z"',
  'é',
  '中文/文件',
  '～',
  '😀',
];

/** encoding-type=url: a form's encoding on MinIO and AWS (a space is `+`), percent-encoding on RustFS. */
function decodeListed(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

async function listAll({ client, bucket }: Bench, options: object): Promise<{ keys: string[]; prefixes: string[] }> {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let token: string | undefined;
  do {
    const page: s3.ListObjectsV2CommandOutput = await client.send(
      new s3.ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', ContinuationToken: token, ...options }),
    );
    keys.push(...(page.Contents ?? []).map((one) => decodeListed(one.Key ?? '')));
    prefixes.push(...(page.CommonPrefixes ?? []).map((one) => decodeListed(one.Prefix ?? '')));
    expect(page.KeyCount).toBe((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0));
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return { keys, prefixes };
}

export function keyProbes(target: Target): void {
  describe('keys', () => {
    const use = useBucket(target);
    const segment = '长'.repeat(83) + 'x';

    test.each([
      ['key: segment of 250 bytes', `long/${segment}`, '200'],
      ['key: segment of 255 bytes', `long/${'x'.repeat(255)}`, '200'],
      ['key: segment of 256 bytes', `long/${'x'.repeat(256)}`, '400 InvalidArgument'],
      ['key: depth 60', Array.from({ length: 60 }, () => 'n').join('/'), '200'],
      ['key: 1024 bytes', `${'y'.repeat(127)}/`.repeat(7) + 'y'.repeat(128), '200'],
      ['key: 1025 bytes', `${'y'.repeat(127)}/`.repeat(7) + 'y'.repeat(129), '400 KeyTooLongError'],
      ['key: dot segment', 'p/./q', '400 InvalidArgument'],
      ['key: dot dot segment', 'p/../q', '400 InvalidArgument'],
      ['key: empty segment', 'p//q', '400 InvalidArgument'],
      ['key: NUL', 'p\0q', '400 InvalidArgument'],
      ['key: line feed', 'p\nq', '400 InvalidArgument'],
    ])('%s', async (probe, key, expected) => {
      const { client, bucket, put } = use();
      const actual = await put(key, 'x');
      expectProbe(target, probe, actual, expected);
      if (actual !== '200') return;
      const got = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
      expect(await got.Body?.transformToString()).toBe('x');
    });

    test('leading slashes collapse', async () => {
      const bench = use();
      await bench.put('//lead/x', 'x');
      expect(await listAll(bench, { Prefix: 'lead/' })).toMatchObject({ keys: ['lead/x'] });
    });
  });

  describe('listing', () => {
    const use = useBucket(target);
    const fill = async (bench: Bench) => {
      for (const key of [...trickyKeys].reverse()) expect(await bench.put(key, key)).toBe('200');
    };

    test('keys of any spelling come back in UTF-8 byte order, on pages of every size', async () => {
      const bench = use();
      await fill(bench);
      for (const key of trickyKeys) {
        const got = await bench.client.send(new s3.GetObjectCommand({ Bucket: bench.bucket, Key: key }));
        expect(await got.Body?.transformToString()).toBe(key);
      }
      for (const MaxKeys of [1, 4, 1_000]) {
        expect(await listAll(bench, { MaxKeys })).toEqual({ keys: trickyKeys, prefixes: [] });
      }
    });

    test('a delimiter groups keys, across pages too', async () => {
      const bench = use();
      await fill(bench);
      const keys = trickyKeys.filter((key) => !key.includes('/'));
      for (const MaxKeys of [1, 3, 1_000]) {
        expect(await listAll(bench, { Delimiter: '/', MaxKeys })).toEqual({ keys, prefixes: ['dir/', '中文/'] });
      }
      expect(await listAll(bench, { Delimiter: '/', Prefix: 'dir/' })).toEqual({
        keys: ['dir/1', 'dir/2'],
        prefixes: [],
      });
    });

    test('start-after is exclusive, of existing keys and of others', async () => {
      const bench = use();
      await fill(bench);
      const from = (key: string) => trickyKeys.slice(trickyKeys.indexOf(key));
      expect((await listAll(bench, { StartAfter: 'dir/1' })).keys).toEqual(from('dir/2'));
      expect((await listAll(bench, { StartAfter: 'dir/1', MaxKeys: 2 })).keys).toEqual(from('dir/2'));
      expect((await listAll(bench, { StartAfter: 'dir/' })).keys).toEqual(from('dir/1'));
      expect((await listAll(bench, { StartAfter: 'zzz' })).keys).toEqual(from('é'));
    });

    test('without encoding-type the keys come as they are', async () => {
      const bench = use();
      await fill(bench);
      const page = await bench.client.send(new s3.ListObjectsV2Command({ Bucket: bench.bucket }));
      expect(page.Contents?.map((one) => one.Key)).toEqual(trickyKeys);
      expect(page.Contents?.[0]?.Size).toBe(trickyKeys[0]?.length);
    });

    test('a page of no keys is empty and complete', async () => {
      const bench = use();
      await fill(bench);
      const page = await bench.client.send(new s3.ListObjectsV2Command({ Bucket: bench.bucket, MaxKeys: 0 }));
      expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false });
    });
  });
}
