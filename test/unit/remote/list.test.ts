import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import type { ListedObject, ListPage, ListRequest } from '../../../src/core/object-store.ts';
import { listObjects } from '../../../src/remote/index.ts';
import { decodeKey } from '../../../src/remote/list-page.ts';
import { replying, startTinyServer, storeAt } from './tiny-server.ts';

const object = (key: string): ListedObject => ({ key, sizeBytes: 1, etag: 'e', lastModifiedMs: 0 });

/** A server that lists what `pages` says: each call takes the next page, given as its keys. */
function scripted(pages: readonly (readonly string[])[], { endless = false } = {}) {
  const asked: ListRequest[] = [];
  return {
    asked,
    listPage: async (request: ListRequest): Promise<ListPage> => {
      const index = asked.length;
      asked.push(request);
      const keys = pages[index] ?? pages.at(-1) ?? [];
      const isLast = !endless && index >= pages.length - 1;
      return { objects: keys.map(object), prefixes: [], ...(isLast ? {} : { continuationToken: `t${index}` }) };
    },
  };
}

const keysOf = async (store: Parameters<typeof listObjects>[0], startAfter?: string, ...rest: [] | [AbortSignal]) => {
  const keys: string[] = [];
  const range = { bucket: 'b', prefix: '', ...(startAfter === undefined ? {} : { startAfter }) };
  for await (const { key } of listObjects(store, range, ...rest)) keys.push(key);
  return keys;
};

/** A listing whose first pass is in the given pages, and whose later passes are true. */
function wrongAtFirst(firstPass: readonly (readonly string[])[], truth: readonly string[], wrongPasses = 1) {
  const starts: (string | undefined)[] = [];
  let page = 0;
  return {
    starts,
    listPage: async ({ startAfter, continuationToken }: ListRequest): Promise<ListPage> => {
      if (continuationToken === undefined) {
        starts.push(startAfter);
        page = 0;
      }
      if (starts.length > wrongPasses) {
        const keys = truth.filter((key) => startAfter === undefined || key > startAfter);
        return { objects: keys.map(object), prefixes: [] };
      }
      const keys = firstPass[page] ?? [];
      page += 1;
      const more = page < firstPass.length ? { continuationToken: `p${page}` } : {};
      return { objects: keys.map(object), prefixes: [], ...more };
    },
  };
}

