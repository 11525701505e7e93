import { CHECKSUM_ALGORITHMS, type ContentChecksum } from '../core/content-checksum.ts';
import { hasCode } from '../core/errors.ts';
import { partCountOf, quoteEtag, unquoteEtag } from '../core/etag.ts';
import type { Connection } from './connection.ts';
import { discard } from './put.ts';
import { until } from './until.ts';

/**
 * A checksum that the server has of the content of an object as a whole; undefined where it tells none, or only one of the
 * checksums of its parts. Of an encrypted object, some servers want a permission for that which an ordinary HEAD does not need.
 *
 * @throws SyncError no-such-key; precondition-failed when the ETag moved
 */
export async function contentChecksum(
  connection: Connection,
  { bucket, key, etag }: { readonly bucket: string; readonly key: string; readonly etag: string },
  signal?: AbortSignal,
): Promise<ContentChecksum | undefined> {
  const doing = { action: 'HeadObject', bucket, key } as const;
  const headers = { 'if-match': quoteEtag(etag), 'x-amz-checksum-mode': 'ENABLED' };
  try {
    const options = until(signal, { answer: 'object' });
    const answer = await connection.raw(doing, { method: 'HEAD', bucket, key, query: {}, headers }, options);
    discard(answer);
    return readChecksum(answer.headers, etag);
  } catch (error) {
    if (hasCode(error, 'access-denied', 'server-refused', 'not-supported')) return undefined;
    throw error;
  }
}

/** A server that does not say of what a checksum is means the whole, unless the object was made of parts. */
function readChecksum(headers: Readonly<Record<string, string>>, etag: string): ContentChecksum | undefined {
  if (unquoteEtag(headers['etag'] ?? '') !== etag) return undefined;
  const type = headers['x-amz-checksum-type']?.toUpperCase();
  const isWhole = type === undefined ? partCountOf(etag) === undefined : type === 'FULL_OBJECT';
  if (!isWhole) return undefined;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const base64 = headers[`x-amz-checksum-${algorithm}`]?.trim();
    // With `-N` behind it, it is one of the parts' checksums, whatever the server calls it.
    if (base64 !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { algorithm, base64 };
  }
  return undefined;
}
