import { hasCode } from '../core/errors.ts';
import { quoteEtag, unquoteEtag } from '../core/etag.ts';
import type { Connection } from './connection.ts';
import type { WireResponse } from './http-handler.ts';
import { discard } from './put.ts';
import { until } from './until.ts';

interface PartOfObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly etag: string;
  /** From 1. */
  readonly partNumber: number;
}

/**
 * Size in bytes of one part of a multipart object. AWS and MinIO tell it in the answer to HEAD. RustFS answers a HEAD as
 * if no part had been named, but a GET with the part's range: its headers are read and its body is not.
 *
 * @returns undefined where the server does not tell, also because there is no such part.
 * @throws SyncError no-such-key; precondition-failed when the ETag moved
 */
export async function partSize(
  connection: Connection,
  part: PartOfObject,
  signal?: AbortSignal,
): Promise<number | undefined> {
  return (await askFor('HEAD', connection, part, signal)) ?? (await askFor('GET', connection, part, signal));
}

async function askFor(
  method: 'HEAD' | 'GET',
  connection: Connection,
  { bucket, key, versionId, etag, partNumber }: PartOfObject,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const doing = { action: method === 'HEAD' ? 'HeadObject' : 'GetObject', bucket, key } as const;
  const query = { partNumber: String(partNumber), ...(versionId !== undefined && { versionId }) };
  const headers = { 'if-match': quoteEtag(etag) };
  let answer: WireResponse;
  try {
    const options = until(signal, { answer: 'object' });
    answer = await connection.raw(doing, { method, bucket, key, query, headers }, options);
  } catch (error) {
    if (hasCode(error, 'server-refused', 'not-supported', 'invalid-part')) return undefined;
    // RustFS fails at a HEAD of a part that is not there, and says so at a GET, which is next.
    if (method === 'HEAD' && hasCode(error, 'server-error')) return undefined;
    throw error;
  }
  if (method === 'HEAD') discard(answer);
  else if (!(answer.body instanceof Uint8Array)) answer.body.destroy();
  return sizeOf(answer, etag);
}

function sizeOf({ statusCode, headers }: WireResponse, etag: string): number | undefined {
  if (unquoteEtag(headers['etag'] ?? '') !== etag) return undefined;
  const range = /^bytes (\d+)-(\d+)\/\d+$/.exec(headers['content-range'] ?? '');
  if (statusCode === 206 && range !== null) return Number(range[2]) - Number(range[1]) + 1;
  const length = headers['content-length'];
  return headers['x-amz-mp-parts-count'] === undefined || length === undefined ? undefined : Number(length);
}
