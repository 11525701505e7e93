import { expect, test } from 'vitest';
import { cleanTemporary } from '../../../src/transfer/index.ts';
import { failure } from '../../support/memory-fs.ts';
import { refusal } from '../../support/memory-store.ts';
import {
  createDownloadWorld,
  download,
  expectPlaced,
  FILE,
  isPart,
  LARGE,
  largeWorld,
  onNext,
  rangesFetched,
  ROOT,
  temporaryFiles,
  type DownloadWorld,
} from './download-world.ts';

const DAY_MS = 24 * 3_600_000;

async function interruptedWorld(): Promise<DownloadWorld> {
  const world = largeWorld();
  onNext(world, isPart(3), () => ({ when: 'before', error: refusal('access-denied') }));
  await expect(download(world)).rejects.toMatchObject({ code: 'access-denied' });
  world.store.calls.length = 0;
  return world;
}

function clean(world: DownloadWorld): ReturnType<typeof cleanTemporary> {
  return cleanTemporary(world.environment, ROOT, world.state.downloads);
}

test('temporary files that no journal knows are removed, and those of an interrupted download stay', async () => {
  const world = await interruptedWorld();
  const interrupted = temporaryFiles(world);
  world.environment.fs.write(`${ROOT}/.rustfs-sync/tmp/left-by-a-crash`, 'x');
  world.environment.fs.write(`${ROOT}/.rustfs-sync/folder-id`, 'id');
  await clean(world);
  expect(temporaryFiles(world)).toEqual(interrupted);
  expect(world.environment.fs.filesBelow(ROOT)).toContain('.rustfs-sync/folder-id');
  await download(world);
  expect(rangesFetched(world)).toHaveLength(1);
});

test('rows of the journal whose file is gone are removed, and those of another root stay', async () => {
  const world = await interruptedWorld();
  const plan = { etag: 'e', sizeBytes: 1, partSizeBytes: 1, path: 'k', temporaryPath: '.rustfs-sync/tmp/x' };
  world.state.downloads.begin({ accountId: 'acc', bucket: 'bucket', key: 'k', root: '/other' }, plan, 0);
  for (const path of temporaryFiles(world)) world.environment.fs.remove(`${ROOT}/${path}`);
  await clean(world);
  expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
  expect(world.state.downloads.listRoot('/other')).toHaveLength(1);
});

test.each(['before', 'after'] as const)(
  'a download that begins right %s the directory is read is left alone',
  async (when) => {
    const world = createDownloadWorld();
    const { fs } = world.environment;
    const temporaryPath = '.rustfs-sync/tmp/begun';
    const begin = () => {
      // In this order, as a download does.
      fs.write(`${ROOT}/${temporaryPath}`, 'x');
      const plan = { etag: 'e', sizeBytes: 1, partSizeBytes: 1, path: 'k', temporaryPath };
      world.state.downloads.begin(
        { accountId: 'acc', bucket: 'bucket', key: 'k', root: ROOT },
        plan,
        world.environment.clock.now(),
      );
    };
    const read = fs.readDirectory.bind(fs);
    fs.readDirectory = async (root, path) => {
      if (when === 'before') begin();
      const found = await read(root, path);
      if (when === 'after') begin();
      return found;
    };
    fs.write(`${ROOT}/.rustfs-sync/tmp/left-by-a-crash`, 'x');
    await clean(world);
    expect(temporaryFiles(world)).toEqual([temporaryPath]);
    expect(world.state.downloads.listRoot(ROOT)).toHaveLength(1);
  },
);

test('a download that nobody took up for a month gives its room back', async () => {
  const world = await interruptedWorld();
  await world.environment.clock.advance(29 * DAY_MS);
  await clean(world);
  expect(temporaryFiles(world)).toHaveLength(1);
  await world.environment.clock.advance(2 * DAY_MS);
  await clean(world);
  expect(temporaryFiles(world)).toEqual([]);
  expect(world.state.downloads.listRoot(ROOT)).toEqual([]);
});

test.each(['link-in-path', 'file-unreadable'] as const)(
  'an interrupted download to where %s stays, and stops nothing',
  async (code) => {
    const world = await interruptedWorld();
    world.environment.fs.onCall = (call) => {
      if (call.op === 'stat' && call.path === FILE) throw failure(code, call.path);
    };
    world.environment.fs.write(`${ROOT}/.rustfs-sync/tmp/left-by-a-crash`, 'x');
    expect(await clean(world)).toMatchObject({ code });
    expect(temporaryFiles(world)).toHaveLength(1);
    expect(world.state.downloads.listRoot(ROOT)).toHaveLength(1);
  },
);

test('where nothing was ever downloaded there is nothing to clean', async () => {
  const world = createDownloadWorld();
  await clean(world);
  expect(world.environment.fs.filesBelow(ROOT)).toEqual([]);
});

test('a download that a crash left with both of its names keeps the one that counts', async () => {
  const world = largeWorld();
  world.environment.fs.onCall = (call) => {
    if (call.op === 'unlink') throw failure('disk-error', call.path);
  };
  await expect(download(world)).rejects.toMatchObject({ code: 'file-changed' });
  world.environment.fs.onCall = undefined;
  expect(temporaryFiles(world)).toHaveLength(1);
  expect(world.environment.fs.contentOf(FILE)).toHaveLength(LARGE.length);
  await clean(world);
  await expectPlaced(world, LARGE);
});
