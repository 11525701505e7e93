import { utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hasProc, pooledDisk, type Disk } from '../../../src/local/disk.ts';
import { toFileStat } from '../../../src/local/file-stat.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { writePrivateFile } from '../../../src/local/write-file.ts';
import { bytes, statOf } from './fs-world.ts';
import { makeTemporaryRoot } from './temporary.ts';

const TMP = '.rustfs-sync/tmp/1';
const real = pooledDisk(hasProc());

test('a written file is told as the disk has it once it is closed', async () => {
  const root = await makeTemporaryRoot();
  const late: Disk = {
    ...real,
    async open(path, flags, mode) {
      const handle = await real.open(path, flags, mode);
      return {
        ...handle,
        async close() {
          await handle.close();
          // Not what a directory is open by.
          if (mode !== undefined) await utimes(path, 1, 1);
        },
      };
    },
  };
  const how = { mtimeNs: 5_000_000_000n, executable: false };
  const written = await writePrivateFile({ disk: late, root, path: TMP, bytes: bytes('content'), how });
  expect(toFileStat(written)).toEqual(await statOf(createNodeFileSystem(), root, TMP));
  expect(written.mtimeNs).toBe(1_000_000_000n);
});
