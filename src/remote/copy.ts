import { CopyObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { SyncError } from '../core/errors.ts';
import { partCountOf, quoteEtag, unquoteEtag } from '../core/etag.ts';
import type { UploadNote } from '../core/journal.ts';
import type { CompletedPart, CopyRequest, UploadKey, WriteResult } from '../core/object-store.ts';
import { partCount, partRange, type PartRange } from '../core/parts.ts';
import { encodePart } from '../core/text.ts';
import { writeConditions } from './conditions.ts';
import type { Connection } from './connection.ts';
import { abortUpload, completeUpload, createUpload } from './multipart.ts';
import { headObject } from './objects.ts';
import { partSize } from './part-size.ts';
import { until } from './until.ts';
import { incompleteAnswer } from './wire-errors.ts';

/** The least that servers take as a part that is not the last one, in bytes. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

/** Copies inside the server, in parts above 5 GiB and where the caller names a part size. @throws SyncError precondition-failed, no-such-key */
export async function copyObject(
  connection: Connection,
  request: CopyRequest,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { maxCopyBytes, copyPartBytes } = connection.options;
  const { sizeBytes } = request;
  const partSizeBytes = request.partSizeBytes ?? (await partSizeOfVersion(connection, request, signal));
  if (partSizeBytes !== undefined) return copyInParts(connection, request, partSizeBytes, signal);
  return sizeBytes > maxCopyBytes
    ? copyInParts(connection, request, copyPartBytes, signal)
    : copyWhole(connection, request, signal);
}

/** The part size by which the copy of an old version gets that version's ETag, so that it is known to be the same. */
async function partSizeOfVersion(
  connection: Connection,
  { bucket, sourceKey, sourceVersionId, sourceEtag }: CopyRequest,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (sourceVersionId === undefined || (partCountOf(sourceEtag) ?? 0) < 2) return undefined;
  const part = { bucket, key: sourceKey, versionId: sourceVersionId, etag: sourceEtag, partNumber: 1 };
  const told = await partSize(connection, part, signal);
  // Smaller parts than servers take came by another way than an upload.
  return told === undefined || told < SMALLEST_PART_BYTES ? undefined : told;
}

async function copyWhole(connection: Connection, request: CopyRequest, signal?: AbortSignal): Promise<WriteResult> {
  const { bucket, key } = request;
  const doing = { action: 'CopyObject', bucket, key } as const;
  const answer = await connection.run(doing, until(signal, { patience: 'long' }), (client, options) =>
    client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: key,
        CopySource: copySource(request),
        CopySourceIfMatch: quoteEtag(request.sourceEtag),
        ...writeConditions(request.expect),
      }),
      options,
    ),
  );
  const etag = answer.CopyObjectResult?.ETag;
  if (etag === undefined) throw incompleteAnswer(connection, doing);
  return { etag: unquoteEtag(etag), ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }) };
}

/** A multipart upload whose parts come from the source. Unlike CopyObject it has to be given all that goes with them. */
async function copyInParts(
  connection: Connection,
  request: CopyRequest,
  partSizeBytes: number,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { bucket, key, sourceKey, sourceVersionId } = request;
  const source = await headObject(connection, bucket, sourceKey, signal, sourceVersionId);
  if (source === undefined) throw sourceGone(request, 'no-such-key');
  if (source.etag !== request.sourceEtag) throw sourceGone(request, 'precondition-failed');
  const { metadata, contentType = 'application/octet-stream', contentHeaders } = source;
  const note = connection.uploadNotes?.begin(bucket, key, connection.options.clock.now());
  try {
    const uploadId = await createUpload(connection, { bucket, key, metadata, contentType, contentHeaders }, signal);
    note?.begun(uploadId);
    return await fill(connection, request, { bucket, key, uploadId }, partSizeBytes, note, signal);
  } finally {
    note?.close();
  }
}

async function fill(
  connection: Connection,
  request: CopyRequest,
  upload: UploadKey,
  partSizeBytes: number,
  note: UploadNote | undefined,
  signal: AbortSignal | undefined,
): Promise<WriteResult> {
  try {
    const parts: CompletedPart[] = [];
    for (let partNumber = 1; partNumber <= partCount(request.sizeBytes, partSizeBytes); partNumber++) {
      const range = partRange(partNumber, request.sizeBytes, partSizeBytes);
      parts.push(await copyPart(connection, request, upload, range, signal));
    }
    const result = await completeUpload(connection, upload, parts, request.expect, signal);
    note?.over();
    return result;
  } catch (error) {
    // Without the signal: what was called off is cleaned up too. The first error is the one to tell; what stays is noted.
    await abortUpload(connection, upload).then(
      () => note?.over(),
      () => undefined,
    );
    throw error;
  }
}

async function copyPart(
  connection: Connection,
  request: CopyRequest,
  upload: UploadKey,
  { partNumber, offset, sizeBytes }: PartRange,
  signal: AbortSignal | undefined,
): Promise<CompletedPart> {
  const { bucket, key, uploadId } = upload;
  const doing = { action: 'UploadPartCopy', bucket, key } as const;
  const answer = await connection.run(doing, until(signal, { patience: 'long' }), (client, options) =>
    client.send(
      new UploadPartCopyCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        PartNumber: partNumber,
        CopySource: copySource(request),
        CopySourceRange: `bytes=${offset}-${offset + sizeBytes - 1}`,
        CopySourceIfMatch: quoteEtag(request.sourceEtag),
      }),
      options,
    ),
  );
  const etag = answer.CopyPartResult?.ETag;
  if (etag === undefined) throw incompleteAnswer(connection, doing);
  return { partNumber, etag: unquoteEtag(etag) };
}

function copySource({ bucket, sourceKey, sourceVersionId }: CopyRequest): string {
  const source = `${encodePart(bucket)}/${sourceKey.split('/').map(encodePart).join('/')}`;
  return sourceVersionId === undefined ? source : `${source}?versionId=${encodePart(sourceVersionId)}`;
}

function sourceGone({ bucket, sourceKey }: CopyRequest, code: 'no-such-key' | 'precondition-failed'): SyncError {
  return new SyncError({
    code,
    message: `Could not copy "${sourceKey}" in the bucket "${bucket}": it was ${code === 'no-such-key' ? 'deleted' : 'changed'} in the meantime.`,
    advice: 'Nothing to do: it is compared again.',
  });
}
