import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFilter } from '../../../src/core/filters.ts';
import { pooledDisk } from '../../../src/local/disk.ts';
import { flushDirectory } from '../../../src/local/flush-directory.ts';
import { saveFile } from '../../../src/local/save-file.ts';
import { makeTemporaryRoot } from './temporary.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield Buffer.from(text);
}

test('a file is saved under a name as long as disks take', async () => {
  const root = await makeTemporaryRoot();
  const name = `${'文'.repeat(83)}.zip`;
  for (const overwrite of [false, true]) {
    await saveFile(join(root, name), pieces('con', 'tent'), overwrite);
    expect(await readdir(root)).toEqual([name]);
    expect(await readFile(join(root, name), 'utf8')).toBe('content');
  }
});

test('what is there of a file is never synced, also where the place to save it is a synced folder', async () => {
  const root = await makeTemporaryRoot();
  const seen: string[] = [];
  async function* watched() {
    yield* pieces('a part');
    seen.push(...(await readdir(root)));
    throw new Error('broken off');
  }
  await expect(saveFile(join(root, 'film.mp4'), watched(), false)).rejects.toThrow('broken off');
  expect(seen).toHaveLength(1);
  const filter = createFilter([], '');
  expect(seen.map((path) => filter.ignoresFile(path))).toEqual([true]);
  expect(await readdir(root)).toEqual([]);
});

test.skipIf(process.platform === 'win32').each([0o600, 0o755, 0o444])(
  'who might read a file that is replaced, and nobody else, may read the new one: %o',
  async (mode) => {
    const root = await makeTemporaryRoot();
    const path = join(root, 'keys.txt');
    await writeFile(path, 'old');
    await chmod(path, mode);
    const modes = async () => {
      const names = await readdir(root);
      return Promise.all(names.map(async (name) => (await stat(join(root, name))).mode & 0o777));
    };
    async function* watched() {
      yield* pieces('new');
      expect(await modes()).toEqual([mode, mode]);
    }
    await saveFile(path, watched(), true);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await modes()).toEqual([mode]);
  },
);

test.skipIf(process.platform === 'win32')(
  'a directory in which names may be made and not listed is no error',
  async () => {
    const refused = (code: string) => ({
      ...pooledDisk(false),
      open: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
    await expect(flushDirectory(refused('EACCES'), '/drop-box', undefined)).resolves.toBeUndefined();
    await expect(flushDirectory(refused('EIO'), '/drop-box', undefined)).rejects.toThrow('EIO');
  },
);
