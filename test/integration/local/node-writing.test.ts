import { execFileSync } from 'node:child_process';
import { chmod, link, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../src/core/errors.ts';
import { settableTime } from '../../../src/local/file-times.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { bytes, openForWriting, statOf } from './fs-world.ts';
import { makeTemporaryRoot } from './temporary.ts';

const TMP = '.rustfs-sync/tmp/1';
const fs = createNodeFileSystem();

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777;
}

describe('modes', () => {
  test('are the umask’s for what is put into the tree, and private for what is ours', async () => {
    const root = await makeTemporaryRoot();
    const plain = await makeTemporaryRoot();
    await mkdir(join(plain, 'dir'));
    await writeFile(join(plain, 'file'), '');
    const file = await openForWriting(fs, root, TMP);
    const seen = await file.finish({ sizeBytes: 0, mtimeNs: undefined, executable: false });
    const placed = await fs.move(root, TMP, 'a/b/f', seen);
    expect(await modeOf(join(root, 'a'))).toBe(await modeOf(join(plain, 'dir')));
    expect(await modeOf(join(root, 'a/b'))).toBe(await modeOf(join(plain, 'dir')));
    expect(await modeOf(join(root, 'a/b/f'))).toBe(await modeOf(join(plain, 'file')));
    await fs.move(root, 'a/b/f', '.rustfs-sync/trash/x/a/f', placed);
    for (const path of ['', '/tmp', '/trash', '/trash/x', '/trash/x/a']) {
      expect(await modeOf(join(root, `.rustfs-sync${path}`)), path).toBe(0o700);
    }
  });

  test('let execute who may read, and keep every other bit', async () => {
    const root = await makeTemporaryRoot();
    const file = await openForWriting(fs, root, TMP);
    const finish = (executable: boolean) => file.finish({ sizeBytes: 0, mtimeNs: undefined, executable });
    for (const [before, after] of [
      [0o640, 0o750],
      [0o600, 0o700],
      [0o644, 0o755],
      [0o622, 0o722],
    ] as const) {
      await chmod(join(root, TMP), before);
      expect(await finish(true)).toMatchObject({ executable: true });
      expect(await modeOf(join(root, TMP))).toBe(after);
      expect(await finish(false)).toMatchObject({ executable: false });
      expect(await modeOf(join(root, TMP))).toBe(before);
    }
  });
});

test('the disk gets exactly the time that settableTime foretells', async () => {
  const root = await makeTemporaryRoot();
  const file = await openForWriting(fs, root, TMP);
  for (let i = 0; i < 300; i++) {
    // Through 1970 to 2100, in odd steps.
    const mtimeNs = -1_000_000_007n + BigInt(i) * 13_654_321_987_654_321n;
    const kept = await file.finish({ sizeBytes: 0, mtimeNs, executable: false });
    expect(kept.mtimeNs).toBe(settableTime(mtimeNs).mtimeNs);
  }
});

test('two hard links whose names differ in case are two names where the disk tells them apart', async ({ skip }) => {
  const root = await makeTemporaryRoot();
  await writeFile(join(root, 'name'), 'x');
  await link(join(root, 'name'), join(root, 'Name')).catch(() => skip('This disk ignores case.'));
  const seen = await statOf(fs, root, 'name');
  await expect(fs.move(root, 'name', 'Name', seen)).rejects.toMatchObject({ code: 'name-taken' });
  expect((await readdir(root)).sort()).toEqual(['Name', 'name']);
});

test('a pipe is neither moved nor written to', async () => {
  const root = await makeTemporaryRoot();
  await mkdir(join(root, '.rustfs-sync'));
  execFileSync('mkfifo', [join(root, '.rustfs-sync/fifo')]);
  await expect(fs.openForWriting(root, '.rustfs-sync/fifo')).rejects.toMatchObject({ code: 'not-a-file' });
  const seen = await statOf(fs, root, '.rustfs-sync/fifo');
  await expect(fs.move(root, '.rustfs-sync/fifo', 'f', seen)).rejects.toMatchObject({ code: 'file-changed' });
});

