import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/core/object-store.ts';
import { startS3Double } from '../../support/s3-double/index.ts';
import type { S3Double } from '../../support/s3-double/index.ts';
import { errorXml, replying, startTinyServer, storeAt } from './tiny-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function probed(store: ReturnType<typeof storeAt>, bucket?: string): Promise<Map<string, ProbeResult>> {
  const results = new Map<string, ProbeResult>();
  for await (const result of store.probe(bucket)) results.set(result.id, result);
  return results;
}

function storeOf(double: S3Double) {
  const store = storeAt(double.endpoint, { accessKeyId: double.accessKey, secretAccessKey: double.secretKey });
  cleanups.push(
    () => store.close(),
    () => double.close(),
  );
  return store;
}

describe('the probe', () => {
  it('finds the stream of events and the conditions that a server honours', async () => {
    const store = storeOf(await startS3Double());
    await store.createBucket('photos');
    const results = await probed(store, 'photos');
    expect(results.get('live-events')).toMatchObject({ verdict: 'ok' });
    expect(results.get('conditional-put')).toMatchObject({ verdict: 'ok' });
    expect([...results.values()].filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect((await store.listPage({ bucket: 'photos', prefix: '' })).objects).toEqual([]);
  });

  it('measures how far the clocks are apart', async () => {
    const date = new Date(Date.now() + 400_000).toUTCString();
    const server = await startTinyServer(replying(403, errorXml('AccessDenied'), { date }));
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => store.close(),
      () => server.close(),
    );
    const clock = (await probed(store)).get('clock');
    expect(clock).toMatchObject({ verdict: 'degraded', code: 'clock-skew' });
    expect(clock?.finding).toMatch(/^The server is (399|400) seconds ahead\.$/);
  });

  it('says that nobody answers, and checks no further', async () => {
    const server = await startTinyServer(replying(200, ''));
    await server.close();
    const store = storeAt(server.endpoint);
    cleanups.push(() => store.close());
    const results = await probed(store, 'photos');
    expect(results.get('reachable')).toMatchObject({ verdict: 'failed', code: 'unreachable' });
    const others = [...results.values()].filter(({ id }) => id !== 'reachable');
    expect(others.filter(({ verdict }) => verdict !== 'skipped')).toEqual([]);
  });

  it('finds that a server ignores conditions', async () => {
    const server = await startTinyServer(replying(200, '', { etag: '"e"', 'content-length': '0' }));
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => store.close(),
      () => server.close(),
    );
    // Uploads in parts are answered with nonsense here, so that the findings end with the first check.
    await expect(store.probeCapabilities('photos')).rejects.toMatchObject({ code: 'not-s3' });
    const writes = server.asked.filter(({ method }) => method === 'PUT');
    const conditional = ({ headers }: (typeof writes)[number]) => headers['if-none-match'] ?? headers['if-match'];
    expect(writes.map(conditional)).toEqual([undefined, '*', undefined]);
    const keys = new Set(server.asked.map(({ url }) => url.split('?')[0]));
    for (const key of keys) expect(key).toMatch(/^\/photos\/\.rustfs-sync-probe\//);
    expect(server.asked.filter(({ method }) => method === 'DELETE')).toHaveLength(2);
  });
});
