import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { StoreTraits } from '../../support/memory-store.ts';
import {
  createDownloadWorld,
  download,
  expectPlaced,
  FILE,
  LARGE,
  MIB,
  OWN_PARTS,
  PATH,
  rangesFetched,
  ROOT,
  type DownloadWorld,
} from './download-world.ts';

const MD5 = createHash('md5').update(LARGE).digest('base64');
const OTHER_MD5 = createHash('md5').update('other').digest('base64');
const FIVE_MIB = [5 * MIB, 5 * MIB, 5 * MIB, MIB + 7];

interface Case {
  readonly sizes?: readonly number[];
  readonly traits?: Partial<StoreTraits>;
  readonly metadata?: Record<string, string>;
}

function worldOf({ sizes, traits = {}, metadata = {} }: Case): DownloadWorld {
  const world = createDownloadWorld(traits);
  if (sizes === undefined) world.store.seed('bucket', PATH, LARGE, metadata);
  else world.store.seedParts('bucket', PATH, LARGE, sizes, metadata);
  return world;
}

const untold = { tellsPartSizes: false };
const encrypted = { encrypted: true };

describe('content is proven', () => {
  test.each<[string, Case, string, number | undefined]>([
    ['by the MD5 of an object that was put in one piece', {}, 'etag', undefined],
    ['by the parts that another program made', { sizes: FIVE_MIB }, 'etag', 5 * MIB],
    ['by parts of sizes that differ', { sizes: [5 * MIB, 6 * MIB, 5 * MIB + 7] }, 'etag', undefined],
    ['by parts too many for the first one’s size', { sizes: [6 * MIB, 5 * MIB, 5 * MIB + 7] }, 'etag', undefined],
    ['by one part as large as the object', { sizes: [LARGE.length] }, 'etag', LARGE.length],
    ['by usual part sizes where the server tells none', { sizes: FIVE_MIB, traits: untold }, 'etag', 5 * MIB],
    ['by our own part size where the server tells none', { sizes: OWN_PARTS, traits: untold }, 'etag', 8 * MIB],
    [
      'by the declared MD5 where the ETag can not be told from',
      { sizes: [6 * MIB, 10 * MIB + 7], traits: untold, metadata: { md5chksum: MD5 } },
      'metadata',
      undefined,
    ],
    [
      'by the declared MD5 of an encrypted object',
      { traits: encrypted, metadata: { md5chksum: MD5 } },
      'metadata',
      undefined,
    ],
    [
      'by its length alone where nothing else is told',
      { sizes: [6 * MIB, 10 * MIB + 7], traits: untold },
      'length',
      undefined,
    ],
    ['by its length alone of an encrypted object', { traits: encrypted }, 'length', undefined],
    [
      'by its length alone of an encrypted object in parts',
      { sizes: OWN_PARTS, traits: encrypted },
      'length',
      undefined,
    ],
  ])('%s', async (_how, given, verified, partSizeBytes) => {
    const world = worldOf(given);
    const context = world.newContext();
    const result = await download(world, world.job(), context);
    expect(result).toMatchObject({ kind: 'downloaded', verified });
    expect(result.kind === 'downloaded' && result.base.partSizeBytes).toBe(partSizeBytes);
    await expectPlaced(world, LARGE, context);
  });

  test('without reading it back, where the parts of another program are fetched as such', async () => {
    const world = worldOf({ sizes: FIVE_MIB });
    await download(world);
    expect(rangesFetched(world)).toEqual([0, 5 * MIB, 10 * MIB, 15 * MIB]);
    expect(world.environment.fs.calls.filter((call) => call.op === 'read')).toEqual([]);
  });

  test('in small objects too, by the parts that they were made of', async () => {
    const world = createDownloadWorld();
    const content = LARGE.slice(0, 11 * MIB);
    world.store.seedParts('bucket', PATH, content, [5 * MIB, 6 * MIB]);
    expect(await download(world)).toMatchObject({ kind: 'downloaded', verified: 'etag' });
    await expectPlaced(world, content);
  });
});

describe('damage is noticed', () => {
  test.each<[string, Case]>([
    ['in an object that was put in one piece', {}],
    ['in the parts of another program', { sizes: FIVE_MIB }],
    ['in parts of sizes that differ', { sizes: [5 * MIB, 6 * MIB, 5 * MIB + 7] }],
    ['by the declared MD5 alone', { sizes: [6 * MIB, 10 * MIB + 7], traits: untold, metadata: { md5chksum: MD5 } }],
    ['by the declared MD5 of an encrypted object', { traits: encrypted, metadata: { md5chksum: MD5 } }],
    ['as a declared MD5 that is not that of the content', { traits: encrypted, metadata: { md5chksum: OTHER_MD5 } }],
  ])('%s', async (_where, given) => {
    const world = worldOf(given);
    if (given.metadata?.['md5chksum'] !== OTHER_MD5)
      world.store.bodyFault = (call) => (call.offset === 0 ? { kind: 'damage', atByte: 4 * MIB } : undefined);
    await expect(download(world)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
    expect(world.environment.fs.contentOf(FILE)).toBeUndefined();
    expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
    expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
  });
});

test('an ETag that ends in -1 and is no MD5 of the content does not condemn it', async () => {
  const world = createDownloadWorld();
  world.store.seedParts('bucket', PATH, LARGE, [LARGE.length]);
  const marked = `${'0123456789abcdef'.repeat(2)}-1`;
  world.store.shownEtag = () => marked;
  const job = world.job({ remote: { etag: marked, sizeBytes: LARGE.length } });
  expect(await download(world, job)).toMatchObject({ kind: 'downloaded', verified: 'length' });
  await expectPlaced(world, LARGE);
});
