import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskError } from '../../../src/local/disk-errors.ts';
import { hasProc, pooledDisk, type Disk } from '../../../src/local/disk.ts';
import { moveFile } from '../../../src/local/move-file.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { statOf } from './fs-world.ts';
import { makeTemporaryRoot } from './temporary.ts';

const TMP = '.rustfs-sync/tmp/1';
const real = pooledDisk(hasProc());

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A disk without hard links that can not hold some names, as memory sticks have them. @param code what it says of these. */
function picky(code: string): Disk {
  const refuse = (path: string) => {
    if (/["*:<>?|]/.test(path)) throw systemError(code);
  };
  return {
    ...real,
    async link() {
      throw systemError('EPERM');
    },
    async rename(from, to) {
      refuse(to);
      await real.rename(from, to);
    },
    async mkdir(path, mode) {
      refuse(path);
      await real.mkdir(path, mode);
    },
  };
}

// The second is what FUSE's exFAT says, the first all others.
describe.each(['EINVAL', 'ENOENT'])('a disk that refuses a name with %s', (code) => {
  test.each(['why?', 'a: b/f'])('is told as the cause for %s', async (to) => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, '.rustfs-sync/tmp'), { recursive: true });
    await writeFile(join(root, TMP), 'content');
    const expected = await statOf(createNodeFileSystem(), root, TMP);
    const move = moveFile({ disk: picky(code), root, from: TMP, to, expect: expected });
    await expect(move).rejects.toMatchObject({ code: 'unsafe-name' });
    await expect(move).rejects.toThrow(join(root, to.split('/')[0] ?? ''));
    expect(await readdir(join(root, '.rustfs-sync/tmp'))).toEqual(['1']);
  });
});

test('a file that is too large for its disk is told as that', () => {
  const error = diskError(systemError('EFBIG'), { doing: 'Writing', path: '/media/stick/film' });
  expect(error).toMatchObject({ code: 'disk-error', retryable: false });
  expect(error.message).toBe('Writing /media/stick/film failed: this disk can not hold a file that large.');
});