describe('a listing in order', () => {
  it('gives all objects of all pages', async () => {
    expect(await keysOf(scripted([['a', 'b'], ['c'], ['d', 'e']]))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('of nothing is empty', async () => {
    expect(await keysOf(scripted([[]]))).toEqual([]);
  });

  it('goes on over an empty page in the middle', async () => {
    expect(await keysOf(scripted([['a'], [], ['b']]))).toEqual(['a', 'b']);
  });

  it('is measured in UTF-8 bytes, not in UTF-16 units', async () => {
    const keys = ['\uffee', '\u{1f600}'];
    expect(await keysOf(scripted([keys]))).toEqual(keys);
  });

  it('asks for the next page before the last one is used up', async () => {
    const store = scripted([['a'], ['b'], ['c'], ['d']]);
    const listing = listObjects(store, { bucket: 'b', prefix: '' });
    await listing.next();
    expect(store.asked.map(({ continuationToken }) => continuationToken)).toEqual([undefined, 't0', 't1']);
    await listing.return();
    expect(store.asked).toHaveLength(3);
  });
});

describe('a listing with faults', () => {
  it('loses objects that are listed twice, in one page or across pages', async () => {
    expect(
      await keysOf(
        scripted([
          ['a', 'b', 'b'],
          ['a', 'b', 'c'],
          ['c', 'd'],
        ]),
      ),
    ).toEqual(['a', 'b', 'c', 'd']);
  });

  it('loses the first key where start-after includes it', async () => {
    expect(await keysOf(scripted([['m', 'n']]), 'm')).toEqual(['n']);
  });

  it('that is out of order in a page begins anew and misses nothing', async () => {
    const store = wrongAtFirst([['a', 'c', 'b']], ['a', 'b', 'c']);
    expect(await keysOf(store)).toEqual(['a', 'b', 'c']);
    expect(store.starts).toEqual([undefined, undefined]);
  });

  it('that is out of order across pages begins anew after what was handed out', async () => {
    const store = wrongAtFirst([['a', 'b'], ['d', 'f'], ['e']], ['a', 'b', 'd', 'e', 'f']);
    expect(await keysOf(store)).toEqual(['a', 'b', 'd', 'e', 'f']);
    expect(store.starts).toEqual([undefined, 'b']);
  });

  it('that stays out of order is an error after three new beginnings', async () => {
    const store = wrongAtFirst([['b', 'a']], [], Number.POSITIVE_INFINITY);
    await expect(keysOf(store)).rejects.toMatchObject({ code: 'listing-disorder', retryable: false });
    expect(store.starts).toHaveLength(4);
  });

  it('never counts a page that names itself as the end', async () => {
    const listPage = async () => ({ objects: [object('a')], prefixes: [], continuationToken: 'same' });
    await expect(keysOf({ listPage })).rejects.toMatchObject({ code: 'listing-disorder' });
  });

  it('never counts empty pages without an end as the end', async () => {
    await expect(keysOf(scripted([['a'], []], { endless: true }))).rejects.toMatchObject({ code: 'listing-disorder' });
  });

  it('fails with the page that fails, even when that was fetched ahead', async () => {
    const store = scripted([['a'], ['b'], ['c']]);
    const failing = {
      listPage: async (request: ListRequest) => {
        if (request.continuationToken === 't1') throw new SyncError({ code: 'timeout', message: 'm', advice: 'a' });
        return store.listPage(request);
      },
    };
    const listing = listObjects(failing, { bucket: 'b', prefix: '' });
    expect((await listing.next()).value).toMatchObject({ key: 'a' });
    await expect(listing.next()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('repeats a page as the caller says', async () => {
    const store = scripted([['a'], ['b']]);
    let calls = 0;
    const shaky = {
      listPage: async (request: ListRequest) => {
        calls += 1;
        if (calls % 2 === 1) throw new SyncError({ code: 'timeout', message: 'm', advice: 'a', retryable: true });
        return store.listPage(request);
      },
    };
    const twice = <T>(operation: () => Promise<T>) => operation().catch(() => operation());
    const keys: string[] = [];
    for await (const { key } of listObjects(shaky, { bucket: 'b', prefix: '' }, undefined, twice)) keys.push(key);
    expect(keys).toEqual(['a', 'b']);
  });

  it('calls the page fetched ahead off when its reader leaves', async () => {
    const signals: AbortSignal[] = [];
    const store = {
      listPage: async (_request: ListRequest, signal?: AbortSignal): Promise<ListPage> => {
        if (signal !== undefined) signals.push(signal);
        return { objects: [object(`k${signals.length}`)], prefixes: [], continuationToken: `t${signals.length}` };
      },
    };
    for await (const { key } of listObjects(store, { bucket: 'b', prefix: '' })) {
      expect(key).toBe('k1');
      break;
    }
    expect(signals.at(-1)?.aborted).toBe(true);
  });
});

describe('one page', () => {
  const page = (inner: string) => `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${inner}</ListBucketResult>`;
  const contents = (key: string) =>
    `<Contents><Key>${key}</Key><Size>3</Size><ETag>&quot;abc&quot;</ETag><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>`;
  const list = async (inner: string, prefix = '') => {
    const server = await startTinyServer(replying(200, page(inner)));
    const store = storeAt(server.endpoint);
    try {
      return { page: await store.listPage({ bucket: 'b', prefix }), asked: server.asked };
    } finally {
      store.close();
      await server.close();
    }
  };

  it('asks for encoded keys and decodes them', async () => {
    const inner = `<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${contents('a+b%2Bc/%E6%96%87%01')}`;
    const { page: result, asked } = await list(inner);
    expect(asked[0]?.url).toContain('encoding-type=url');
    expect(result).toEqual({
      objects: [{ key: 'a b+c/文\u0001', sizeBytes: 3, etag: 'abc', lastModifiedMs: Date.UTC(2026, 0, 2, 3, 4, 5) }],
      prefixes: [],
    });
  });

  it('takes keys as they are where the server does not encode', async () => {
    const inner = `<IsTruncated>false</IsTruncated>${contents('a+b%2Bc')}`;
    expect((await list(inner)).page.objects[0]?.key).toBe('a+b%2Bc');
  });

  it('that is truncated without saying how to go on is an error', async () => {
    const inner = `<IsTruncated>true</IsTruncated>${contents('a')}`;
    await expect(list(inner)).rejects.toMatchObject({ code: 'listing-disorder' });
  });

  it('with an object outside the prefix is an error', async () => {
    const inner = `<IsTruncated>false</IsTruncated>${contents('other/a')}`;
    await expect(list(inner, 'mine/')).rejects.toMatchObject({ code: 'listing-disorder' });
  });

  it('with a thousand objects is read whole', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${String(i).padStart(4, '0')}`);
    const inner = `<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>${keys.map(contents).join('')}`;
    const { page: result } = await list(inner);
    expect(result.objects.map(({ key }) => key)).toEqual(keys);
    expect(result.continuationToken).toBe('n');
  });

  it('says so when an encoded key can not be decoded', () => {
    expect(() => decodeKey('%E6%', 'b', '')).toThrow(expect.objectContaining({ code: 'listing-disorder' }) as Error);
  });
});
