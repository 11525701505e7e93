import { lstat, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiskThread } from '../../../src/local/disk-thread.ts';
import { makeTemporaryRoot } from './temporary.ts';

const KINDS = [
  { name: 'a quick disk', slowMs: 1_000 },
  { name: 'a slow disk', slowMs: 0 },
] as const;

describe.each(KINDS)('the thread for $name', ({ slowMs }) => {
  test('writes files, gives and takes names, and tells what it found', async () => {
    const thread = new DiskThread(slowMs);
    const root = await makeTemporaryRoot();
    const paths = ['a', 'b', 'c'].map((name) => join(root, name));
    const file = { bytes: new TextEncoder().encode('content'), mode: 0o600, seconds: '1600000000', notKept: [] };
    const written = await Promise.all(paths.map((path) => thread.writeNew({ ...file, path })));
    for (const [index, path] of paths.entries()) {
      const { dev, ino, mode, nlink, size, mtimeNs, ctimeNs, birthtimeNs } = await lstat(path, { bigint: true });
      expect(written[index]).toEqual({ dev, ino, mode, nlink, size, mtimeNs, ctimeNs, birthtimeNs });
      expect(await readFile(path, 'utf8')).toBe('content');
    }
    const [a = '', b = ''] = paths;
    await thread.link(a, join(root, 'link'));
    expect(await thread.lstat(a)).toMatchObject({ nlink: 2n, mtimeNs: 1_600_000_000_000_000_000n, size: 7n });
    await thread.unlink(b);
    await expect(thread.lstat(b)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('tells what failed as the system says it, of each call by itself', async () => {
    const thread = new DiskThread(slowMs);
    const root = await makeTemporaryRoot();
    const file = { bytes: new Uint8Array(1), mode: 0o600, seconds: undefined, notKept: [] };
    await mkdir(join(root, 'directory'));
    const told = await Promise.allSettled([
      thread.writeNew({ ...file, path: join(root, 'directory') }),
      thread.writeNew({ ...file, path: join(root, 'nowhere', 'f') }),
      thread.link(join(root, 'nothing'), join(root, 'x')),
      thread.unlink(join(root, 'nothing')),
      thread.writeNew({ ...file, path: join(root, 'f') }),
    ]);
    const codes = told.map((one) =>
      one.status === 'rejected' ? (one.reason as NodeJS.ErrnoException).code : one.status,
    );
    expect(codes).toEqual(['EEXIST', 'ENOENT', 'ENOENT', 'ENOENT', 'fulfilled']);
  });
});
