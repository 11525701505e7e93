import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { plainClient, removeBucket } from '../support/s3-client.ts';
import type { S3Access } from '../support/s3-client.ts';
import { uniqueBucket } from '../support/servers.ts';
import { knownDifferences } from './known-differences.ts';

/** A server under test. Access is known once its `beforeAll` has run. */
export interface Target {
  readonly name: string;
  readonly access: () => S3Access;
}

export interface Bench {
  readonly client: S3Client;
  readonly bucket: string;
  /** Puts a small object and gives the outcome. */
  readonly put: (key: string, body: string, conditions?: Record<string, unknown>) => Promise<string>;
}

/** A client and a bucket of its own for the tests of the `describe` block that calls this. */
export function useBucket(target: Target): () => Bench {
  const bucket = uniqueBucket('conformance');
  let bench: Bench | undefined;
  beforeAll(async () => {
    const client = plainClient(target.access());
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    bench = {
      client,
      bucket,
      put: (key, body, conditions = {}) =>
        outcome(client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...conditions }))),
    };
  });
  afterAll(async () => {
    if (bench === undefined) return;
    await removeBucket(bench.client, bucket);
    bench.client.destroy();
  });
  return () => {
    if (bench === undefined) throw new Error('The bucket is made in beforeAll; ask for it inside a test.');
    return bench;
  };
}

/** `200` and its like, or `412 PreconditionFailed`; the status alone where the answer has no body (HEAD, 304). */
export async function outcome(
  sending: Promise<{ $metadata: { httpStatusCode?: number | undefined } }>,
): Promise<string> {
  try {
    const { $metadata } = await sending;
    return String($metadata.httpStatusCode);
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
    if (httpStatusCode === undefined) throw error;
    return 'Code' in error && typeof error.Code === 'string'
      ? `${httpStatusCode} ${error.Code}`
      : String(httpStatusCode);
  }
}

/** Compares with what S3 does, or with what this server is known to do instead. */
export function expectProbe(target: Target, probe: string, actual: unknown, expected: unknown): void {
  const difference = knownDifferences[target.name]?.[probe];
  if (difference === undefined) {
    expect(actual, probe).toEqual(expected);
    return;
  }
  expect(difference.outcome, `"${probe}" is no difference: take it out of the table`).not.toEqual(expected);
  expect(actual, `${probe} (${target.name}: ${difference.note})`).toEqual(difference.outcome);
}

export function md5Hex(body: string | Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

export function md5Base64(body: string | Uint8Array): string {
  return createHash('md5').update(body).digest('base64');
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}
