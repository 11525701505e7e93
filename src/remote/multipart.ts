import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import type { RemoteExpectation } from '../core/decide.ts';
import { hasCode } from '../core/errors.ts';
import { quoteEtag, unquoteEtag } from '../core/etag.ts';
import type {
  CompletedPart,
  ListedPart,
  ListedUpload,
  ObjectMetadata,
  UploadKey,
  WriteResult,
} from '../core/object-store.ts';
import { asFailedExpectation, writeConditions } from './conditions.ts';
import type { Connection } from './connection.ts';
import { decodeKey } from './list-page.ts';
import type { ContentHeaders } from './object-headers.ts';
import { checkMetadata } from './put.ts';
import { until } from './until.ts';
import { incompleteAnswer, listingDisorder } from './wire-errors.ts';

/** Starts an upload in parts; the answer is its id. */
export async function createUpload(
  connection: Connection,
  request: {
    readonly bucket: string;
    readonly key: string;
    readonly metadata: ObjectMetadata;
    readonly contentType: string;
    readonly contentHeaders?: ContentHeaders;
  },
  signal?: AbortSignal,
): Promise<string> {
  const { bucket, key } = request;
  const doing = { action: 'CreateMultipartUpload', bucket, key } as const;
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    Metadata: checkMetadata(request.metadata),
    ContentType: request.contentType,
    ...request.contentHeaders,
  });
  const answer = await connection.run(doing, until(signal), (client, options) => client.send(command, options));
  if (answer.UploadId === undefined || answer.UploadId === '') throw incompleteAnswer(connection, doing);
  return answer.UploadId;
}

/** All parts that the server holds, in order. @throws SyncError no-such-upload */
export async function listParts(
  connection: Connection,
  upload: UploadKey,
  signal?: AbortSignal,
): Promise<ListedPart[]> {
  const { bucket, key } = upload;
  const doing = { action: 'ListParts', bucket, key } as const;
  const parts: ListedPart[] = [];
  let marker: string | undefined;
  for (;;) {
    const command = new ListPartsCommand({ ...uploadInput(upload), PartNumberMarker: marker });
    const options = until(signal, { patience: 'listing' });
    const answer = await connection.run(doing, options, (client, o) => client.send(command, o));
    for (const { PartNumber, Size, ETag } of answer.Parts ?? []) {
      if (PartNumber === undefined || ETag === undefined) throw incompleteAnswer(connection, doing);
      parts.push({ partNumber: PartNumber, sizeBytes: Size ?? 0, etag: unquoteEtag(ETag) });
    }
    if (answer.IsTruncated === undefined && answer.UploadId === undefined) throw incompleteAnswer(connection, doing);
    if (answer.IsTruncated !== true) return parts;
    const next = answer.NextPartNumberMarker;
    if (next === undefined || Number(next) <= Number(marker ?? 0)) {
      throw listingDisorder(bucket, key, 'the list of parts does not get any further');
    }
    marker = next;
  }
}

/**
 * Makes the object of its parts. Servers may take minutes over it, and may say "200" first and fail afterwards; both are
 * taken care of.
 *
 * @throws SyncError no-such-upload, invalid-part, precondition-failed
 */
export async function completeUpload(
  connection: Connection,
  upload: UploadKey,
  parts: readonly CompletedPart[],
  expect?: RemoteExpectation,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { bucket, key } = upload;
  const doing = { action: 'CompleteMultipartUpload', bucket, key } as const;
  const command = new CompleteMultipartUploadCommand({
    ...uploadInput(upload),
    MultipartUpload: {
      Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: quoteEtag(etag) })),
    },
    ...writeConditions(expect),
  });
  const options = until(signal, { patience: 'long' });
  try {
    const answer = await connection.run(doing, options, (client, o) => client.send(command, o));
    if (answer.ETag === undefined) throw incompleteAnswer(connection, doing);
    const version = answer.VersionId === undefined ? {} : { versionId: answer.VersionId };
    return { etag: unquoteEtag(answer.ETag), ...version };
  } catch (error) {
    throw asFailedExpectation(error, expect);
  }
}

/** Throws the parts away. An upload that is gone is no error. */
export async function abortUpload(connection: Connection, upload: UploadKey, signal?: AbortSignal): Promise<void> {
  const { bucket, key } = upload;
  const command = new AbortMultipartUploadCommand(uploadInput(upload));
  try {
    await connection.run({ action: 'AbortMultipartUpload', bucket, key }, until(signal), (client, o) =>
      client.send(command, o),
    );
  } catch (error) {
    if (!hasCode(error, 'no-such-upload', 'no-such-key')) throw error;
  }
}

/** All unfinished uploads whose key starts with `prefix`; some servers list only those whose key equals it. */
export async function listUploads(
  connection: Connection,
  bucket: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<ListedUpload[]> {
  const doing = { action: 'ListMultipartUploads', bucket } as const;
  const uploads: ListedUpload[] = [];
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...from });
    const options = until(signal, { patience: 'listing' });
    const answer = await connection.run(doing, options, (client, o) => client.send(command, o));
    if (answer.IsTruncated === undefined) throw incompleteAnswer(connection, doing);
    const decode =
      answer.EncodingType === 'url' ? (text: string) => decodeKey(text, bucket, prefix) : (text: string) => text;
    for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) throw incompleteAnswer(connection, doing);
      uploads.push({ key: decode(Key), uploadId: UploadId, initiatedMs: Initiated?.getTime() ?? 0 });
    }
    if (!answer.IsTruncated) return uploads;
    const next = { KeyMarker: decode(answer.NextKeyMarker ?? ''), UploadIdMarker: answer.NextUploadIdMarker ?? '' };
    if (next.KeyMarker === '' || (next.KeyMarker === from.KeyMarker && next.UploadIdMarker === from.UploadIdMarker)) {
      throw listingDisorder(bucket, prefix, 'the list of unfinished uploads does not get any further');
    }
    from = next;
  }
}

function uploadInput({ bucket, key, uploadId }: UploadKey) {
  return { Bucket: bucket, Key: key, UploadId: uploadId };
}
