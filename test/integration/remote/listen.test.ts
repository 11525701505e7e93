import { expect, onTestFinished, test } from 'vitest';
import type { AccountSettings, BucketEvent } from '../../../src/core/object-store.ts';
import { fetchCertificateFingerprint } from '../../../src/remote/index.ts';
import { startS3Double, type S3Double } from '../../support/s3-double/index.ts';
import { storeAt } from '../../unit/remote/tiny-server.ts';
import { makeCertificates, putText, startProxy } from './support.ts';

/** What a listener hears of one write, from the beginning. */
async function hear(double: S3Double, settings: Partial<AccountSettings>): Promise<BucketEvent[]> {
  const { accessKey: accessKeyId, secretKey: secretAccessKey, endpoint } = double;
  const store = storeAt(endpoint, { accessKeyId, secretAccessKey, settings, eventPingSeconds: 1 });
  onTestFinished(() => store.close());
  await store.createBucket('photos');
  const events: BucketEvent[] = [];
  for await (const event of store.listen('photos', 'a b/', new AbortController().signal)) {
    events.push(event);
    if (events.length === 3) break;
    if (event.kind === 'listening') await putText(store, 'photos', 'a b/c+%', 'content');
    if (event.kind === 'written') await store.delete('photos', 'a b/c+%');
  }
  return events;
}

const HEARD = [
  { kind: 'listening' },
  { kind: 'written', key: 'a b/c+%', etag: '9a0364b9e99bb480dd25e1f0284c8555' },
  { kind: 'removed', key: 'a b/c+%' },
];

test('events come through a proxy from a server whose certificate is pinned, and through one without TLS', async () => {
  const certificates = await makeCertificates();
  onTestFinished(() => certificates.remove());
  const proxy = await startProxy('hunter2');
  onTestFinished(() => proxy.close());
  const secure = await startS3Double({ tls: certificates.otherName });
  onTestFinished(() => secure.close());

  const trustedFingerprint = await fetchCertificateFingerprint(secure.endpoint);
  expect(await hear(secure, { trustedFingerprint, proxy: proxy.url })).toEqual(HEARD);
  const plain = await startS3Double();
  onTestFinished(() => plain.close());
  expect(await hear(plain, { proxy: proxy.url })).toEqual(HEARD);
  expect(proxy.seen.map(({ kind }) => kind)).toContain('forward');
});

test('events of a server whose certificate is not the pinned one are not heard', async () => {
  const certificates = await makeCertificates();
  onTestFinished(() => certificates.remove());
  const double = await startS3Double({ tls: certificates.selfSigned });
  onTestFinished(() => double.close());
  const store = storeAt(double.endpoint, { settings: { trustedFingerprint: Array<string>(32).fill('AB').join(':') } });
  onTestFinished(() => store.close());
  const stream = store.listen('photos', '', new AbortController().signal)[Symbol.asyncIterator]();
  await expect(stream.next()).rejects.toMatchObject({ code: 'untrusted-certificate' });
  expect(double.requests.all).toEqual([]);
});
