import { createHash, createHmac } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Where a test finds an S3 server: the double, a real one, or a proxy before it. */
export interface S3Access {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A plain SDK client that tries once and adds no checksums of its own. */
export function plainClient({ endpoint, accessKey, secretKey }: S3Access, overrides: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...overrides,
  });
}

/** A bucket of some thousand objects is to be gone before a test has to end. */
const DELETIONS_AT_ONCE = 16;

/** Removes a bucket with everything in it, so that a server that is not ours is left as it was. */
export async function removeBucket(client: S3Client, bucket: string): Promise<void> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  for (const { Key, UploadId } of Uploads) {
    await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  }
  // Objects below another object come to light when that one is gone, hence more than one round.
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, EncodingType: 'url' }));
    const doomed = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (doomed.length === 0) break;
    while (doomed.length > 0) {
      const some = doomed
        .splice(0, DELETIONS_AT_ONCE)
        .map(({ Key = '', VersionId }) => ({ Key: decodeKey(Key), VersionId }));
      await Promise.all(some.map((one) => client.send(new DeleteObjectCommand({ Bucket: bucket, ...one }))));
    }
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
}

/** A key of a listing that was asked for in the encoding `url`. */
export function decodeKey(listed: string): string {
  return decodeURIComponent(listed.replaceAll('+', ' '));
}

/** Signs a GET that the SDK has no command for (signature version 4, in the headers). */
export function signedGet(
  { endpoint, accessKey, secretKey }: S3Access,
  path: string,
  query: readonly (readonly [name: string, value: string])[],
): { url: string; headers: Record<string, string> } {
  const { host } = new URL(endpoint);
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${timestamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const payloadHash = createHash('sha256').digest('hex');
  const queryText = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll('*', '%2A')}`)
    .sort()
    .join('&');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const headerText = `host:${host}\nx-amz-content-sha256:${payloadHash}\nx-amz-date:${timestamp}\n`;
  const canonical = ['GET', path, queryText, headerText, names, payloadHash].join('\n');
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const key = scope
    .split('/')
    .reduce<Buffer>(
      (secret, step) => createHmac('sha256', secret).update(step).digest(),
      Buffer.from(`AWS4${secretKey}`),
    );
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, hashed].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return {
    url: `${endpoint}${path}?${queryText}`,
    headers: {
      'x-amz-date': timestamp,
      'x-amz-content-sha256': payloadHash,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
  };
}
