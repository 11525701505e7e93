import type { StoredObject } from './bucket.ts';
import type { Chunk } from './content.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import { leaf } from './xml.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Chunk[];
  /** For HEAD: the length that a GET would have. */
  readonly announcedBytes?: number;
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: [] };
}

export function xmlAnswer(xml: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: [Buffer.from(xml, 'utf8')] };
}

export function errorAnswer(error: S3Error, request: S3Request, requestId: string): Answer {
  // HEAD and 304 carry no body: a client has the status alone to go by.
  if (request.method === 'HEAD' || error.status === 304) return emptyAnswer(error.status, error.headers);
  const xml = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>',
    leaf('Code', error.code),
    leaf('Message', error.message),
    request.key === undefined ? '' : leaf('Key', request.key),
    request.bucket === undefined ? '' : leaf('BucketName', request.bucket),
    leaf('Resource', request.path),
    leaf('RequestId', requestId),
    '</Error>',
  ].join('');
  return { ...xmlAnswer(xml, error.headers), status: error.status };
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Names the version, where the bucket keeps versions. */
export function versionHeader(object: StoredObject, isVersioned: boolean): Record<string, string> {
  return isVersioned ? { 'x-amz-version-id': object.versionId } : {};
}

export function checksumHeaders(object: StoredObject): Record<string, string> {
  if (object.checksum === undefined) return {};
  const type = object.partSizesBytes === undefined ? 'FULL_OBJECT' : 'COMPOSITE';
  return { [`x-amz-checksum-${object.checksum.algorithm}`]: object.checksum.base64, 'x-amz-checksum-type': type };
}

/** A whole number from the query. @throws S3Error InvalidArgument */
export function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new S3Error('InvalidArgument', `${name} must be a whole number.`);
  return Number(text);
}