describe.runIf(process.platform === 'linux')('with /proc', () => {
  test.each(['link', 'rename'] as const)(
    'a directory that becomes a link right before the %s of a move leads nowhere else',
    async (step) => {
      const root = await makeTemporaryRoot();
      const outside = await makeTemporaryRoot();
      await mkdir(join(root, 'a'));
      await mkdir(join(root, 'b'));
      await writeFile(join(root, 'a/f'), 'mine');
      await writeFile(join(outside, 'f'), 'secret');
      let swaps = 0;
      const swap = async () => {
        swaps++;
        for (const name of ['a', 'b']) {
          await rename(join(root, name), join(root, `was-${name}`));
          await symlink(outside, join(root, name));
        }
      };
      const swapped = createNodeFileSystem({
        nameCalls: {
          async link(existing, added) {
            if (step === 'link') await swap();
            await link(existing, added);
          },
          async rename(from, to) {
            if (step === 'rename') await swap();
            await rename(from, to);
          },
        },
      });
      await swapped.move(root, 'a/f', 'b/g', await statOf(fs, root, 'a/f'));
      expect(swaps).toBe(1);
      expect(await readdir(outside)).toEqual(['f']);
      expect(await readFile(join(outside, 'f'), 'utf8')).toBe('secret');
      expect(await readFile(join(root, 'was-b/g'), 'utf8')).toBe('mine');
      expect(await readdir(join(root, 'was-a'))).toEqual([]);
    },
  );

  test('nothing is ever written or taken through a link that is swapped in and out meanwhile', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await mkdir(join(root, 'a'));
    await writeFile(join(outside, 'f'), 'secret');
    const swap = { isOn: true };
    // From none to more than a move takes, so that swaps come at every point of one, and some moves go through.
    const pausesMs = (function* (): Generator<number, never> {
      for (let i = 0; ; i++) yield (i * 7) % 31;
    })();
    const swapping = (async () => {
      while (swap.isOn) {
        await rename(join(root, 'a'), join(root, 'aside'));
        // A move may have made the directory anew in that instant.
        await symlink(outside, join(root, 'a')).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, pausesMs.next().value));
        await putBack(join(root, 'aside'), join(root, 'a'));
        await new Promise((resolve) => setTimeout(resolve, pausesMs.next().value));
      }
    })();
    const done = { moved: 0, refused: 0 };
    const endMs = performance.now() + 45_000;
    try {
      while (done.moved < 60 || done.refused < 15) {
        if (performance.now() > endMs) throw new Error(`Too few moves of either kind: ${JSON.stringify(done)}`);
        await tryMove(root, done);
      }
    } finally {
      swap.isOn = false;
      await swapping;
    }
    expect(await readdir(outside)).toEqual(['f']);
    expect(await readFile(join(outside, 'f'), 'utf8')).toBe('secret');
  });
});

/** Gives a directory its name again, whatever has it; a move may make one in between. */
async function putBack(aside: string, path: string): Promise<void> {
  for (;;) {
    try {
      await rm(path, { recursive: true, force: true });
      await rename(aside, path);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
    }
  }
}

/** A download into the swapped directory, and from there into the trash. */
async function tryMove(root: string, done: { moved: number; refused: number }): Promise<void> {
  const file = await fs.openForWriting(root, TMP);
  try {
    await file.write(bytes('mine'), 0);
    const seen = await file.finish({ sizeBytes: 4, mtimeNs: undefined, executable: false });
    const placed = await fs.move(root, TMP, 'a/new', seen);
    await fs.move(root, 'a/new', '.rustfs-sync/trash/x/new', placed);
    done.moved++;
  } catch (error) {
    // mkdir finds nothing or the link, depending on the moment; a name of the last round may still be there.
    if (!hasCode(error, 'link-in-path', 'file-changed', 'name-taken', 'file-vanished')) throw error;
    done.refused++;
  } finally {
    await file.close();
    await fs.removeFile(root, '.rustfs-sync/trash/x/new');
    for (const directory of ['a', 'aside']) {
      const left = await lstat(join(root, directory)).catch(() => undefined);
      if (left?.isDirectory() === true) await rm(join(root, directory, 'new'), { force: true });
    }
  }
}
