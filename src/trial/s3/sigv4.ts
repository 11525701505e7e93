import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { encodePart } from '../../core/text.ts';
import { S3Error } from './errors.ts';
import { header, parameter } from './request.ts';
import type { S3Request } from './request.ts';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What a good signature says about the body to come. */
export interface Authenticated {
  /** x-amz-content-sha256: 64 hex digits, UNSIGNED-PAYLOAD or one of the STREAMING-... words. */
  readonly payloadHash: string;
  /** Signs the next chunk of a STREAMING-AWS4-HMAC-SHA256-PAYLOAD body. */
  readonly signText: (text: string) => string;
  readonly timestamp: string;
  readonly scope: string;
  readonly signature: string;
}

interface Claim {
  readonly accessKey: string;
  readonly scope: string;
  readonly scopeParts: { readonly date: string; readonly region: string; readonly service: string };
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly timestamp: string;
  readonly payloadHash: string;
  readonly query: S3Request['query'];
  readonly expiresSeconds: number | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';
const maxSkewMs = 15 * 60 * 1_000;
const maxExpirySeconds = 604_800;

/**
 * Verifies the signature of a request, in its headers or its query.
 * @throws S3Error AccessDenied without one or when a link has expired, InvalidAccessKeyId, SignatureDoesNotMatch,
 * RequestTimeTooSkewed, AuthorizationHeaderMalformed, AuthorizationQueryParametersError.
 */
export function verifySignature(request: S3Request, credentials: Credentials, nowMs: number): Authenticated {
  const claim = parameter(request, 'X-Amz-Algorithm') === undefined ? headerClaim(request) : queryClaim(request);
  if (claim.accessKey !== credentials.accessKey) throw new S3Error('InvalidAccessKeyId');
  checkTime(claim, nowMs);
  const { date, region, service } = claim.scopeParts;
  const key = ['aws4_request', service, region, date].reduceRight<Buffer>(
    (secret, step) => createHmac('sha256', secret).update(step).digest(),
    Buffer.from(`AWS4${credentials.secretKey}`),
  );
  const signText = (text: string) => createHmac('sha256', key).update(text).digest('hex');
  const canonicalHash = createHash('sha256').update(canonicalRequest(request, claim)).digest('hex');
  const expected = signText([algorithm, claim.timestamp, claim.scope, canonicalHash].join('\n'));
  if (!sameText(expected, claim.signature)) throw new S3Error('SignatureDoesNotMatch');
  const { payloadHash, timestamp, scope, signature } = claim;
  return { payloadHash, signText, timestamp, scope, signature };
}

function headerClaim(request: S3Request): Claim {
  const authorization = header(request, 'authorization');
  if (authorization === undefined) throw new S3Error('AccessDenied', 'The request is not signed.');
  const match = /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const timestamp = header(request, 'x-amz-date');
  if (match === null || timestamp === undefined) throw new S3Error('AuthorizationHeaderMalformed');
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const payloadHash = header(request, 'x-amz-content-sha256');
  if (payloadHash === undefined) throw new S3Error('InvalidRequest', 'x-amz-content-sha256 is missing.');
  return {
    ...readCredential(credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    timestamp,
    payloadHash,
    query: request.query,
    expiresSeconds: undefined,
  };
}

function queryClaim(request: S3Request): Claim {
  const expiresSeconds = Number(parameter(request, 'X-Amz-Expires'));
  const credential = parameter(request, 'X-Amz-Credential');
  const signedHeaders = parameter(request, 'X-Amz-SignedHeaders');
  const signature = parameter(request, 'X-Amz-Signature');
  const timestamp = parameter(request, 'X-Amz-Date');
  const inRange = expiresSeconds >= 1 && expiresSeconds <= maxExpirySeconds;
  if (credential === undefined || signedHeaders === undefined || signature === undefined || timestamp === undefined) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  if (parameter(request, 'X-Amz-Algorithm') !== algorithm || !inRange) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  return {
    ...readCredential(credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    timestamp,
    payloadHash: parameter(request, 'X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    query: request.query.filter(([name]) => name !== 'X-Amz-Signature'),
    expiresSeconds,
  };
}

function readCredential(credential: string): Pick<Claim, 'accessKey' | 'scope' | 'scopeParts'> {
  // An access key may hold slashes, so the scope is counted from the end.
  const parts = credential.split('/');
  const [date, region, service, terminal] = parts.slice(-4);
  if (date === undefined || region === undefined || service !== 's3' || terminal !== 'aws4_request') {
    throw new S3Error('AuthorizationHeaderMalformed');
  }
  return {
    accessKey: parts.slice(0, -4).join('/'),
    scope: parts.slice(-4).join('/'),
    scopeParts: { date, region, service },
  };
}

function checkTime(claim: Claim, nowMs: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.timestamp);
  if (match === null) throw new S3Error('AuthorizationHeaderMalformed');
  const [, year, month, day, hour, minute, second] = match;
  const signedMs = Date.parse(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
  );
  const ageMs = nowMs - signedMs;
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(ageMs) > maxSkewMs) throw new S3Error('RequestTimeTooSkewed');
    return;
  }
  if (ageMs > claim.expiresSeconds * 1_000) throw new S3Error('AccessDenied', 'Request has expired');
  if (-ageMs > maxSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet');
}

function canonicalRequest(request: S3Request, claim: Claim): string {
  const query = claim.query
    .map(([name, value]) => [encodePart(name), encodePart(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compareAscii(nameA, nameB) || compareAscii(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = claim.signedHeaders.map((name) => {
    const value = header(request, name);
    if (value === undefined) throw new S3Error('SignatureDoesNotMatch', `The signed header ${name} is missing.`);
    return `${name}:${value.trim().replace(/ +/g, ' ')}\n`;
  });
  const path = request.path.split('/').map(encodePart).join('/');
  return [request.method, path, query, headers.join(''), claim.signedHeaders.join(';'), claim.payloadHash].join('\n');
}

function compareAscii(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
