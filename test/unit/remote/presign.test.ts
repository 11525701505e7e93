import { afterEach, describe, expect, it } from 'vitest';
import { SECRET, storeAt } from './tiny-server.ts';

const store = storeAt('https://s3.example:9000/base');
afterEach(() => store.close());

const link = async (more: Partial<Parameters<typeof store.presign>[0]> = {}) =>
  new URL(await store.presign({ bucket: 'b', key: 'a b/ü.txt', method: 'GET', expiresInSeconds: 600, ...more }));

describe('a presigned link', () => {
  it('names the object in path style and signs the host alone', async () => {
    const url = await link();
    expect(url.origin + url.pathname).toBe('https://s3.example:9000/base/b/a%20b/%C3%BC.txt');
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('600');
    expect(url.href).not.toContain(SECRET);
  });

  it.each(['GET', 'PUT'] as const)('has no checksum in it (%s)', async (method) => {
    expect((await link({ method })).search).not.toMatch(/checksum|crc|amz-sdk/i);
  });

  it('names the file that a browser saves under', async () => {
    const url = await link({ downloadName: 'grün.txt' });
    expect(url.searchParams.get('response-content-disposition')).toBe(
      `attachment; filename="gr_n.txt"; filename*=UTF-8''gr%C3%BCn.txt`,
    );
  });

  it.each([0, -1, 604_801, 1.5, Number.NaN])('can not be valid for %d seconds', async (expiresInSeconds) => {
    await expect(link({ expiresInSeconds })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it.each([1, 604_800])('can be valid for %d seconds', async (expiresInSeconds) => {
    expect((await link({ expiresInSeconds })).searchParams.get('X-Amz-Expires')).toBe(String(expiresInSeconds));
  });

  it('puts the bucket into the host name without path style', async () => {
    const virtual = storeAt('https://s3.example', { settings: { pathStyle: false } });
    const url = new URL(await virtual.presign({ bucket: 'photos', key: 'k', method: 'GET', expiresInSeconds: 1 }));
    virtual.close();
    expect(url.origin + url.pathname).toBe('https://photos.s3.example/k');
  });
});
