import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileStat, FileSystem } from '../../../src/core/environment.ts';
import { directDisk } from '../../../src/local/direct-disk.ts';
import { performTask } from '../../../src/local/disk-task.ts';
import { hasProc, pooledDisk } from '../../../src/local/disk.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { saveFile } from '../../../src/local/save-file.ts';
import { downloadFile, type DownloadJob } from '../../../src/transfer/index.ts';
import { recordDisk } from '../../support/disk-record.ts';
import {
  createDownloadWorld,
  largeWorld,
  never,
  PATH,
  STAMP,
  type DownloadWorld,
} from '../../unit/transfer/download-world.ts';
import { bytes, openForWriting, statOf } from './fs-world.ts';
import { makeTemporaryRoot } from './temporary.ts';

/** What a power cut may take is what nobody asked the disk to keep. Node can not flush a directory of Windows. */

const TMP = '.rustfs-sync/tmp/f';
/** Makes its calls on the test's own thread, where they can be seen. */
const here = (useProc: boolean): FileSystem => createNodeFileSystem({ useProc, nameCalls: {} });
const FS = here(hasProc());

async function rootWith(...directories: string[]): Promise<string> {
  const root = await makeTemporaryRoot();
  for (const path of ['.rustfs-sync/tmp', ...directories]) await mkdir(join(root, path), { recursive: true });
  return root;
}

describe.skipIf(process.platform === 'win32')('rule 11:', () => {
  const placed = [`write ${TMP}`, `flush ${TMP}`, `link ${TMP} > d/f`, 'flush d', `remove ${TMP}`];

  test.each([
    ['through the pool', pooledDisk(hasProc())],
    ['directly', directDisk(hasProc(), 10_000)],
    ['without /proc', pooledDisk(false)],
  ])('a small file is flushed, named, and its name flushed before the old one goes: %s', async (_how, disk) => {
    const root = await rootWith('d');
    const steps = await recordDisk(root);
    const how = { mtimeNs: undefined, executable: false };
    const expected = await performTask(disk, { kind: 'write', root, path: TMP, bytes: bytes('new'), how });
    await performTask(disk, { kind: 'move', root, from: TMP, to: 'd/f', expect: expected });
    expect(steps).toEqual(placed);
  });

  test.each([hasProc(), false])('so is a file that was written piece by piece (/proc: %s)', async (useProc) => {
    const fs = here(useProc);
    const root = await rootWith('d');
    const steps = await recordDisk(root);
    const file = await openForWriting(fs, root, TMP);
    await file.write(bytes('new'), 0);
    const expected = await file.finish({ sizeBytes: 3, mtimeNs: 1_000_000_000n, executable: true });
    await fs.move(root, TMP, 'd/f', expected);
    expect(steps).toEqual(placed);
  });

  test('the name of a new directory is flushed before anything gets a name in it', async () => {
    const root = await rootWith();
    await writeFile(join(root, TMP), 'new');
    const expected = await statOf(FS, root, TMP);
    const steps = await recordDisk(root);
    await FS.move(root, TMP, 'd/e/f', expected);
    expect(steps).toEqual(['flush .', 'flush d', `link ${TMP} > d/e/f`, 'flush d/e', `remove ${TMP}`]);
  });

  test('a file that is moved in the tree has its new name on the disk before the old one goes', async () => {
    const root = await rootWith('d', 'e');
    await writeFile(join(root, 'd/f'), 'mine');
    const expected = await statOf(FS, root, 'd/f');
    const steps = await recordDisk(root);
    await FS.move(root, 'd/f', 'e/f', expected);
    const [linked, flushed, ...rest] = steps.filter((step) => !/^flush \.(rustfs-sync.*)?$/.test(step));
    expect([linked, flushed]).toEqual(['link d/f > e/f', 'flush e']);
    expect(rest[0]).toMatch(/^rename d\/f > \.rustfs-sync\/trash\/.*\/f$/);
    expect(rest.at(-1)).toBe('flush d');
  });

  describe.each([
    ['small', () => smallWorld()],
    ['large', () => largeWorld()],
  ])('a %s download', (_size, makeWorld) => {
    test('is whole on the disk before the old version leaves its place, and that is in the trash before the new one has it', async () => {
      const world = makeWorld();
      const root = await rootWith('docs', `.rustfs-sync/trash/${STAMP}/docs`);
      await writeFile(join(root, PATH), 'old');
      const expectLocal = await statOf(FS, root, PATH);
      const steps = await recordDisk(root);
      const trashed = await download(world, root, expectLocal);
      const temporary = steps.find((step) => step.startsWith('write '))?.slice('write '.length) ?? '';
      const trash = `.rustfs-sync/trash/${STAMP}/docs`;
      expect(temporary).toMatch(/^\.rustfs-sync\/tmp\//);
      expect(trashed).toBe(`${trash}/report.txt`);
      expect(
        steps.slice(0, steps.indexOf(`flush ${temporary}`) + 1).filter((step) => !step.startsWith('write ')),
      ).toEqual([`flush ${temporary}`]);
      expect(steps.slice(steps.indexOf(`flush ${temporary}`) + 1)).toEqual([
        `rename docs/report.txt > ${trash}/report.txt`,
        `flush ${trash}`,
        'flush docs',
        `link ${temporary} > docs/report.txt`,
        'flush docs',
        `remove ${temporary}`,
      ]);
      expect(readFileSync(join(root, PATH)).length).toBe(world.job().remote.sizeBytes);
    });
  });

  test('a text of ours is flushed, replaces the old one, and its name is flushed', async () => {
    const root = await rootWith();
    await FS.writeText(root, '.rustfs-sync/chosen.json', 'old');
    const steps = await recordDisk(root);
    await FS.writeText(root, '.rustfs-sync/chosen.json', 'new');
    const temporary = '.rustfs-sync/.#rustfs-sync-*';
    expect(steps).toEqual([
      `write ${temporary}`,
      `flush ${temporary}`,
      `rename ${temporary} > .rustfs-sync/chosen.json`,
      'flush .rustfs-sync',
    ]);
  });

  test.each([
    [true, 'rename'],
    [false, 'link'],
  ])('so is a single file that is saved (over another: %s)', async (overwrite, step) => {
    const root = await makeTemporaryRoot();
    if (overwrite) await writeFile(join(root, 'f'), 'old');
    const steps = await recordDisk(root);
    const body = async function* () {
      yield bytes('new');
    };
    await saveFile(join(root, 'f'), body(), overwrite);
    const temporary = '.#rustfs-sync-*';
    expect(steps).toEqual([
      `write ${temporary}`,
      `flush ${temporary}`,
      `${step} ${temporary} > f`,
      'flush .',
      `remove ${temporary}`,
    ]);
  });
});

function smallWorld(): DownloadWorld {
  const world = createDownloadWorld();
  world.store.seed('bucket', PATH, 'new');
  return world;
}

/** Downloads the object of a world onto the real disk. @returns where in the trash the replaced file is. */
async function download(world: DownloadWorld, root: string, expectLocal: FileStat): Promise<string | undefined> {
  const context = { ...world.newContext(), environment: { ...world.environment, fs: FS } };
  const job: DownloadJob = world.job({ root, expectLocal });
  const result = await downloadFile(context, job, never);
  return result.kind === 'downloaded' ? result.trashedAs : undefined;
}
