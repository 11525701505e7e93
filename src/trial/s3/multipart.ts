import { createHash } from 'node:crypto';
import type { Checksum, Part, Upload } from './bucket.ts';
import { digestBase64 } from './checksums.ts';
import { joinContents } from './content.ts';
import type { Content } from './content.ts';
import { S3Error } from './errors.ts';

const maxPartNumber = 10_000;
const maxPartsPage = 1_000;

export interface CompletedPart {
  readonly partNumber: number;
  /** With or without quotes. */
  readonly etag: string;
}

export interface PartsPage {
  readonly parts: readonly Part[];
  readonly isTruncated: boolean;
  readonly nextPartNumberMarker: number;
}

/** @throws S3Error InvalidArgument */
export function checkPartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > maxPartNumber) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.');
  }
}

export function listParts(upload: Upload, partNumberMarker = 0, maxParts = maxPartsPage): PartsPage {
  const limit = Math.min(maxParts, maxPartsPage);
  const following = [...upload.parts.values()]
    .filter((part) => part.partNumber > partNumberMarker)
    .sort((a, b) => a.partNumber - b.partNumber);
  const parts = following.slice(0, limit);
  const isTruncated = following.length > limit;
  return { parts, isTruncated, nextPartNumberMarker: isTruncated ? (parts.at(-1)?.partNumber ?? 0) : 0 };
}

export interface Assembled {
  readonly content: Content;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly partSizesBytes: readonly number[];
}

/**
 * Joins the parts that a completion names.
 * @throws S3Error InvalidRequest, InvalidPartOrder, InvalidPart or EntityTooSmall.
 */
export function assemble(upload: Upload, named: readonly CompletedPart[], minPartSizeBytes: number): Assembled {
  if (named.length === 0) throw new S3Error('InvalidRequest', 'You must specify at least one part.');
  const ascending = named.every((one, index) => index === 0 || one.partNumber > (named[index - 1]?.partNumber ?? 0));
  if (!ascending) throw new S3Error('InvalidPartOrder');
  const parts = named.map((one) => {
    const part = upload.parts.get(one.partNumber);
    if (part?.etag !== one.etag.replaceAll('"', '')) throw new S3Error('InvalidPart');
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.content.sizeBytes < minPartSizeBytes)) throw new S3Error('EntityTooSmall');
  return {
    content: joinContents(parts.map((part) => part.content)),
    etag: compositeEtag(parts.map((part) => part.etag)),
    checksum: compositeChecksum(parts),
    partSizesBytes: parts.map((part) => part.content.sizeBytes),
  };
}

function compositeEtag(etags: readonly string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${etags.length}`;
}

function compositeChecksum(parts: readonly Part[]): Checksum | undefined {
  const first = parts[0]?.checksum;
  if (first === undefined) return undefined;
  const digests: Buffer[] = [];
  for (const { checksum } of parts) {
    if (checksum?.algorithm !== first.algorithm) return undefined;
    digests.push(Buffer.from(checksum.base64, 'base64'));
  }
  const base64 = `${digestBase64(first.algorithm, digests)}-${parts.length}`;
  return { algorithm: first.algorithm, base64 };
}
