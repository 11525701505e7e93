import { describe, expect, test } from 'vitest';
import type { ListedVersion, VersionListRequest, VersionPage } from '../../../src/core/object-store.ts';
import { listVersions } from '../../../src/remote/index.ts';
import { replying, startTinyServer, storeAt } from './tiny-server.ts';

const version = (key: string, versionId: string): ListedVersion => ({
  kind: 'object',
  key,
  versionId,
  isLatest: true,
  lastModifiedMs: 0,
  sizeBytes: 1,
  etag: 'e',
});

/** A server whose pages are given as `key versionId`. */
function scripted(pages: readonly (readonly string[])[]) {
  const asked: VersionListRequest[] = [];
  const listVersionPage = async (request: VersionListRequest): Promise<VersionPage> => {
    const index = asked.push(request) - 1;
    const versions = (pages[index] ?? []).map((text) => version(...(text.split(' ') as [string, string])));
    const last = versions.at(-1);
    const next =
      index < pages.length - 1 && last !== undefined ? { key: last.key, versionId: last.versionId } : undefined;
    return next === undefined ? { versions } : { versions, next };
  };
  return { asked, listVersionPage };
}

async function all(store: ReturnType<typeof scripted>): Promise<string[]> {
  const found: string[] = [];
  const range = { bucket: 'b', prefix: 'p' };
  for await (const { key, versionId } of listVersions(store, range)) found.push(`${key} ${versionId}`);
  return found;
}

describe('a listing of versions', () => {
  test('goes on where the page before ended, in the middle of a key too', async () => {
    const store = scripted([['pa 2'], ['pa 1', 'pb 1'], ['pc 1']]);
    expect(await all(store)).toEqual(['pa 2', 'pa 1', 'pb 1', 'pc 1']);
    expect(store.asked.map(({ after }) => after)).toEqual([
      undefined,
      { key: 'pa', versionId: '2' },
      { key: 'pb', versionId: '1' },
    ]);
  });

  test('is not trusted when keys go back, or a page leads to itself', async () => {
    await expect(all(scripted([['pb 1'], ['pa 1']]))).rejects.toMatchObject({ code: 'listing-disorder' });
    const circle = { versions: [version('pa', '1')], next: { key: 'pa', versionId: '1' } };
    const store = { asked: [], listVersionPage: async () => circle };
    await expect(all(store)).rejects.toMatchObject({ code: 'listing-disorder' });
  });
});

describe('a page of versions', () => {
  const page = (body: string) =>
    replying(
      200,
      `<?xml version="1.0"?><ListVersionsResult><IsTruncated>false</IsTruncated>${body}</ListVersionsResult>`,
    );
  const entry = (kind: string, key: string, second: number, more = '') =>
    `<${kind}><Key>${key}</Key><VersionId>${kind}-${second}</VersionId><IsLatest>${more.includes('latest')}</IsLatest>` +
    `<LastModified>2026-01-01T00:00:0${second}.000Z</LastModified>` +
    `${kind === 'Version' ? '<ETag>"e"</ETag><Size>1</Size>' : ''}</${kind}>`;

  async function read(body: string): Promise<string[]> {
    const server = await startTinyServer(page(body));
    const store = storeAt(server.endpoint);
    try {
      const { versions } = await store.listVersionPage({ bucket: 'b', prefix: '' });
      return versions.map(({ key, versionId }) => `${key} ${versionId}`);
    } finally {
      store.close();
      await server.close();
    }
  }

  test('has versions and delete markers in one order; of one time, content comes before its deletion', async () => {
    const body = [
      entry('Version', 'b', 1, 'latest'),
      entry('DeleteMarker', 'a', 5, 'latest'),
      entry('DeleteMarker', 'a', 3),
      entry('Version', 'a', 5),
      entry('Version', 'a', 3),
      entry('Version', 'a', 1),
    ].join('');
    expect(await read(body)).toEqual([
      'a DeleteMarker-5',
      'a Version-5',
      'a Version-3',
      'a DeleteMarker-3',
      'a Version-1',
      'b Version-1',
    ]);
  });

  test('that lacks what every version has is not trusted', async () => {
    const body = '<Version><Key>a</Key><VersionId>1</VersionId><IsLatest>true</IsLatest></Version>';
    await expect(read(body)).rejects.toMatchObject({ code: 'listing-disorder' });
  });
});
