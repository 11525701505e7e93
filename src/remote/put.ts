import { unquoteEtag } from '../core/etag.ts';
import type { ObjectMetadata, PartRequest, PutRequest, WriteResult } from '../core/object-store.ts';
import type { Doing } from './actions.ts';
import { asFailedExpectation, conditionHeaders } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { HandleOptions, WireResponse } from './http-handler.ts';
import { EXPECT_CONTINUE_BYTES } from './send-body.ts';
import { until } from './until.ts';
import { incompleteAnswer, invalidArgument } from './wire-errors.ts';

interface Bytes {
  readonly body: Uint8Array;
  readonly bodyMd5: Uint8Array;
  readonly onSent?: (bytes: number) => void;
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
    return await sendBytes(connection, { action: 'PutObject', bucket, key }, {}, headers, request, signal);
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
  const { etag } = await sendBytes(connection, { action: 'UploadPart', bucket, key }, query, {}, request, signal);
  return { etag };
}

async function sendBytes(
  connection: Connection,
  doing: Doing & { readonly bucket: string; readonly key: string },
  query: Record<string, string>,
  headers: Record<string, string>,
  bytes: Bytes,
  signal: AbortSignal | undefined,
): Promise<WriteResult> {
  const { body, bodyMd5, onSent } = bytes;
  const options: HandleOptions = until(signal, onSent === undefined ? {} : { onSent });
  const answer = await connection.raw(
    doing,
    {
      method: 'PUT',
      bucket: doing.bucket,
      key: doing.key,
      query,
      headers: {
        ...headers,
        'content-md5': Buffer.from(bodyMd5).toString('base64'),
        ...(body.byteLength >= EXPECT_CONTINUE_BYTES ? { expect: '100-continue' } : {}),
      },
      body,
    },
    options,
  );
  discard(answer);
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
