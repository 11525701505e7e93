import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { hasCode } from '../core/errors.ts';
import type { BucketInfo, Versioning } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { S3Failure } from './failure.ts';
import { until } from './until.ts';
import { bucketExists, incompleteAnswer } from './wire-errors.ts';

/** All buckets of the account, in the server's order. */
export async function listBuckets(connection: Connection, signal?: AbortSignal): Promise<BucketInfo[]> {
  const buckets: BucketInfo[] = [];
  let token: string | undefined;
  do {
    const input = token === undefined ? {} : { ContinuationToken: token };
    const answer = await connection.run({ action: 'ListBuckets' }, until(signal), (client, options) =>
      client.send(new ListBucketsCommand(input), options),
    );
    if (answer.Buckets === undefined && answer.Owner === undefined) throw incompleteAnswer(connection, 'ListBuckets');
    for (const { Name, CreationDate } of answer.Buckets ?? []) {
      if (Name !== undefined) buckets.push({ name: Name, createdMs: CreationDate?.getTime() ?? 0 });
    }
    if (answer.ContinuationToken === token && token !== undefined) throw incompleteAnswer(connection, 'ListBuckets');
    token = answer.ContinuationToken;
  } while (token !== undefined && token !== '');
  return buckets;
}

/**
 * Servers that follow S3's oldest region make what is there already once more, and say nothing of it; so it is asked for first.
 *
 * @throws SyncError bucket-exists
 */
export async function createBucket(connection: Connection, bucket: string, signal?: AbortSignal): Promise<void> {
  if (await isOurs(connection, bucket, signal)) throw bucketExists(connection, bucket);
  await connection.run({ action: 'CreateBucket', bucket }, until(signal), (client, options) =>
    client.send(new CreateBucketCommand({ Bucket: bucket }), options),
  );
}

async function isOurs(connection: Connection, bucket: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await headBucket(connection, bucket, signal);
    return true;
  } catch (error) {
    // A key may have the right to make a bucket without that to look into it.
    if (hasCode(error, 'no-such-bucket', 'access-denied')) return false;
    throw error;
  }
}

/** @throws SyncError bucket-not-empty, no-such-bucket */
export async function deleteBucket(connection: Connection, bucket: string, signal?: AbortSignal): Promise<void> {
  await connection.run({ action: 'DeleteBucket', bucket }, until(signal), (client, options) =>
    client.send(new DeleteBucketCommand({ Bucket: bucket }), options),
  );
}

/** @throws SyncError no-such-bucket, access-denied */
export async function headBucket(connection: Connection, bucket: string, signal?: AbortSignal): Promise<void> {
  const doing = { action: 'HeadBucket', bucket } as const;
  await connection.run(doing, until(signal), async (client, options) => {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }), options);
    } catch (error) {
      if (!(error instanceof S3Failure) || error.code !== '') throw error;
      // An answer to HEAD has no body and so no reason; the smallest listing fails with the same one in words.
      const query = { 'list-type': '2', 'max-keys': '1' };
      const answer = await connection.raw(doing, { method: 'GET', bucket, query, headers: {} }, options);
      if (!(answer.body instanceof Uint8Array)) answer.body.resume();
    }
  });
}

/** @throws SyncError not-supported where the server does not know versions, access-denied where this key may not ask. */
export async function versioning(connection: Connection, bucket: string, signal?: AbortSignal): Promise<Versioning> {
  const { Status } = await connection.run({ action: 'GetBucketVersioning', bucket }, until(signal), (client, options) =>
    client.send(new GetBucketVersioningCommand({ Bucket: bucket }), options),
  );
  return Status === 'Enabled' ? 'enabled' : Status === 'Suspended' ? 'suspended' : 'off';
}

/**
 * Whether deleting leaves a delete marker and the content under it. Where the server does not know versions, or does not
 * let this key ask, the answer is no, which is the careful one: copies are then kept in the trash.
 */
export async function isVersioned(connection: Connection, bucket: string, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await versioning(connection, bucket, signal)) === 'enabled';
  } catch (error) {
    if (hasCode(error, 'not-supported', 'access-denied')) return false;
    throw error;
  }
}

/** Turns versioning on, or suspends it. */
export async function setVersioning(
  connection: Connection,
  bucket: string,
  on: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const VersioningConfiguration = { Status: on ? 'Enabled' : 'Suspended' } as const;
  await connection.run({ action: 'PutBucketVersioning', bucket }, until(signal), (client, options) =>
    client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }), options),
  );
}
