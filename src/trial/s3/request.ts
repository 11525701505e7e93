import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request taken apart by hand: `URL` would resolve `..` in keys and lose the spelling that was signed. */
export interface S3Request {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingHttpHeaders;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly operation: Operation;
}

export type Operation =
  | 'Health'
  | 'ListBuckets'
  | 'CreateBucket'
  | 'DeleteBucket'
  | 'HeadBucket'
  | 'GetBucketLocation'
  | 'GetBucketVersioning'
  | 'PutBucketVersioning'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'ListMultipartUploads'
  | 'ListenBucketNotification'
  | 'DeleteObjects'
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'CopyObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'Unknown';

export function readRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const path = decode(rawPath);
  const query = parseQuery(mark === -1 ? '' : target.slice(mark + 1));
  const slash = path.indexOf('/', 1);
  const bucket = slash === -1 ? path.slice(1) : path.slice(1, slash);
  const key = slash === -1 ? '' : path.slice(slash + 1);
  const method = message.method ?? 'GET';
  const isHealth = path === '/health' || path === '/health/ready' || path.startsWith('/minio/health/');
  const place = isHealth ? 'server' : bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const names = new Set(query.map(([name]) => name));
  return {
    method,
    path,
    query,
    headers: message.headers,
    bucket: place === 'bucket' || place === 'object' ? bucket : undefined,
    key: place === 'object' ? key : undefined,
    operation: isHealth ? 'Health' : operationOf(method, place, names, message.headers),
  };
}

/** The first value of a query parameter. */
export function parameter(request: S3Request, name: string): string | undefined {
  return request.query.find(([one]) => one === name)?.[1];
}

/** A header that occurs once. */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function parseQuery(text: string): (readonly [string, string])[] {
  if (text === '') return [];
  return text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? '' : pair.slice(equals + 1);
    return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A malformed escape is taken literally; its signature will not match then.
    return text;
  }
}

function operationOf(
  method: string,
  place: string,
  names: ReadonlySet<string>,
  headers: IncomingHttpHeaders,
): Operation {
  if (place === 'service') return method === 'GET' ? 'ListBuckets' : 'Unknown';
  if (place === 'bucket') return bucketOperation(method, names);
  return objectOperation(method, names, headers['x-amz-copy-source'] !== undefined);
}

function bucketOperation(method: string, names: ReadonlySet<string>): Operation {
  switch (method) {
    case 'PUT':
      if (names.has('versioning')) return 'PutBucketVersioning';
      return names.size === 0 || (names.size === 1 && names.has('x-id')) ? 'CreateBucket' : 'Unknown';
    case 'GET':
      if (names.has('location')) return 'GetBucketLocation';
      if (names.has('versioning')) return 'GetBucketVersioning';
      if (names.has('uploads')) return 'ListMultipartUploads';
      if (names.has('versions')) return 'ListObjectVersions';
      if (names.has('events')) return 'ListenBucketNotification';
      return names.has('list-type') ? 'ListObjectsV2' : 'Unknown';
    case 'HEAD':
      return 'HeadBucket';
    case 'DELETE':
      return 'DeleteBucket';
    case 'POST':
      return names.has('delete') ? 'DeleteObjects' : 'Unknown';
    default:
      return 'Unknown';
  }
}

const unsupported = ['acl', 'tagging', 'retention', 'legal-hold', 'attributes', 'torrent', 'restore', 'select'];

function objectOperation(method: string, names: ReadonlySet<string>, isCopy: boolean): Operation {
  if (unsupported.some((name) => names.has(name))) return 'Unknown';
  const inUpload = names.has('uploadId');
  switch (method) {
    case 'PUT':
      if (inUpload) return isCopy ? 'UploadPartCopy' : 'UploadPart';
      return isCopy ? 'CopyObject' : 'PutObject';
    case 'GET':
      return inUpload ? 'ListParts' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return inUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (names.has('uploads')) return 'CreateMultipartUpload';
      return inUpload ? 'CompleteMultipartUpload' : 'Unknown';
    default:
      return 'Unknown';
  }
}
