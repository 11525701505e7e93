import { emptyAnswer, isoTime, versionHeader, wholeNumber, xmlAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { checksumAlgorithmNamed } from './checksums.ts';
import { bytesOf } from './content.ts';
import { S3Error } from './errors.ts';
import { attributesOf, checkCopySource, conditionsOf, copySourceOf, isVersioned } from './object-handlers.ts';
import type { ObjectCall } from './object-handlers.ts';
import { header, parameter } from './request.ts';
import { element, elementsNamed, leaf, textOf, xmlDocument } from './xml.ts';

function uploadOf({ request, bucket, key }: ObjectCall): { bucket: string; key: string; uploadId: string } {
  return { bucket, key, uploadId: parameter(request, 'uploadId') ?? '' };
}

function partOf(call: ObjectCall): ReturnType<typeof uploadOf> & { partNumber: number } {
  return { ...uploadOf(call), partNumber: wholeNumber(parameter(call.request, 'partNumber'), 'partNumber') ?? 0 };
}

export function createMultipartUpload({ model, request, bucket, key }: ObjectCall): Answer {
  const algorithm = checksumAlgorithmNamed(header(request, 'x-amz-checksum-algorithm'));
  if (header(request, 'x-amz-checksum-type')?.toUpperCase() === 'FULL_OBJECT') {
    throw new S3Error('NotImplemented', 'This server computes composite checksums of multipart objects only.');
  }
  const upload = model.createUpload(bucket, key, { attributes: attributesOf(request), checksumAlgorithm: algorithm });
  const xml = xmlDocument(
    'InitiateMultipartUploadResult',
    leaf('Bucket', bucket),
    leaf('Key', upload.key),
    leaf('UploadId', upload.uploadId),
  );
  return xmlAnswer(xml, algorithm === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm.toUpperCase() });
}

export function uploadPart(call: ObjectCall): Answer {
  const { content, checksum } = call.body;
  const etag = call.model.uploadPart(partOf(call), content, checksum);
  return emptyAnswer(200, {
    etag: `"${etag}"`,
    ...(checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.base64 }),
  });
}

export function uploadPartCopy(call: ObjectCall): Answer {
  const { model, request } = call;
  const source = copySourceOf(request);
  checkCopySource(model, source, request);
  const range = header(request, 'x-amz-copy-source-range');
  const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
  if (range !== undefined && match === null)
    throw new S3Error('InvalidArgument', 'The copy source range is malformed.');
  const bounds = match === null ? undefined : { start: Number(match[1]), end: Number(match[2]) };
  const etag = model.copyPart(source, partOf(call), bounds);
  const part = model.bucket(call.bucket).upload(call.key, uploadOf(call).uploadId).parts.get(partOf(call).partNumber);
  return xmlAnswer(
    xmlDocument('CopyPartResult', leaf('LastModified', isoTime(part?.lastModifiedMs ?? 0)), leaf('ETag', `"${etag}"`)),
  );
}

export function listParts(call: ObjectCall): Answer {
  const { model, request, bucket, key } = call;
  const marker = wholeNumber(parameter(request, 'part-number-marker'), 'part-number-marker') ?? 0;
  const maxParts = wholeNumber(parameter(request, 'max-parts'), 'max-parts') ?? 1_000;
  const page = model.listParts(uploadOf(call), marker, maxParts);
  return xmlAnswer(
    xmlDocument(
      'ListPartsResult',
      leaf('Bucket', bucket),
      leaf('Key', key),
      leaf('UploadId', uploadOf(call).uploadId),
      leaf('PartNumberMarker', marker),
      leaf('NextPartNumberMarker', page.nextPartNumberMarker),
      leaf('MaxParts', maxParts),
      leaf('IsTruncated', page.isTruncated),
      page.parts.map((part) =>
        element(
          'Part',
          leaf('PartNumber', part.partNumber),
          leaf('LastModified', isoTime(part.lastModifiedMs)),
          leaf('ETag', `"${part.etag}"`),
          leaf('Size', part.content.sizeBytes),
          part.checksum && leaf(`Checksum${part.checksum.algorithm.toUpperCase()}`, part.checksum.base64),
        ),
      ),
    ),
  );
}

export function completeMultipartUpload(call: ObjectCall): Answer {
  const { model, request, bucket, body } = call;
  const xml = bytesOf(body.content).toString('utf8');
  const parts = elementsNamed(xml, 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag') ?? '',
  }));
  const object = model.completeUpload(uploadOf(call), parts, conditionsOf(request));
  const answer = xmlDocument(
    'CompleteMultipartUploadResult',
    leaf('Location', `http://${header(request, 'host') ?? ''}/${bucket}/${object.key}`),
    leaf('Bucket', bucket),
    leaf('Key', object.key),
    leaf('ETag', `"${object.etag}"`),
    object.checksum && leaf(`Checksum${object.checksum.algorithm.toUpperCase()}`, object.checksum.base64),
  );
  return xmlAnswer(answer, versionHeader(object, isVersioned(model, bucket)));
}

export function abortMultipartUpload(call: ObjectCall): Answer {
  call.model.abortUpload(uploadOf(call));
  return emptyAnswer(204);
}
