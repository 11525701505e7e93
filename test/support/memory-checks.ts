import { crc32 } from 'node:zlib';
import type { PartRequest } from '../../src/core/object-store.ts';
import { contentOf, type Content } from '../../src/trial/s3/content.ts';
import { S3Error } from '../../src/trial/s3/errors.ts';

/** A body that arrived as it was sent. @throws S3Error BadDigest */
export function checkedContent(body: Uint8Array, md5: Uint8Array): Content {
  const content = contentOf(body.slice());
  if (content.md5Hex !== Buffer.from(md5).toString('hex')) throw new S3Error('BadDigest');
  return content;
}

/** A part that did. @throws S3Error */
export function checkedPart({ body, check }: PartRequest): Content {
  if (check.kind === 'md5') return checkedContent(body, check.md5);
  if (crc32(body) !== check.crc32) throw new S3Error('XAmzContentChecksumMismatch');
  return contentOf(body.slice());
}

/** As a server that encrypts shows an ETag: the same digits the other way round, which is the MD5 of nothing. */
export function disguisedEtag(etag: string): string {
  const [md5 = '', ...rest] = etag.split('-');
  return [Array.from(md5).reverse().join(''), ...rest].join('-');
}
