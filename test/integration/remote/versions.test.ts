import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletedPart, ListedVersion, ObjectStore } from '../../../src/core/object-store.ts';
import { compositeEtag } from '../../../src/core/etag.ts';
import { listVersions } from '../../../src/remote/index.ts';
import { pollUntil } from '../../support/loopback.ts';
import { plainClient, removeBucket, type S3Access } from '../../support/s3-client.ts';
import { startS3Double, type S3Double } from '../../support/s3-double/index.ts';
import { realServer, uniqueBucket } from '../../support/servers.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { md5, putText, readAll } from './support.ts';

const MIB = 1024 * 1024;

async function all(store: ObjectStore, bucket: string, prefix: string): Promise<ListedVersion[]> {
  const found: ListedVersion[] = [];
  for await (const version of listVersions(store, { bucket, prefix })) found.push(version);
  return found;
}

/** Versions and markers of one moment have no order that a listing tells. */
async function nextMillisecond(): Promise<void> {
  const nowMs = Date.now();
  await pollUntil('the next millisecond', () => (Date.now() > nowMs ? true : undefined), { everyMs: 1 });
}

function storeTests(access: () => S3Access): void {
  const bucket = uniqueBucket('versions');
  let store: ObjectStore;
  beforeAll(async () => {
    const { endpoint, accessKey, secretKey } = access();
    store = storeAt(endpoint, { accessKeyId: accessKey, secretAccessKey: secretKey, maxCopyBytes: 20 * MIB });
    await store.createBucket(bucket);
  });
  afterAll(async () => {
    store.close();
    const admin = plainClient(access());
    await removeBucket(admin, bucket);
    admin.destroy();
  });

  /** An object of 5 MiB parts and a rest. */
  async function putParts(key: string, sizeBytes: number, fill: number): Promise<string> {
    const metadata = { mtime: '1767323045.5' };
    const uploadId = await store.createUpload({ bucket, key, metadata, contentType: 'x/y' });
    const parts: CompletedPart[] = [];
    const md5s: string[] = [];
    for (let offset = 0; offset < sizeBytes; offset += 5 * MIB) {
      const body = Buffer.alloc(Math.min(5 * MIB, sizeBytes - offset), fill + parts.length);
      const partNumber = parts.length + 1;
      const { etag } = await store.uploadPart({
        bucket,
        key,
        uploadId,
        partNumber,
        body,
        check: { kind: 'md5', md5: md5(body) },
      });
      parts.push({ partNumber, etag });
      md5s.push(etag);
    }
    const { etag } = await store.completeUpload({ bucket, key, uploadId }, parts);
    expect(etag).toBe(compositeEtag(md5s, md5));
    return etag;
  }

  test('versioning is off, turned on, and suspended', async () => {
    expect(await store.versioning(bucket)).toBe('off');
    expect((await all(store, bucket, '')).length).toBe(0);
    await store.setVersioning(bucket, true);
    expect([await store.versioning(bucket), await store.isVersioned(bucket)]).toEqual(['enabled', true]);
    await store.setVersioning(bucket, false);
    expect([await store.versioning(bucket), await store.isVersioned(bucket)]).toEqual(['suspended', false]);
    await store.setVersioning(bucket, true);
    await expect(store.versioning(`${bucket}-none`)).rejects.toMatchObject({ code: 'no-such-bucket' });
  });

  test('versions and delete markers come in order, over pages', async () => {
    const etags = new Map<string, string>();
    for (const key of ['p/a b', 'p/ü', 'p/z']) {
      for (const text of ['1', '2']) {
        etags.set(text, await putText(store, bucket, key, text));
        await nextMillisecond();
      }
      await store.delete(bucket, key);
      await nextMillisecond();
    }
    await putText(store, bucket, 'p/ü', '3');
    const expected = ['p/a b', 'p/z', 'p/ü'].flatMap((key) => [
      ...(key === 'p/ü' ? ['p/ü object 1 true'] : []),
      `${key} delete-marker 0 ${String(key !== 'p/ü')}`,
      `${key} object 1 false`,
      `${key} object 1 false`,
    ]);
    const shown = (found: readonly ListedVersion[]) =>
      found.map(({ key, kind, sizeBytes, isLatest }) => `${key} ${kind} ${sizeBytes} ${String(isLatest)}`);
    const found = await all(store, bucket, 'p/');
    expect(shown(found)).toEqual(expected);
    expect(found.filter(({ key }) => key === 'p/z').map(({ etag }) => etag)).toEqual([
      '',
      etags.get('2'),
      etags.get('1'),
    ]);
    const listInTwos: ObjectStore['listVersionPage'] = (request, signal) =>
      store.listVersionPage({ ...request, maxKeys: 2 }, signal);
    const paged: ListedVersion[] = [];
    for await (const one of listVersions({ listVersionPage: listInTwos }, { bucket, prefix: 'p/' })) paged.push(one);
    expect(paged).toEqual(found);
  });

  test('with a delimiter, what is further down is left out, and a page begins after any text', async () => {
    for (const key of ['q/a', 'q/b/deep', 'q/b/deeper', 'q/c', 'q/c', 'q/d/deep', 'q/e']) {
      await putText(store, bucket, key, 'x');
    }
    const keysOf = async (maxKeys: number, begin?: string) => {
      const keys: string[] = [];
      let after = begin === undefined ? undefined : { key: begin };
      for (let page = 0; page < 20; page++) {
        const request = { bucket, prefix: 'q/', delimiter: '/', maxKeys, ...(after && { after }) } as const;
        const { versions, next } = await store.listVersionPage(request);
        keys.push(...versions.map(({ key }) => key));
        if (next === undefined) return keys;
        after = next;
      }
      throw new Error('The listing does not end.');
    };
    expect(await keysOf(1000)).toEqual(['q/a', 'q/c', 'q/c', 'q/e']);
    expect(await keysOf(1)).toEqual(['q/a', 'q/c', 'q/c', 'q/e']);
    expect(await keysOf(1000, 'q/b~')).toEqual(['q/c', 'q/c', 'q/e']);
  });

  test('a version is copied back, small or in parts, with its ETag and metadata', async () => {
    const key = 'dir/old & new';
    for (const sizeBytes of [11 * MIB, 21 * MIB]) {
      const sourceEtag = await putParts(key, sizeBytes, sizeBytes / MIB);
      const present = await putText(store, bucket, key, 'newer');
      const source = (await all(store, bucket, key)).find(({ etag }) => etag === sourceEtag);
      const copy = { bucket, sourceKey: key, sourceVersionId: source?.versionId ?? '', key, sourceEtag, sizeBytes };
      const made = await store.copy({ ...copy, expect: { kind: 'etag', etag: present } });
      expect(made.etag).toBe(sourceEtag);
      const { metadata, body } = await store.get({ bucket, key });
      expect(metadata['mtime']).toBe('1767323045.5');
      expect((await readAll(body)).length).toBe(sizeBytes);
      await expect(store.copy({ ...copy, sourceEtag: present })).rejects.toMatchObject({ code: 'precondition-failed' });
    }
    const [first] = await all(store, bucket, key);
    expect(first).toMatchObject({ isLatest: true, sizeBytes: 21 * MIB });
  });

  test('a version that is not there any more is named as such', async () => {
    const etag = await putText(store, bucket, 'once', 'x');
    const sourceVersionId = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
    const copy = { bucket, sourceKey: 'once', sourceVersionId, key: 'once', sourceEtag: etag, sizeBytes: 1 };
    await expect(store.copy(copy)).rejects.toMatchObject({ code: 'no-such-key' });
  });
}

describe('versions on the S3 double', () => {
  let double: S3Double | undefined;
  beforeAll(async () => {
    double = await startS3Double();
  });
  afterAll(() => double?.close());
  storeTests(() => {
    if (double === undefined) throw new Error('The double has not started.');
    return double;
  });
});

const real = realServer();
describe.skipIf(real === undefined)('versions on a real server', () => {
  storeTests(() => {
    if (real === undefined) throw new Error('There is no real server.');
    return real;
  });
});
