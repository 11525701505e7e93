import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { unquoteEtag } from '../core/etag.ts';
import type { ListedVersion, VersionListRequest, VersionMarker, VersionPage } from '../core/object-store.ts';
import { compareUtf8 } from '../core/text.ts';
import type { Connection } from './connection.ts';
import { decodeKey } from './list-page.ts';
import { until } from './until.ts';
import { incompleteAnswer, listingDisorder } from './wire-errors.ts';

/**
 * One page of the versions and delete markers below a prefix.
 *
 * @throws SyncError listing-disorder when the page contradicts itself.
 */
export async function listVersionPage(
  connection: Connection,
  { bucket, prefix, after, delimiter, maxKeys }: VersionListRequest,
  signal?: AbortSignal,
): Promise<VersionPage> {
  const doing = { action: 'ListObjectVersions', bucket } as const;
  const answer = await connection.run(doing, until(signal, { patience: 'listing' }), (client, options) =>
    client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        KeyMarker: after?.key,
        VersionIdMarker: after?.versionId,
        Delimiter: delimiter,
        MaxKeys: maxKeys ?? 1000,
      }),
      options,
    ),
  );
  if (answer.IsTruncated === undefined) throw incompleteAnswer(connection, doing);
  const decode =
    answer.EncodingType === 'url' ? (text: string) => decodeKey(text, bucket, prefix) : (text: string) => text;
  const versions = readVersions(answer, decode, bucket, prefix);
  return answer.IsTruncated ? { versions, next: nextMarker(answer, decode, bucket, prefix) } : { versions };
}

type Decode = (text: string) => string;

/**
 * Versions and delete markers come as two lists and are put back into one. Where a marker and a version of one key have
 * the same time, which is only known to the second on some servers, the marker counts as the older one unless it is the
 * latest: content is then rather found than taken for deleted.
 */
function readVersions(
  answer: ListObjectVersionsCommandOutput,
  decode: Decode,
  bucket: string,
  prefix: string,
): ListedVersion[] {
  const read = (kind: ListedVersion['kind']) => (raw: RawVersion) => readVersion(kind, raw, decode, bucket, prefix);
  const versions = [
    ...(answer.Versions ?? []).map(read('object')),
    ...(answer.DeleteMarkers ?? []).map(read('delete-marker')),
  ];
  return versions.sort(
    (a, b) =>
      compareUtf8(a.key, b.key) || Number(b.isLatest) - Number(a.isLatest) || b.lastModifiedMs - a.lastModifiedMs,
  );
}

interface RawVersion {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly LastModified?: Date | undefined;
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
}

function readVersion(
  kind: ListedVersion['kind'],
  { Key, VersionId, IsLatest, LastModified, Size, ETag }: RawVersion,
  decode: Decode,
  bucket: string,
  prefix: string,
): ListedVersion {
  const isWhole = Key !== undefined && LastModified !== undefined;
  if (!isWhole || (kind === 'object' && (Size === undefined || ETag === undefined))) {
    throw listingDisorder(bucket, prefix, 'a version is listed without its name, time, size or ETag');
  }
  const key = decode(Key);
  if (!key.startsWith(prefix)) {
    throw listingDisorder(bucket, prefix, `the object "${key}" is listed, which is outside the prefix`);
  }
  return {
    kind,
    key,
    versionId: VersionId ?? 'null',
    isLatest: IsLatest ?? false,
    lastModifiedMs: LastModified.getTime(),
    sizeBytes: Size ?? 0,
    etag: unquoteEtag(ETag ?? ''),
  };
}

function nextMarker(
  { NextKeyMarker = '', NextVersionIdMarker = '' }: ListObjectVersionsCommandOutput,
  decode: Decode,
  bucket: string,
  prefix: string,
): VersionMarker {
  if (NextKeyMarker === '') {
    throw listingDisorder(bucket, prefix, 'a page says that more follows, but not how to get it');
  }
  const key = decode(NextKeyMarker);
  return NextVersionIdMarker === '' ? { key } : { key, versionId: NextVersionIdMarker };
}
