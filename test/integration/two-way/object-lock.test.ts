import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EngineBucket } from '../../support/engine-bucket.ts';
import { MIB, randomContent, sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';
import { plainClient } from '../../support/s3-client.ts';
import { uniqueBucket } from '../../support/servers.ts';
import { Computer } from '../../support/two-way-team.ts';

/** A bucket in which no version can be removed for a day, but by those who may bypass that. */
async function makeLockedBucket(): Promise<EngineBucket> {
  const client = plainClient(sharedServer());
  const Bucket = uniqueBucket('locked');
  await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  onTestFinished(async () => {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    client.destroy();
  });
  return new EngineBucket(Bucket, client);
}

describe.skipIf(isWithoutRealServer)('a bucket with object lock and a default retention', () => {
  test('takes files, edits, renames and deletions, and keeps a version of each', async () => {
    const bucket = await makeLockedBucket();
    const a = await Computer.make(sharedServer(), bucket, {});
    const b = await Computer.make(sharedServer(), bucket, {});
    const large = randomContent(20 * MIB);
    await a.root.write('small', 'first');
    await a.root.write('large', large);
    await a.root.write('doomed', 'deleted later');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 3 });
    await a.root.write('small', 'second');
    await a.root.move('large', 'renamed');
    await a.root.remove('doomed');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1, movedFiles: 1, deletedFiles: 1 });
    expect(await a.problemCodes()).toEqual([]);
    expect(await bucket.keys()).toEqual(['renamed', 'small']);
    expect(await b.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 2 });
    expect((await b.tree())['renamed']).toBe(sha256(large));
    const { Versions = [] } = await bucket.client.send(new ListObjectVersionsCommand({ Bucket: bucket.name }));
    expect(Versions.filter(({ Key }) => Key === 'small')).toHaveLength(2);
    expect(Versions.filter(({ Key }) => Key === 'doomed')).toHaveLength(1);
  });
});
