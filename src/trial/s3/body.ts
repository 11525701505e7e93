import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Checksum } from './bucket.ts';
import { announcedChecksum, checksumAlgorithmNamed, startDigest } from './checksums.ts';
import type { RunningDigest } from './checksums.ts';
import { decodeAwsChunks } from './aws-chunked.ts';
import type { Chunk, Content, Keep } from './content.ts';
import { S3Error } from './errors.ts';
import { header } from './request.ts';
import type { S3Request } from './request.ts';
import type { Authenticated } from './sigv4.ts';

export interface ReceivedBody {
  readonly content: Content;
  /** What came over the wire, with the framing of aws-chunked. */
  readonly bytesReceived: number;
  readonly checksum: Checksum | undefined;
}

/**
 * Reads a request body to its end and checks everything that the client said about it.
 * @param keep takes the bytes; without it only size and hashes are kept (for benchmarks).
 * @param onBytes is told of every piece, so that the request log is right even if the body is cut.
 * @throws S3Error XAmzContentSHA256Mismatch, BadDigest, InvalidDigest, XAmzContentChecksumMismatch, IncompleteBody,
 * SignatureDoesNotMatch for a wrong chunk signature; what `keep` throws.
 */
export async function readBody(
  message: IncomingMessage,
  request: S3Request,
  authenticated: Authenticated,
  { keep, onBytes }: { keep: Keep | undefined; onBytes: (count: number) => void },
): Promise<ReceivedBody> {
  const { payloadHash } = authenticated;
  const isChunked = payloadHash.startsWith('STREAMING-');
  const md5 = createHash('md5');
  const sha256 = isChunked || payloadHash === 'UNSIGNED-PAYLOAD' ? undefined : createHash('sha256');
  const digest = expectedDigest(request);
  const chunks: Chunk[] = [];
  let sizeBytes = 0;
  let bytesReceived = 0;
  const take = (chunk: Uint8Array) => {
    sizeBytes += chunk.length;
    md5.update(chunk);
    sha256?.update(chunk);
    digest?.running.update(chunk);
    if (keep !== undefined) chunks.push(keep(chunk));
  };
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytesReceived += chunk.length;
      onBytes(chunk.length);
      yield chunk;
    }
  };
  let trailers: Readonly<Record<string, string>> = {};
  if (isChunked) trailers = await decodeAwsChunks(counted(), authenticated, take);
  else for await (const chunk of counted()) take(chunk);

  const declared = header(request, 'x-amz-decoded-content-length') ?? header(request, 'content-length');
  if (declared !== undefined && Number(declared) !== sizeBytes) throw new S3Error('IncompleteBody');
  if (sha256 !== undefined && sha256.digest('hex') !== payloadHash) throw new S3Error('XAmzContentSHA256Mismatch');
  const md5Digest = md5.digest();
  checkContentMd5(header(request, 'content-md5'), md5Digest);
  const checksum = verifiedChecksum(digest, request, trailers);
  const content = { sizeBytes, chunks: keep === undefined ? undefined : chunks, md5Hex: md5Digest.toString('hex') };
  return { content, bytesReceived, checksum };
}

interface ExpectedDigest {
  readonly algorithm: Checksum['algorithm'];
  readonly running: RunningDigest;
}

function expectedDigest(request: S3Request): ExpectedDigest | undefined {
  const announced = announcedChecksum(plainHeaders(request));
  const trailer = header(request, 'x-amz-trailer')?.replace(/^x-amz-checksum-/, '');
  const algorithm = announced?.algorithm ?? checksumAlgorithmNamed(trailer);
  return algorithm === undefined ? undefined : { algorithm, running: startDigest(algorithm) };
}

function plainHeaders(request: S3Request): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(request.headers).map((name) => [name, header(request, name)]));
}

function checkContentMd5(expected: string | undefined, actual: Buffer): void {
  if (expected === undefined) return;
  const decoded = Buffer.from(expected, 'base64');
  if (decoded.length !== actual.length) throw new S3Error('InvalidDigest');
  if (!decoded.equals(actual)) throw new S3Error('BadDigest');
}

function verifiedChecksum(
  digest: ExpectedDigest | undefined,
  request: S3Request,
  trailers: Readonly<Record<string, string>>,
): Checksum | undefined {
  if (digest === undefined) return undefined;
  const announced = announcedChecksum(plainHeaders(request)) ?? announcedChecksum(trailers);
  const base64 = digest.running.base64();
  if (announced?.base64 !== base64) throw new S3Error('XAmzContentChecksumMismatch');
  return { algorithm: digest.algorithm, base64 };
}
