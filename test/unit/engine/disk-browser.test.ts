import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listDirectories } from '../../../src/engine/disk-browser.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';

const fs = createNodeFileSystem();

async function useHome() {
  const homeDirectory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-home-')));
  onTestFinished(() => rm(homeDirectory, { recursive: true }));
  await mkdir(join(homeDirectory, 'Pictures', '2026'), { recursive: true });
  await writeFile(join(homeDirectory, 'notes.txt'), '');
  return { homeDirectory, makeDirectory: async () => {} };
}

describe('looking through the folders of this computer', () => {
  test('a path is taken as people type it, with ~ for their own folder', async () => {
    const places = await useHome();
    const pictures = join(places.homeDirectory, 'Pictures');
    expect((await listDirectories(fs, places, '~')).directories.map(({ name }) => name)).toEqual(['Pictures']);
    expect(await listDirectories(fs, places, '~/Pictures')).toMatchObject({
      path: pictures,
      parent: places.homeDirectory,
      directories: [{ name: '2026', path: join(pictures, '2026') }],
    });
  });

  test('what is not there, or is a file, is told as no folder, and not as a file that went away', async () => {
    const places = await useHome();
    for (const name of ['nowhere', 'notes.txt', 'notes.txt/below']) {
      const path = join(places.homeDirectory, name);
      await expect(listDirectories(fs, places, path)).rejects.toMatchObject({
        code: 'root-missing',
        message: `${path} is no folder on this computer.`,
      });
    }
  });
});
