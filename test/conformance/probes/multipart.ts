import * as s3 from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expectProbe, md5Base64, md5Hex, outcome, quoted, useBucket } from '../target.ts';
import type { Bench, Target } from '../target.ts';

const fiveMiB = Buffer.alloc(5 * 1024 * 1024, 'rustfs');

class Uploading {
  readonly client: s3.S3Client;
  readonly at: { Bucket: string; Key: string; UploadId: string };

  constructor(client: s3.S3Client, at: { Bucket: string; Key: string; UploadId: string }) {
    this.client = client;
    this.at = at;
  }

  part(PartNumber: number, Body: string | Uint8Array, extra: object = {}) {
    return this.client.send(new s3.UploadPartCommand({ ...this.at, PartNumber, Body, ...extra }));
  }

  list(extra: object = {}) {
    return this.client.send(new s3.ListPartsCommand({ ...this.at, ...extra }));
  }

  complete(Parts: { PartNumber: number; ETag: string | undefined }[]) {
    return this.client.send(new s3.CompleteMultipartUploadCommand({ ...this.at, MultipartUpload: { Parts } }));
  }

  abort() {
    return this.client.send(new s3.AbortMultipartUploadCommand(this.at));
  }
}

async function startUpload({ client, bucket }: Bench, key: string, extra: object = {}): Promise<Uploading> {
  const created = await client.send(new s3.CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ...extra }));
  if (created.UploadId === undefined) throw new Error('The server gave no upload id.');
  return new Uploading(client, { Bucket: bucket, Key: key, UploadId: created.UploadId });
}

