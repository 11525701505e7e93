import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { unquoteEtag } from '../core/etag.ts';
import type { ListedObject, ListPage, ListRequest } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { until } from './until.ts';
import { incompleteAnswer, listingDisorder } from './wire-errors.ts';

/**
 * One page of a listing. Keys are asked for URL-encoded, since XML can not hold all of them.
 *
 * @throws SyncError listing-disorder when the page contradicts itself.
 */
export async function listPage(connection: Connection, request: ListRequest, signal?: AbortSignal): Promise<ListPage> {
  const { bucket, prefix } = request;
  const doing = { action: 'ListObjectsV2', bucket } as const;
  const answer = await connection.run(doing, until(signal, { patience: 'listing' }), (client, options) =>
    client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        StartAfter: request.startAfter,
        ContinuationToken: request.continuationToken,
        Delimiter: request.delimiter,
        MaxKeys: request.maxKeys ?? 1000,
      }),
      options,
    ),
  );
  if (answer.IsTruncated === undefined) throw incompleteAnswer(connection, doing);
  const decode =
    answer.EncodingType === 'url' ? (text: string) => decodeKey(text, bucket, prefix) : (text: string) => text;
  const page = {
    objects: readObjects(answer, decode, bucket, prefix),
    prefixes: (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => (Prefix === undefined ? [] : [decode(Prefix)])),
  };
  if (!answer.IsTruncated) return page;
  const token = answer.NextContinuationToken ?? '';
  if (token === '') throw listingDisorder(bucket, prefix, 'a page says that more follows, but not how to get it');
  return { ...page, continuationToken: token };
}

/** A key as listings with `encoding-type=url` spell it: percent-encoding, and a plus for a blank. */
export function decodeKey(text: string, bucket: string, prefix: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw listingDisorder(bucket, prefix, `the name "${text}" is not encoded as the server says it is`);
  }
}

function readObjects(
  answer: ListObjectsV2CommandOutput,
  decode: (text: string) => string,
  bucket: string,
  prefix: string,
): ListedObject[] {
  return (answer.Contents ?? []).map(({ Key, Size, ETag, LastModified }) => {
    if (Key === undefined || Size === undefined || ETag === undefined) {
      throw listingDisorder(bucket, prefix, 'an object is listed without its name, size or ETag');
    }
    const key = decode(Key);
    if (!key.startsWith(prefix)) {
      throw listingDisorder(bucket, prefix, `the object "${key}" is listed, which is outside the prefix`);
    }
    return { key, sizeBytes: Size, etag: unquoteEtag(ETag), lastModifiedMs: LastModified?.getTime() ?? 0 };
  });
}
