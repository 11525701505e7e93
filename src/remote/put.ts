import { createHash } from 'node:crypto';
import { unquoteEtag } from '../core/etag.ts';
import type { BodyCheck, ObjectMetadata, Pace, PartRequest, PutRequest, WriteResult } from '../core/object-store.ts';
import type { Doing } from './actions.ts';
import { asFailedExpectation, conditionHeaders } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { HandleOptions, WireResponse } from './http-handler.ts';
import { EXPECT_CONTINUE_BYTES } from './send-body.ts';
import { until } from './until.ts';
import { damagedPart, incompleteAnswer, invalidArgument } from './wire-errors.ts';

const CRC32_HEADER = 'x-amz-checksum-crc32';

interface Bytes {
  readonly body: Uint8Array;
  readonly check: BodyCheck;
  readonly pace?: Pace | undefined;
}

/**
 * PutObject, signed with the SDK's signer and sent past its commands, which halves the CPU time of a small file.
 *
 * The body is not hashed for the signature (`UNSIGNED-PAYLOAD`): its MD5 goes along in a header that is signed, so that a
 * body that was changed on its way is still refused.
 *
 * @throws SyncError precondition-failed
 */
export async function putObject(
  connection: Connection,
  request: PutRequest,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { bucket, key, expect } = request;
  const headers = {
    'content-type': request.contentType,
    ...metadataHeaders(request.metadata),
    ...conditionHeaders(expect),
  };
  try {
    const bytes = { body: request.body, check: { kind: 'md5', md5: request.bodyMd5 }, pace: request.pace } as const;
    const answer = await sendBytes(connection, { action: 'PutObject', bucket, key }, {}, headers, bytes, signal);
    return writeResult(connection, { action: 'PutObject', bucket, key }, answer);
  } catch (error) {
    throw asFailedExpectation(error, expect);
  }
}

/** UploadPart, sent likewise. @throws SyncError no-such-upload, bad-digest */
export async function uploadPart(
  connection: Connection,
  request: PartRequest,
  signal?: AbortSignal,
): Promise<{ readonly etag: string }> {
  const { bucket, key, uploadId, partNumber } = request;
  const query = { partNumber: String(partNumber), uploadId };
  const doing = { action: 'UploadPart', bucket, key } as const;
  const answer = await sendBytes(connection, doing, query, {}, request, signal);
  const { etag } = writeResult(connection, doing, answer);
  // A server that checked the CRC32 gives it back. Of any other, the ETag has to prove what it holds.
  const { check, body } = request;
  const isProved = check.kind === 'md5' || answer.headers[CRC32_HEADER] === base64Crc32(check.crc32);
  if (!isProved && etag !== createHash('md5').update(body).digest('hex')) throw damagedPart(key, partNumber);
  return { etag };
}

async function sendBytes(
  connection: Connection,
  doing: Doing & { readonly bucket: string; readonly key: string },
  query: Record<string, string>,
  headers: Record<string, string>,
  bytes: Bytes,
  signal: AbortSignal | undefined,
): Promise<WireResponse> {
  const { body, check, pace } = bytes;
  const options: HandleOptions = until(signal, pace === undefined ? {} : { pace });
  const answer = await connection.raw(
    doing,
    {
      method: 'PUT',
      bucket: doing.bucket,
      key: doing.key,
      query,
      headers: {
        ...headers,
        ...checkHeader(check),
        ...(body.byteLength >= EXPECT_CONTINUE_BYTES ? { expect: '100-continue' } : {}),
      },
      body,
    },
    options,
  );
  discard(answer);
  return answer;
}

function checkHeader(check: BodyCheck): Record<string, string> {
  return check.kind === 'md5'
    ? { 'content-md5': Buffer.from(check.md5).toString('base64') }
    : { [CRC32_HEADER]: base64Crc32(check.crc32) };
}

function base64Crc32(crc32: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32);
  return bytes.toString('base64');
}

function writeResult(
  connection: Connection,
  doing: Doing & { readonly key: string },
  answer: WireResponse,
): WriteResult {
  const etag = answer.headers['etag'];
  if (etag === undefined) throw incompleteAnswer(connection, doing);
  const versionId = answer.headers['x-amz-version-id'];
  return { etag: unquoteEtag(etag), ...(versionId === undefined ? {} : { versionId }) };
}

/** Reads the rest of an answer that nobody needs, so that its connection is used again. */
export function discard(answer: WireResponse): void {
  if (!(answer.body instanceof Uint8Array)) answer.body.resume();
}

function metadataHeaders(metadata: ObjectMetadata): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(checkMetadata(metadata))) headers[`x-amz-meta-${name}`] = value;
  return headers;
}

/** @throws SyncError invalid-argument for what no header can hold. */
export function checkMetadata(metadata: ObjectMetadata): Record<string, string> {
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[a-z0-9_.-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(value)) {
      throw invalidArgument(
        `The metadata "${name}" can not be kept with an object.`,
        'Names are lower-case letters, digits and hyphens; values are printable ASCII characters.',
      );
    }
  }
  return metadata;
}
