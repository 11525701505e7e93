import { emptyAnswer, isoTime, wholeNumber, xmlAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { ReceivedBody } from './body.ts';
import { bytesOf } from './content.ts';
import { S3Error } from './errors.ts';
import type { Intervention } from './intervention.ts';
import { listObjects, listUploads, listVersions } from './listing.ts';
import type { S3Model } from './model.ts';
import { parameter } from './request.ts';
import type { S3Request } from './request.ts';
import { element, elementsNamed, leaf, textOf, xmlDocument } from './xml.ts';

/** A request about a bucket, or about all of them. */
export interface BucketCall {
  readonly model: S3Model;
  readonly request: S3Request;
  readonly bucket: string;
  readonly body: ReceivedBody;
  readonly intervention: Intervention;
}

export function listBuckets(model: S3Model): Answer {
  const buckets = model
    .buckets()
    .map((one) => element('Bucket', leaf('Name', one.name), leaf('CreationDate', isoTime(one.createdMs))));
  const owner = element('Owner', leaf('ID', 'owner'), leaf('DisplayName', 'owner'));
  return xmlAnswer(xmlDocument('ListAllMyBucketsResult', owner, element('Buckets', buckets)));
}

export function createBucket({ model, bucket }: BucketCall): Answer {
  model.createBucket(bucket);
  return emptyAnswer(200, { location: `/${bucket}` });
}

export function deleteBucket({ model, bucket }: BucketCall): Answer {
  model.deleteBucket(bucket);
  return emptyAnswer(204);
}

export function headBucket({ model, bucket }: BucketCall): Answer {
  model.bucket(bucket);
  return emptyAnswer(200);
}

export function getBucketLocation({ model, bucket }: BucketCall): Answer {
  model.bucket(bucket);
  return xmlAnswer(xmlDocument('LocationConstraint'));
}

export function getBucketVersioning({ model, bucket }: BucketCall): Answer {
  const { versioning } = model.bucket(bucket);
  return xmlAnswer(
    xmlDocument('VersioningConfiguration', versioning === 'off' ? undefined : leaf('Status', versioning)),
  );
}

export function putBucketVersioning({ model, bucket, body }: BucketCall): Answer {
  const status = textOf(bytesOf(body.content).toString('utf8'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
  model.bucket(bucket).versioning = status;
  return emptyAnswer(200);
}

export function deleteObjects({ model, bucket, body }: BucketCall): Answer {
  const xml = bytesOf(body.content).toString('utf8');
  const isQuiet = textOf(xml, 'Quiet') === 'true';
  const wanted = elementsNamed(xml, 'Object');
  if (wanted.length === 0 || wanted.length > 1_000) throw new S3Error('MalformedXML');
  model.bucket(bucket);
  const results = wanted.map((one) => deleteOne(model, bucket, one, isQuiet));
  return xmlAnswer(xmlDocument('DeleteResult', results));
}

function deleteOne(model: S3Model, bucket: string, xml: string, isQuiet: boolean): string | undefined {
  const key = textOf(xml, 'Key') ?? '';
  const versionId = textOf(xml, 'VersionId');
  const ifMatch = textOf(xml, 'ETag');
  try {
    const outcome = model.deleteObject(bucket, key, { versionId, ifMatch });
    if (isQuiet) return undefined;
    const marker = outcome.isDeleteMarker
      ? [leaf('DeleteMarker', true), leaf('DeleteMarkerVersionId', outcome.versionId ?? '')]
      : [];
    return element('Deleted', leaf('Key', key), versionId && leaf('VersionId', versionId), marker);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return element('Error', leaf('Key', key), leaf('Code', error.code), leaf('Message', error.message));
  }
}

export function listObjectsV2({ model, request, bucket: name, intervention }: BucketCall): Answer {
  const held = model.bucket(name);
  const bucket = intervention.listed?.(held) ?? held;
  const isUrl = parameter(request, 'encoding-type') === 'url';
  const encode = isUrl ? urlEncoded : (text: string) => text;
  const [prefix, delimiter] = [parameter(request, 'prefix'), parameter(request, 'delimiter')];
  const [startAfter, continuationToken] = [parameter(request, 'start-after'), parameter(request, 'continuation-token')];
  const maxKeys = wholeNumber(parameter(request, 'max-keys'), 'maxKeys');
  const found = listObjects(bucket, { prefix, delimiter, startAfter, continuationToken, maxKeys });
  const page = intervention.page?.(found) ?? found;
  const { objects, isTruncated } = page;
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', name),
      leaf('Prefix', encode(prefix ?? '')),
      delimiter && leaf('Delimiter', encode(delimiter)),
      leaf('MaxKeys', maxKeys ?? 1_000),
      isUrl ? leaf('EncodingType', 'url') : undefined,
      leaf('KeyCount', objects.length + page.commonPrefixes.length),
      leaf('IsTruncated', isTruncated),
      continuationToken === undefined ? undefined : leaf('ContinuationToken', continuationToken),
      isTruncated && page.nextToken !== undefined ? leaf('NextContinuationToken', page.nextToken) : undefined,
      startAfter === undefined ? undefined : leaf('StartAfter', encode(startAfter)),
      objects.map((object) =>
        element(
          'Contents',
          leaf('Key', encode(object.key)),
          leaf('LastModified', isoTime(object.lastModifiedMs)),
          leaf('ETag', `"${object.etag}"`),
          leaf('Size', object.content.sizeBytes),
          leaf('StorageClass', 'STANDARD'),
        ),
      ),
      page.commonPrefixes.map((one) => element('CommonPrefixes', leaf('Prefix', encode(one)))),
    ),
  );
}

export function listObjectVersions({ model, request, bucket: name }: BucketCall): Answer {
  const isUrl = parameter(request, 'encoding-type') === 'url';
  const encode = isUrl ? urlEncoded : (text: string) => text;
  const page = listVersions(model.bucket(name), {
    prefix: parameter(request, 'prefix'),
    delimiter: parameter(request, 'delimiter'),
    keyMarker: parameter(request, 'key-marker'),
    versionIdMarker: parameter(request, 'version-id-marker'),
    maxKeys: wholeNumber(parameter(request, 'max-keys'), 'maxKeys'),
  });
  return xmlAnswer(
    xmlDocument(
      'ListVersionsResult',
      leaf('Name', name),
      leaf('Prefix', encode(parameter(request, 'prefix') ?? '')),
      leaf('KeyMarker', encode(parameter(request, 'key-marker') ?? '')),
      leaf('VersionIdMarker', parameter(request, 'version-id-marker') ?? ''),
      leaf('MaxKeys', parameter(request, 'max-keys') ?? 1_000),
      isUrl ? leaf('EncodingType', 'url') : undefined,
      leaf('IsTruncated', page.isTruncated),
      page.nextKeyMarker === undefined ? undefined : leaf('NextKeyMarker', encode(page.nextKeyMarker)),
      page.nextVersionIdMarker === undefined ? undefined : leaf('NextVersionIdMarker', page.nextVersionIdMarker),
      page.versions.map((version) =>
        element(
          version.kind === 'object' ? 'Version' : 'DeleteMarker',
          leaf('Key', encode(version.key)),
          leaf('VersionId', version.versionId),
          leaf('IsLatest', version.isLatest),
          leaf('LastModified', isoTime(version.lastModifiedMs)),
          version.kind === 'object'
            ? [leaf('ETag', `"${version.etag}"`), leaf('Size', version.content.sizeBytes)]
            : undefined,
        ),
      ),
      page.commonPrefixes.map((one) => element('CommonPrefixes', leaf('Prefix', encode(one)))),
    ),
  );
}

export function listMultipartUploads({ model, request, bucket: name }: BucketCall): Answer {
  const encode = parameter(request, 'encoding-type') === 'url' ? urlEncoded : (text: string) => text;
  const prefix = parameter(request, 'prefix') ?? '';
  const uploads = listUploads(model.bucket(name), prefix);
  return xmlAnswer(
    xmlDocument(
      'ListMultipartUploadsResult',
      leaf('Bucket', name),
      leaf('Prefix', encode(prefix)),
      leaf('IsTruncated', false),
      uploads.map((upload) =>
        element(
          'Upload',
          leaf('Key', encode(upload.key)),
          leaf('UploadId', upload.uploadId),
          leaf('Initiated', isoTime(upload.initiatedMs)),
        ),
      ),
    ),
  );
}

/** encoding-type=url as S3 writes it: a form's encoding (a space is `+`), with slashes left alone. */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