export function multipartProbes(target: Target): void {
  describe('multipart uploads', () => {
    const use = useBucket(target);

    test('a part of an upload that announced no checksum may come with one, which is checked', async () => {
      const upload = await startUpload(use(), 'checked');
      // Computed with another implementation, for the five bytes `hello`.
      const extra = { ChecksumCRC32: 'NhCmhg==' };
      const wrong = await outcome(upload.part(1, 'hellO', extra));
      expectProbe(target, 'part: wrong checksum', wrong, '400 XAmzContentChecksumMismatch');
      expect(await upload.part(1, 'hello', extra)).toMatchObject({ ...extra, ETag: quoted(md5Hex('hello')) });
      const completed = await upload.complete([{ PartNumber: 1, ETag: quoted(md5Hex('hello')) }]);
      expect(completed.ETag).toMatch(/-1"$/);
    });

    test('the parts become one object with the composite ETag and the metadata of the start', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'big', { Metadata: { mtime: '1.5' } });
      const tail = await upload.part(7, 'tail');
      const first = await upload.part(2, fiveMiB);
      expect(tail.ETag).toBe(quoted(md5Hex('tail')));
      expect(await outcome(bench.client.send(new s3.HeadObjectCommand({ Bucket: bench.bucket, Key: 'big' })))).toBe(
        '404',
      );
      const completed = await upload.complete([
        { PartNumber: 2, ETag: first.ETag },
        { PartNumber: 7, ETag: tail.ETag },
      ]);
      const digests = [fiveMiB, 'tail'].map((part) => createHash('md5').update(part).digest());
      expect(completed.ETag).toBe(quoted(`${md5Hex(Buffer.concat(digests))}-2`));
      const head = await bench.client.send(new s3.HeadObjectCommand({ Bucket: bench.bucket, Key: 'big' }));
      expect(head).toMatchObject({
        ETag: completed.ETag,
        ContentLength: fiveMiB.length + 4,
        Metadata: { mtime: '1.5' },
      });
      const end = { Bucket: bench.bucket, Key: 'big', Range: `bytes=${fiveMiB.length - 2}-` };
      const got = await bench.client.send(new s3.GetObjectCommand(end));
      expect(await got.Body?.transformToString()).toBe(`${fiveMiB.toString('latin1').slice(-2)}tail`);
    });

    test('ListParts pages, and a part sent again replaces the first', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'paged');
      expect((await upload.list()).Parts ?? []).toEqual([]);
      for (const number of [3, 1, 5, 9]) await upload.part(number, `part ${number}`);
      await upload.part(3, 'again');
      const seen: [number | undefined, string | undefined][] = [];
      let marker: string | undefined;
      for (;;) {
        const page = await upload.list({ MaxParts: 2, PartNumberMarker: marker });
        seen.push(...(page.Parts ?? []).map((part): (typeof seen)[number] => [part.PartNumber, part.ETag]));
        if (page.IsTruncated !== true) break;
        marker = page.NextPartNumberMarker;
      }
      const expected = [1, 3, 5, 9].map((number) => [
        number,
        quoted(md5Hex(number === 3 ? 'again' : `part ${number}`)),
      ]);
      expect(seen).toEqual(expected);
      await upload.abort();
    });

    test('a completion that does not fit is refused and leaves the upload alive', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'refused');
      const one = await upload.part(1, 'small');
      const two = await upload.part(2, 'small too');
      const complete = (parts: Parameters<typeof upload.complete>[0]) => outcome(upload.complete(parts));
      expect(await complete([{ PartNumber: 1, ETag: quoted(md5Hex('x')) }])).toBe('400 InvalidPart');
      expect(await complete([{ PartNumber: 3, ETag: one.ETag }])).toBe('400 InvalidPart');
      const swapped = [
        { PartNumber: 2, ETag: two.ETag },
        { PartNumber: 1, ETag: one.ETag },
      ];
      expect(await complete(swapped)).toBe('400 InvalidPartOrder');
      expect(await complete([...swapped].reverse())).toBe('400 EntityTooSmall');
      expect(await complete([])).toBe('400 InvalidRequest');
      expect((await upload.list()).Parts).toHaveLength(2);
      expect(await complete([{ PartNumber: 1, ETag: one.ETag }])).toBe('200');
    });

    test('part numbers go from 1 to 10,000', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'numbers');
      expectProbe(target, 'part number 0', await outcome(upload.part(0, 'x')), '400 InvalidArgument');
      expect(await outcome(upload.part(10_001, 'x'))).toBe('400 InvalidArgument');
      expect(await outcome(upload.part(10_000, 'x'))).toBe('200');
      await upload.abort();
    });

    test('after an abort, everything is NoSuchUpload', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'aborted');
      const { ETag } = await upload.part(1, 'x');
      expect(await outcome(upload.abort())).toBe('204');
      expect(await outcome(upload.part(2, 'x'))).toBe('404 NoSuchUpload');
      expect(await outcome(upload.list())).toBe('404 NoSuchUpload');
      expect(await outcome(upload.complete([{ PartNumber: 1, ETag }]))).toBe('404 NoSuchUpload');
      expectProbe(target, 'abort: twice', await outcome(upload.abort()), '404 NoSuchUpload');
    });

    test('a damaged part is BadDigest and is not kept', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'damaged');
      expect(await outcome(upload.part(1, 'x', { ContentMD5: md5Base64('y') }))).toBe('400 BadDigest');
      expect((await upload.list()).Parts ?? []).toEqual([]);
      await upload.abort();
    });

    test('unfinished uploads of a key are listed', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'left/over +ü');
      const list = async (Prefix: string) => {
        const page = await bench.client.send(new s3.ListMultipartUploadsCommand({ Bucket: bench.bucket, Prefix }));
        return (page.Uploads ?? []).map((one) => [one.Key, one.UploadId, one.Initiated instanceof Date]);
      };
      const expected = [['left/over +ü', upload.at.UploadId, true]];
      expect(await list('left/over +ü')).toEqual(expected);
      expectProbe(target, 'uploads: by a directory prefix', await list('left/'), expected);
      await upload.abort();
      expect(await list('left/over +ü')).toEqual([]);
    });

    test('UploadPartCopy takes a range of another object', async () => {
      const bench = use();
      await bench.put('copied', 'hello');
      const upload = await startUpload(bench, 'from copies');
      const CopySource = `${bench.bucket}/copied`;
      const copy = (CopySourceRange: string) =>
        bench.client.send(new s3.UploadPartCopyCommand({ ...upload.at, PartNumber: 1, CopySource, CopySourceRange }));
      expectProbe(target, 'part copy: beyond the end', await outcome(copy('bytes=1-30')), '400 InvalidArgument');
      const part = await copy('bytes=1-3');
      expect(part.CopyPartResult?.ETag).toBe(quoted(md5Hex('ell')));
      await upload.complete([{ PartNumber: 1, ETag: part.CopyPartResult?.ETag }]);
      const got = await bench.client.send(new s3.GetObjectCommand({ Bucket: bench.bucket, Key: 'from copies' }));
      expect(await got.Body?.transformToString()).toBe('ell');
    });

    test('the copy of a multipart object has the MD5 of its content as ETag', async () => {
      const bench = use();
      const upload = await startUpload(bench, 'multi');
      const { ETag } = await upload.part(1, 'whole');
      await upload.complete([{ PartNumber: 1, ETag }]);
      const copy = new s3.CopyObjectCommand({
        Bucket: bench.bucket,
        Key: 'single',
        CopySource: `${bench.bucket}/multi`,
      });
      const { CopyObjectResult } = await bench.client.send(copy);
      expectProbe(target, 'copy: ETag of a multipart source', CopyObjectResult?.ETag, quoted(md5Hex('whole')));
    });
  });
}
