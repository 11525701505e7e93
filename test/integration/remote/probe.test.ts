import { ListMultipartUploadsCommand, ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore, ProbeResult } from '../../../src/core/object-store.ts';
import { plainClient, removeBucket } from '../../support/s3-client.ts';
import { realServer, uniqueBucket } from '../../support/servers.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { md5, putText, readAll } from './support.ts';

const server = realServer();

describe.skipIf(server === undefined)('probing a real server', () => {
  if (server === undefined) return;
  const { endpoint, accessKey, secretKey } = server;
  const store: ObjectStore = storeAt(endpoint, { accessKeyId: accessKey, secretAccessKey: secretKey });
  const admin = plainClient(server);
  const bucket = uniqueBucket('remote');
  const buckets = [bucket];

  beforeAll(() => store.createBucket(bucket));
  afterAll(async () => {
    store.close();
    for (const each of buckets) await removeBucket(admin, each);
    admin.destroy();
  });

  const probed = async (name: string | undefined, signal?: AbortSignal) => {
    const results: ProbeResult[] = [];
    for await (const result of store.probe(name, signal)) results.push(result);
    return results;
  };

  it('finds what the server honours and leaves nothing behind', async () => {
    const name = uniqueBucket('probe');
    buckets.push(name);
    await store.createBucket(name);
    const found = await store.probeCapabilities(name);
    expect(found).toMatchObject({ conditionalPut: true, conditionalComplete: true, partCrc32: true });
    const results = await probed(name);
    const verdicts = Object.fromEntries(results.map(({ id, verdict }) => [id, verdict]));
    for (const id of ['reachable', 'sign-in', 'clock', 'bucket', 'addressing', 'permission-put', 'conditional-put']) {
      expect(verdicts).toMatchObject({ [id]: 'ok' });
    }
    expect(verdicts).toMatchObject({ 'content-md5': 'ok', 'list-parts': 'ok', 'encoded-listing': 'ok' });
    expect(verdicts['conditional-delete']).toBe(found.conditionalDelete ? 'ok' : 'degraded');
    expect(results.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    for (const { verdict, advice } of results) if (verdict !== 'ok') expect(advice).not.toBe('');
    expect((await store.listPage({ bucket: name, prefix: '' })).objects).toEqual([]);
    const { Uploads } = await admin.send(new ListMultipartUploadsCommand({ Bucket: name }));
    expect(Uploads ?? []).toEqual([]);
  });

  it('leaves no version and no delete marker behind', async () => {
    const name = uniqueBucket('versions');
    buckets.push(name);
    await store.createBucket(name);
    expect(await store.isVersioned(name)).toBe(false);
    const on = { Bucket: name, VersioningConfiguration: { Status: 'Enabled' } } as const;
    await admin.send(new PutBucketVersioningCommand(on));
    expect(await store.isVersioned(name)).toBe(true);
    expect((await probed(name)).filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    const left = await admin.send(new ListObjectVersionsCommand({ Bucket: name }));
    expect([...(left.Versions ?? []), ...(left.DeleteMarkers ?? [])]).toEqual([]);
    const first = await store.put({
      bucket: name,
      key: 'k',
      body: Buffer.from('old'),
      bodyMd5: md5(Buffer.from('old')),
      metadata: {},
      contentType: 'a/b',
    });
    await putText(store, name, 'k', 'new');
    expect(first.versionId).toBeTruthy();
    const versionId = first.versionId ?? '';
    expect((await readAll((await store.get({ bucket: name, key: 'k', versionId })).body)).toString()).toBe('old');
  });

  it('without a bucket looks at the server alone', async () => {
    expect((await probed(undefined)).map(({ id }) => id)).toEqual(['reachable', 'tls', 's3', 'clock', 'sign-in']);
  });

  it('names a bucket that is not there, and checks no further', async () => {
    const results = await probed(uniqueBucket('none'));
    expect(results.find(({ id }) => id === 'bucket')).toMatchObject({ verdict: 'failed', code: 'no-such-bucket' });
    expect(results.find(({ id }) => id === 'permission-put')).toMatchObject({ verdict: 'skipped' });
  });

  it('cleans up when it is called off or left half-way', async () => {
    const controller = new AbortController();
    const leaving = async (stop: () => void) => {
      for await (const { id } of store.probe(bucket, controller.signal)) if (id === 'list-parts') stop();
    };
    await expect(leaving(() => controller.abort())).rejects.toMatchObject({ code: 'cancelled' });
    for await (const { id } of store.probe(bucket)) if (id === 'conditional-put') break;
    expect((await store.listPage({ bucket, prefix: '.rustfs-sync-probe/' })).objects).toEqual([]);
    const { Uploads } = await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads ?? []).toEqual([]);
  });
});
