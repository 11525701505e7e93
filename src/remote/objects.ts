import { hasCode, SyncError } from '../core/errors.ts';
import { quoteEtag } from '../core/etag.ts';
import type { GetRequest, GetResult, HeadResult } from '../core/object-store.ts';
import { headBucket } from './buckets.ts';
import type { Connection } from './connection.ts';
import { S3Failure } from './failure.ts';
import type { WireResponse } from './http-handler.ts';
import { ObjectBody } from './object-body.ts';
import { readObjectHeaders, type FoundObject } from './object-headers.ts';
import { discard } from './put.ts';
import { until } from './until.ts';
import { incompleteAnswer, invalidArgument } from './wire-errors.ts';

/** What is known of an object, or undefined when there is none and its bucket exists. */
export async function headObject(
  connection: Connection,
  bucket: string,
  key: string,
  signal?: AbortSignal,
  versionId?: string,
): Promise<FoundObject | undefined> {
  const doing = { action: 'HeadObject', bucket, key } as const;
  const query = versionId === undefined ? {} : { versionId };
  try {
    const options = until(signal, { answer: 'object' });
    const answer = await connection.raw(doing, { method: 'HEAD', bucket, key, query, headers: {} }, options);
    discard(answer);
    return readObjectHeaders(answer.headers, false) ?? fail(incompleteAnswer(connection, doing));
  } catch (error) {
    if (isNamed(error)) {
      if (hasCode(error, 'no-such-key')) return undefined;
      throw error;
    }
    if (!(error instanceof SyncError && error.cause instanceof S3Failure) || isPassing(error.cause)) throw error;
    return headByGet(connection, { bucket, key, query }, error, signal);
  }
}

/** A server that is busy or broken has said so, and is not to be asked another question at once. */
function isPassing({ status }: S3Failure): boolean {
  return status >= 500 || status === 429;
}

/**
 * A refused HEAD gives no reason: "not found" may mean the object or its bucket, "forbidden" a wrong signature or a missing
 * permission. Asking for the first byte needs the same permission and is answered in words.
 *
 * @param refused how HEAD was refused.
 */
async function headByGet(
  connection: Connection,
  object: { readonly bucket: string; readonly key: string; readonly query: Record<string, string> },
  refused: SyncError,
  signal: AbortSignal | undefined,
): Promise<FoundObject | undefined> {
  const { bucket, key } = object;
  const doing = { action: 'HeadObject', bucket, key } as const;
  const headers = { range: 'bytes=0-0' };
  try {
    const options = until(signal, { answer: 'object' });
    const answer = await connection.raw(doing, { method: 'GET', ...object, headers }, options);
    discard(answer);
    return readObjectHeaders(answer.headers, answer.statusCode === 206) ?? fail(incompleteAnswer(connection, doing));
  } catch (error) {
    // An empty object has no first byte.
    if (error instanceof SyncError && error.cause instanceof S3Failure && error.cause.status === 416) throw refused;
    if (isNamed(error)) {
      if (hasCode(error, 'no-such-key')) return undefined;
      throw error;
    }
    if (!hasCode(error, 'no-such-key')) throw error;
    // Still no reason: at least the bucket has to answer before the object counts as gone.
    await headBucket(connection, bucket, signal);
    return undefined;
  }
}

function isNamed(error: unknown): boolean {
  return error instanceof SyncError && error.cause instanceof S3Failure && error.cause.code !== '';
}

/** @throws SyncError no-such-key; precondition-failed when the ETag moved */
export async function getObject(connection: Connection, request: GetRequest, signal?: AbortSignal): Promise<GetResult> {
  const { bucket, key, versionId, etag, range } = request;
  const doing = { action: 'GetObject', bucket, key } as const;
  if (range !== undefined && !(range.offset >= 0 && range.sizeBytes > 0)) {
    throw invalidArgument('A range of an object needs at least one byte.', 'Read an empty object without a range.');
  }
  const answer = await connection.raw(
    doing,
    {
      method: 'GET',
      bucket,
      key,
      query: versionId === undefined ? {} : { versionId },
      headers: {
        ...(etag === undefined ? {} : { 'if-match': quoteEtag(etag) }),
        ...(range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.sizeBytes - 1}` }),
      },
    },
    until(signal, { answer: 'object' }),
  );
  const head = readObjectHeaders(answer.headers, range !== undefined);
  if (answer.body instanceof Uint8Array || head === undefined || !isWanted(answer, head, range)) {
    if (!(answer.body instanceof Uint8Array)) answer.body.destroy();
    throw incompleteAnswer(connection, doing);
  }
  const bodyBytes = range === undefined ? head.sizeBytes : Math.min(range.sizeBytes, head.sizeBytes - range.offset);
  return { ...head, body: new ObjectBody(answer.body, bodyBytes, (error) => connection.explain(error, doing)) };
}

/** Whether the answer is the range that was asked for; some servers ignore ranges and send everything. */
function isWanted(answer: WireResponse, head: HeadResult, range: GetRequest['range']): boolean {
  if (range === undefined) return answer.statusCode === 200;
  const last = Math.min(range.offset + range.sizeBytes, head.sizeBytes) - 1;
  return (
    answer.statusCode === 206 && answer.headers['content-range'] === `bytes ${range.offset}-${last}/${head.sizeBytes}`
  );
}

/** Deletes an object, if it has this ETag. Deleting nothing is no error. @throws SyncError precondition-failed */
export async function deleteObject(
  connection: Connection,
  bucket: string,
  key: string,
  etag?: string,
  signal?: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = etag === undefined ? {} : { 'if-match': quoteEtag(etag) };
  try {
    const doing = { action: 'DeleteObject', bucket, key } as const;
    discard(await connection.raw(doing, { method: 'DELETE', bucket, key, headers }, until(signal)));
  } catch (error) {
    if (!(hasCode(error, 'no-such-key') && isNamed(error))) throw error;
  }
}

function fail(error: SyncError): never {
  throw error;
}
