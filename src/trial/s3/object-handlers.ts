import { checksumHeaders, emptyAnswer, isoTime, versionHeader, wholeNumber, xmlAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { etagMatches } from './bucket.ts';
import type { Attributes, StoredObject, WriteConditions } from './bucket.ts';
import type { ReceivedBody } from './body.ts';
import { sliceChunks } from './content.ts';
import { S3Error } from './errors.ts';
import type { CopySource, S3Model } from './model.ts';
import { header, parameter } from './request.ts';
import type { S3Request } from './request.ts';
import { leaf, xmlDocument } from './xml.ts';

/** A request about an object, with the body read and verified. */
export interface ObjectCall {
  readonly model: S3Model;
  readonly request: S3Request;
  readonly bucket: string;
  readonly key: string;
  readonly body: ReceivedBody;
}

const keptHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export function attributesOf(request: S3Request): Attributes {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of keptHeaders) {
    const value = header(request, name)
      ?.replace(/^aws-chunked,? ?/, '')
      .trim();
    if (value !== undefined && value !== '') headers[name] = value;
  }
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = header(request, name) ?? '';
  }
  return { headers, metadata };
}

export function conditionsOf(request: S3Request): WriteConditions {
  return { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') };
}

export function putObject({ model, request, bucket, key, body }: ObjectCall): Answer {
  const object = model.putObject(bucket, key, body.content, {
    attributes: attributesOf(request),
    checksum: body.checksum,
    ...conditionsOf(request),
  });
  return emptyAnswer(200, {
    etag: `"${object.etag}"`,
    ...checksumHeaders(object),
    ...versionHeader(object, isVersioned(model, bucket)),
  });
}

/** GET and HEAD. */
export function getObject({ model, request, bucket, key }: ObjectCall): Answer {
  const object = model.object(bucket, key, parameter(request, 'versionId'));
  checkReadConditions(object, header(request, 'if-match'), header(request, 'if-none-match'));
  const { sizeBytes } = object.content;
  const range = partRange(object, request) ?? byteRange(header(request, 'range'), sizeBytes);
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  const isWhole = range === undefined;
  const headers: Record<string, string> = {
    ...object.attributes.headers,
    ...Object.fromEntries(Object.entries(object.attributes.metadata).map(([name, value]) => [metaName(name), value])),
    ...overridesOf(request),
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModifiedMs).toUTCString(),
    ...versionHeader(object, isVersioned(model, bucket)),
    ...(isWhole && header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? checksumHeaders(object) : {}),
    ...(isWhole ? {} : { 'content-range': `bytes ${start}-${end}/${sizeBytes}` }),
    ...(parameter(request, 'partNumber') !== undefined && object.partSizesBytes !== undefined
      ? { 'x-amz-mp-parts-count': String(object.partSizesBytes.length) }
      : {}),
  };
  const announcedBytes = end - start + 1;
  const status = isWhole ? 200 : 206;
  if (request.method === 'HEAD') return { status, headers, body: [], announcedBytes };
  const body = sliceChunks(object.content, start, end);
  if (body === undefined) throw new S3Error('NotImplemented', 'This server was told to keep no content.');
  return { status, headers, body, announcedBytes };
}

function metaName(name: string): string {
  return `x-amz-meta-${name}`;
}

function overridesOf(request: S3Request): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = parameter(request, `response-${name}`);
    if (value !== undefined) overrides[name] = value;
  }
  return overrides;
}

function checkReadConditions(object: StoredObject, ifMatch: string | undefined, ifNoneMatch: string | undefined): void {
  if (ifMatch !== undefined && !etagMatches(ifMatch, object.etag)) throw new S3Error('PreconditionFailed');
  if (ifNoneMatch !== undefined && etagMatches(ifNoneMatch, object.etag)) {
    throw new S3Error('NotModified', undefined, { etag: `"${object.etag}"` });
  }
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

function byteRange(text: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(sizeBytes - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start > end) throw new S3Error('InvalidRange', undefined, { 'content-range': `bytes */${sizeBytes}` });
  return { start, end };
}

function partRange(object: StoredObject, request: S3Request): ByteRange | undefined {
  const partNumber = wholeNumber(parameter(request, 'partNumber'), 'partNumber');
  if (partNumber === undefined) return undefined;
  const sizes = object.partSizesBytes ?? [object.content.sizeBytes];
  const size = sizes[partNumber - 1];
  if (size === undefined) throw new S3Error('InvalidRange', 'There is no such part.');
  const start = sizes.slice(0, partNumber - 1).reduce((sum, one) => sum + one, 0);
  return size === 0 ? undefined : { start, end: start + size - 1 };
}

export function deleteObject({ model, request, bucket, key }: ObjectCall): Answer {
  const { versionId, isDeleteMarker } = model.deleteObject(bucket, key, {
    versionId: parameter(request, 'versionId'),
    ifMatch: header(request, 'if-match'),
  });
  return emptyAnswer(204, {
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
    ...(isDeleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}

export function copyObject({ model, request, bucket, key }: ObjectCall): Answer {
  const source = copySourceOf(request);
  checkCopySource(model, source, request);
  const replaces = header(request, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const object = model.copyObject(source, bucket, key, {
    attributes: replaces ? attributesOf(request) : undefined,
    ...conditionsOf(request),
  });
  const xml = xmlDocument(
    'CopyObjectResult',
    leaf('LastModified', isoTime(object.lastModifiedMs)),
    leaf('ETag', `"${object.etag}"`),
  );
  return xmlAnswer(xml, {
    ...versionHeader(object, isVersioned(model, bucket)),
    ...(source.versionId === undefined ? {} : { 'x-amz-copy-source-version-id': source.versionId }),
  });
}

/** Reads x-amz-copy-source: `[/]bucket/key[?versionId=...]`, percent-encoded. @throws S3Error InvalidArgument */
export function copySourceOf(request: S3Request): CopySource {
  const [encoded = '', versionId] = (header(request, 'x-amz-copy-source') ?? '').split('?versionId=');
  const path = decodeURIComponent(encoded).replace(/^\//, '');
  const slash = path.indexOf('/');
  if (slash < 1) throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key.');
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), versionId };
}

/** The conditions on the source of a copy. */
export function checkCopySource(model: S3Model, source: CopySource, request: S3Request): void {
  const ifMatch = header(request, 'x-amz-copy-source-if-match');
  const ifNoneMatch = header(request, 'x-amz-copy-source-if-none-match');
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const { etag } = model.object(source.bucket, source.key, source.versionId);
  const holds =
    (ifMatch === undefined || etagMatches(ifMatch, etag)) &&
    (ifNoneMatch === undefined || !etagMatches(ifNoneMatch, etag));
  if (!holds) throw new S3Error('PreconditionFailed');
}

export function isVersioned(model: S3Model, bucket: string): boolean {
  return model.bucket(bucket).versioning !== 'off';
}
