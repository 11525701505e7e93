import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../../src/core/environment.ts';
import { hasCode } from '../../../src/core/errors.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { makeTemporaryRoot } from './temporary.ts';

/** How links are ruled out: by /proc, or by looking at every component as other systems need it. */
const WAYS = [
  ['with /proc', createNodeFileSystem()],
  ['without /proc', createNodeFileSystem({ useProc: false })],
] as const;

type ReadText = (fs: FileSystem, root: string, path: string) => Promise<string>;

const READINGS: readonly (readonly [string, ReadText])[] = [
  [
    'opened and read',
    async (fs, root, path) => {
      const file = await fs.openFile(root, path);
      const buffer = new Uint8Array(16);
      const length = await file.read(buffer, 0);
      await file.close();
      return Buffer.from(buffer.subarray(0, length)).toString();
    },
  ],
  ['read whole', async (fs, root, path) => Buffer.from((await fs.readFile(root, path, 16)).bytes).toString()],
];

describe.each(WAYS)('the disk %s', (_way, fs) => {
  test('reads a file from any position, and fewer bytes only at its end', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'a/f'), '0123456789');
    const file = await fs.openFile(root, 'a/f');
    const buffer = new Uint8Array(4);
    expect(await file.read(buffer, 2)).toBe(4);
    expect(Buffer.from(buffer).toString()).toBe('2345');
    expect(await file.read(buffer, 8)).toBe(2);
    expect(await file.read(buffer, 20)).toBe(0);
    expect(await file.stat()).toEqual(file.opened);
    expect(file.opened).toEqual(await fs.stat(root, 'a/f'));
    await file.close();
  });

  test('tells nanoseconds, kind, file system and who may execute', async () => {
    const root = await makeTemporaryRoot();
    await writeFile(join(root, 'run'), 'x', { mode: 0o700 });
    const real = await stat(join(root, 'run'), { bigint: true });
    expect(await fs.stat(root, 'run')).toEqual({
      kind: 'file',
      sizeBytes: 1,
      mtimeNs: real.mtimeNs,
      ctimeNs: real.ctimeNs,
      birthtimeNs: real.birthtimeNs,
      fileId: String(real.ino),
      deviceId: String(real.dev),
      executable: true,
      hasOtherNames: false,
    });
    expect(await fs.stat(root, '')).toMatchObject({ kind: 'directory' });
    expect(await fs.stat(root, 'nowhere/x')).toBeUndefined();
    expect(await fs.stat(root, 'run/x')).toBeUndefined();
  });

  test('opens nothing that is reached through a link', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await writeFile(join(outside, 'secret'), 'x');
    await symlink(outside, join(root, 'dir'));
    await symlink(join(outside, 'secret'), join(root, 'file'));
    await symlink('loop', join(root, 'loop'));
    for (const path of ['dir/secret', 'file', 'loop', 'loop/x']) {
      await expect(fs.openFile(root, path)).rejects.toMatchObject({ code: 'link-in-path' });
      await expect(fs.readFile(root, path, 10)).rejects.toMatchObject({ code: 'link-in-path' });
    }
    await expect(fs.stat(root, 'dir/secret')).rejects.toMatchObject({ code: 'link-in-path' });
    await expect(fs.readDirectory(root, 'dir')).rejects.toMatchObject({ code: 'link-in-path' });
    await expect(fs.writeText(root, 'dir/new', 'x')).rejects.toMatchObject({ code: 'link-in-path' });
    expect(await fs.stat(root, 'file')).toMatchObject({ kind: 'symlink' });
    expect(await readdir(outside)).toEqual(['secret']);
  });

  test('notices a directory that was replaced by a link since the scan', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await mkdir(join(root, 'a/b'), { recursive: true });
    await writeFile(join(root, 'a/b/f'), 'mine');
    await mkdir(join(outside, 'b'));
    await writeFile(join(outside, 'b/f'), 'secret');
    expect(await fs.stat(root, 'a/b/f')).toMatchObject({ kind: 'file' });
    await rename(join(root, 'a'), join(root, 'was-a'));
    await symlink(outside, join(root, 'a'));
    await expect(fs.openFile(root, 'a/b/f')).rejects.toMatchObject({ code: 'link-in-path' });
    await expect(fs.readFile(root, 'a/b/f', 10)).rejects.toMatchObject({ code: 'link-in-path' });
  });

  test.each(READINGS)('never reads through a link that is swapped in and out: %s', async (_how, readText) => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'a/f'), 'mine');
    await writeFile(join(outside, 'f'), 'secret');
    const read = { mine: 0, refused: 0 };
    const swap = { isOn: true };
    const swapping = (async () => {
      while (swap.isOn) {
        await rename(join(root, 'a'), join(root, 'aside'));
        await symlink(outside, join(root, 'a'));
        await rm(join(root, 'a'));
        await rename(join(root, 'aside'), join(root, 'a'));
        // Time for some opens to go through.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const endMs = performance.now() + 20_000;
    while (read.mine < 200 || read.refused < 50) {
      if (performance.now() > endMs) throw new Error(`Too few opens of either kind: ${JSON.stringify(read)}`);
      try {
        expect(await readText(fs, root, 'a/f')).toBe('mine');
        read.mine++;
      } catch (error) {
        if (!hasCode(error, 'link-in-path', 'file-vanished')) throw error;
        read.refused++;
      }
    }
    swap.isOn = false;
    await swapping;
  });

  test('opens neither directories nor FIFOs nor sockets, and waits for no writer', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'dir'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const server = await listen(join(root, 'socket'));
    for (const path of ['dir', 'fifo', 'socket']) {
      await expect(fs.openFile(root, path)).rejects.toMatchObject({ code: 'not-a-file' });
      await expect(fs.readFile(root, path, 10)).rejects.toMatchObject({ code: 'not-a-file' });
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test('says file-vanished of what is not there', async () => {
    const root = await makeTemporaryRoot();
    await writeFile(join(root, 'f'), 'x');
    for (const path of ['nowhere', 'nowhere/x', 'f/x']) {
      await expect(fs.openFile(root, path)).rejects.toMatchObject({ code: 'file-vanished' });
      await expect(fs.readFile(root, path, 10)).rejects.toMatchObject({ code: 'file-vanished' });
    }
    await expect(fs.readDirectory(root, 'nowhere')).rejects.toMatchObject({ code: 'file-vanished' });
    await expect(fs.readDirectory(root, 'f')).rejects.toMatchObject({ code: 'file-vanished' });
    await expect(fs.resolveRoot(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'file-vanished' });
  });

  test('refuses paths that lead out of the root, whatever is asked', async () => {
    const root = await makeTemporaryRoot();
    const path = '../x';
    const told = await Promise.allSettled([
      fs.stat(root, path),
      fs.openFile(root, path),
      fs.readFile(root, path, 10),
      fs.readDirectory(root, path),
      fs.readText(root, path, 10),
      fs.writeText(root, path, 'x'),
    ]);
    const refused = { status: 'rejected', reason: { code: 'invalid-argument' } };
    expect(told).toMatchObject(told.map(() => refused));
  });

  test('keeps names apart that are not UTF-8', async () => {
    const root = await makeTemporaryRoot();
    await writeFile(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xe9])]), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xe8])]), 'x');
    await writeFile(join(root, 'a\uFFFD'), 'x');
    const names = (await fs.readDirectory(root, '')).map((entry) => entry.name);
    expect(names.sort()).toEqual(['a\udce8', 'a\udce9', 'a\uFFFD']);
  });

  test('writes a text whole, with the directories above it, and leaves nothing beside it', async () => {
    const root = await makeTemporaryRoot();
    await fs.writeText(root, '.rustfs-sync/deep/marker', 'first');
    await fs.writeText(root, '.rustfs-sync/deep/marker', 'second');
    expect(await readFile(join(root, '.rustfs-sync/deep/marker'), 'utf8')).toBe('second');
    expect(await readdir(join(root, '.rustfs-sync/deep'))).toEqual(['marker']);
  });

  test('keeps the old text and removes its temporary file when a write fails', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'target/full'), { recursive: true });
    await expect(fs.writeText(root, 'target', 'x')).rejects.toMatchObject({ code: 'not-a-file' });
    expect(await readdir(root)).toEqual(['target']);
  });

  test('replaces a link by the text instead of writing through it', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await writeFile(join(outside, 'f'), 'keep');
    await symlink(join(outside, 'f'), join(root, 'f'));
    await fs.writeText(root, 'f', 'new');
    expect(await readFile(join(outside, 'f'), 'utf8')).toBe('keep');
    expect(await readFile(join(root, 'f'), 'utf8')).toBe('new');
  });

  test('reads a small text, none, and refuses a large one', async () => {
    const root = await makeTemporaryRoot();
    await writeFile(join(root, 'f'), 'häh');
    expect(await fs.readText(root, 'f', 4)).toBe('häh');
    expect(await fs.readText(root, 'nowhere', 4)).toBeUndefined();
    await expect(fs.readText(root, 'f', 3)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('resolves a root with all its links', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'real'));
    await symlink('real', join(root, 'link'));
    expect(await fs.resolveRoot(join(root, 'link'))).toBe(join(root, 'real'));
  });
});

test('a full disk is told as such and leaves no partial file', async () => {
  const fs: FileSystem = createNodeFileSystem();
  const root = await makeTemporaryRoot();
  const mount = join(root, 'tiny');
  await mkdir(mount);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' });
  } catch {
    console.log('A small file system can not be mounted here: the full disk is not tested.');
    return;
  }
  try {
    await expect(fs.writeText(mount, 'big', 'x'.repeat(200_000))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readdir(mount)).toEqual([]);
  } finally {
    execFileSync('umount', [mount]);
  }
});

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}
