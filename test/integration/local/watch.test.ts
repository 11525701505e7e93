import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Watch, WatchHint } from '../../../src/core/environment.ts';
import { createFilter } from '../../../src/core/filters.ts';
import { createWatchService, type WatchParts } from '../../../src/local/watch.ts';
import { watchDirectories } from '../../../src/local/watch-chokidar.ts';
import { makeTemporaryRoot, REAL_CLOCK, SILENT_LOG, waitUntil } from './temporary.ts';

const open: Watch[] = [];

afterEach(async () => {
  for (const watch of open.splice(0)) await watch.close();
});

class Hints {
  readonly all: WatchHint[] = [];

  paths(): string[] {
    return this.all.flatMap((hint) => (hint.kind === 'path' ? [hint.path] : []));
  }

  overflows(): string[] {
    return this.all.flatMap((hint) => (hint.kind === 'overflow' ? [hint.reason] : []));
  }

  covers(path: string): boolean {
    return this.all.some((hint) => hint.kind === 'overflow' || path === hint.path || path.startsWith(`${hint.path}/`));
  }

  /** The hints since now alone. */
  clear(): void {
    this.all.length = 0;
  }
}

async function startWatch(root: string, parts: WatchParts = {}): Promise<Hints> {
  const hints = new Hints();
  const filter = createFilter(['build/'], '');
  const service = createWatchService(REAL_CLOCK, SILENT_LOG, parts);
  open.push(await service.watch(root, filter, (hint) => hints.all.push(hint)));
  return hints;
}

const hinted = (hints: Hints, path: string) => waitUntil(`${path} is hinted`, () => hints.paths().includes(path));

describe.each([
  ['per directory', {}],
  ['recursive', { recursive: true }],
])('a watched folder (%s)', (_way, parts) => {
  test('hints every creation, edit, rename and deletion of a file', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'a/b'), { recursive: true });
    const hints = await startWatch(root, parts);
    await writeFile(join(root, 'a/b/f'), 'x');
    await hinted(hints, 'a/b/f');
    hints.clear();
    await appendFile(join(root, 'a/b/f'), 'y');
    await hinted(hints, 'a/b/f');
    hints.clear();
    await rename(join(root, 'a/b/f'), join(root, 'a/g'));
    await hinted(hints, 'a/b/f');
    await hinted(hints, 'a/g');
    hints.clear();
    await unlink(join(root, 'a/g'));
    await hinted(hints, 'a/g');
    expect(hints.overflows()).toEqual([]);
  });

  test('hints names in NFC', async () => {
    const root = await makeTemporaryRoot();
    const hints = await startWatch(root, parts);
    await writeFile(join(root, 'e\u0301'), 'x');
    await hinted(hints, '\u00e9');
  });

  test('says nothing of ignored directories and of its own', async () => {
    const root = await makeTemporaryRoot();
    for (const directory of ['build', '.rustfs-sync/tmp', 'node/build'])
      await mkdir(join(root, directory), { recursive: true });
    const hints = await startWatch(root, parts);
    for (const directory of ['build', '.rustfs-sync/tmp', 'node/build'])
      await writeFile(join(root, directory, 'f'), 'x');
    await mkdir(join(root, 'new/build'), { recursive: true });
    await hinted(hints, 'new');
    await writeFile(join(root, 'new/build/f'), 'x');
    await writeFile(join(root, 'last'), 'x');
    await hinted(hints, 'last');
    expect(hints.paths().filter((path) => path.includes('build') || path.includes('.rustfs-sync'))).toEqual([]);
  });

  test('says nothing after it was closed', async () => {
    const root = await makeTemporaryRoot();
    const hints = await startWatch(root, parts);
    await writeFile(join(root, 'before'), 'x');
    await hinted(hints, 'before');
    await open.pop()?.close();
    const count = hints.all.length;
    const other = await startWatch(root, parts);
    await writeFile(join(root, 'after'), 'x');
    await hinted(other, 'after');
    expect(hints.all).toHaveLength(count);
  });
});

describe('a watched folder', () => {
  test('says nothing when an ignored directory is removed, and hints a file of that name', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'build'));
    await mkdir(join(root, 'sub'));
    const hints = await startWatch(root);
    await rm(join(root, 'build'), { recursive: true });
    await writeFile(join(root, 'sub/build'), 'a file');
    await hinted(hints, 'sub/build');
    expect(hints.paths()).not.toContain('build');
  });

  test('watches a tree that appears at once, and hints the files that were there first', async () => {
    const root = await makeTemporaryRoot();
    const hints = await startWatch(root);
    execFileSync('sh', ['-c', 'mkdir -p a/b/c && echo x > a/b/c/f'], { cwd: root });
    await waitUntil('the file is covered', () => hints.covers('a/b/c/f'));
    // Hinted again once all below it is watched.
    await waitUntil('the tree is watched', () => hints.paths().filter((path) => path === 'a').length >= 2);
    hints.clear();
    await appendFile(join(root, 'a/b/c/f'), 'y');
    await hinted(hints, 'a/b/c/f');
  });

  test('follows a directory that is moved in, about and out', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await mkdir(join(outside, 'tree/deep'), { recursive: true });
    await writeFile(join(outside, 'tree/deep/f'), 'x');
    const hints = await startWatch(root);
    await rename(join(outside, 'tree'), join(root, 'in'));
    await waitUntil('the tree is watched', () => hints.paths().filter((path) => path === 'in').length >= 2);
    await rename(join(root, 'in'), join(root, 'about'));
    await waitUntil('the tree is watched', () => hints.paths().filter((path) => path === 'about').length >= 2);
    expect(hints.paths()).toContain('in');
    hints.clear();
    await appendFile(join(root, 'about/deep/f'), 'y');
    await hinted(hints, 'about/deep/f');
    await rename(join(root, 'about'), join(outside, 'out'));
    await hinted(hints, 'about');
    await writeFile(join(root, 'mark'), 'x');
    await hinted(hints, 'mark');
    hints.clear();
    await appendFile(join(outside, 'out/deep/f'), 'z');
    await writeFile(join(root, 'mark'), 'y');
    await hinted(hints, 'mark');
    expect(hints.paths().filter((path) => path.includes('deep'))).toEqual([]);
  });

  test('watches a directory that was removed and made again', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'd/e'), { recursive: true });
    const hints = await startWatch(root);
    for (let round = 0; round < 20; round++) {
      await rm(join(root, 'd'), { recursive: true });
      await mkdir(join(root, 'd/e'), { recursive: true });
    }
    await waitUntil('the directory is watched again', async () => {
      hints.clear();
      await writeFile(join(root, 'd/e/f'), String(hints.all.length));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return hints.paths().includes('d/e/f');
    });
  });

  test('loses nothing when an entry goes that has the name of its directory', async () => {
    // chokidar then takes the directory for replaced and swaps its handle, with whatever the kernel had queued for it.
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'd'));
    const hints = await startWatch(root);
    for (let round = 0; round < 10; round++) {
      await mkdir(join(root, 'd/d'));
      await waitUntil('the directory is noticed', () => hints.covers('d/d'));
      hints.clear();
      await rmdir(join(root, 'd/d'));
      const files = Array.from({ length: 6 }, (_, turn) => `d/${round}-${turn}`);
      for (const file of files) {
        // Blocks the event loop, so that what chokidar waits for is done first and the file's event comes behind it.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        writeFileSync(join(root, file), 'x');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await waitUntil('every file is covered', () => files.every((file) => hints.covers(file)), 5_000);
    }
  });

  test('does not watch through links', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await symlink(outside, join(root, 'before'));
    const hints = await startWatch(root);
    await symlink(outside, join(root, 'after'));
    await hinted(hints, 'after');
    hints.clear();
    await writeFile(join(outside, 'f'), 'x');
    await writeFile(join(root, 'mark'), 'x');
    await hinted(hints, 'mark');
    expect(hints.paths().filter((path) => path !== 'mark')).toEqual([]);
  });

  test('takes a directory with a backslash in its name', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'a\\b'));
    const hints = await startWatch(root);
    await writeFile(join(root, 'a\\b', 'f'), 'x');
    await hinted(hints, 'a\\b/f');
  });

  test('says overflow when the root goes', async () => {
    const root = join(await makeTemporaryRoot(), 'root');
    await mkdir(root);
    const hints = await startWatch(root);
    await rm(root, { recursive: true });
    await waitUntil('an overflow is told', () => hints.overflows().includes('the folder is gone'));
  });

  test('says overflow when the root is replaced, and watches the new one', async () => {
    const parent = await makeTemporaryRoot();
    const root = join(parent, 'root');
    await mkdir(root);
    const hints = await startWatch(root);
    await rename(root, join(parent, 'old'));
    await mkdir(root);
    await waitUntil('an overflow is told', () => hints.overflows().length > 0);
    await waitUntil('the new root is watched', async () => {
      hints.clear();
      await writeFile(join(root, 'f'), String(performance.now()));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return hints.paths().includes('f');
    });
  });

  test('loses nothing among 2,000 directories and 5,000 files that come at once', async () => {
    const root = await makeTemporaryRoot();
    execFileSync('sh', ['-c', 'for i in $(seq 2000); do echo d$((i % 40))/e$i; done | xargs mkdir -p'], { cwd: root });
    const hints = await startWatch(root);
    const files = Array.from({ length: 5_000 }, (_, i) => `d${((i % 2_000) + 1) % 40}/e${(i % 2_000) + 1}/new${i}`);
    await Promise.all(files.map((file) => writeFile(join(root, file), 'x')));
    await waitUntil('every file is covered', () => files.every((file) => hints.covers(file)), 30_000);
    expect(hints.overflows()).toEqual([]);
  });

  test('loses nothing when directories and files come in a storm', async () => {
    const root = await makeTemporaryRoot();
    const hints = await startWatch(root);
    const files = Array.from({ length: 3_000 }, (_, i) => `s${i % 10}/t${i % 100}/u${i % 500}/f${i}`);
    await Promise.all(
      files.map(async (file) => {
        await mkdir(join(root, file, '..'), { recursive: true });
        await writeFile(join(root, file), 'x');
      }),
    );
    await waitUntil('every file is covered', () => files.every((file) => hints.covers(file)), 30_000);
    await waitUntil('every directory is watched', async () => {
      hints.clear();
      await appendFile(join(root, files.at(-1) ?? ''), 'y');
      await new Promise((resolve) => setTimeout(resolve, 50));
      return hints.paths().includes(files.at(-1) ?? '');
    });
  });

  test('says overflow when the kernel threw events away while the program was busy', async () => {
    const root = await makeTemporaryRoot();
    const hints = await startWatch(root);
    // Blocks this process, so that nobody reads the queue meanwhile.
    execFileSync('sh', ['-c', 'seq 20000 | xargs touch'], { cwd: root });
    await waitUntil('an overflow is told', () => hints.overflows().includes('too many changes at once'), 30_000);
  });
});

describe('a system without watches left', () => {
  const limited = (limit: number): WatchParts => ({
    directories: (events) => {
      const real = watchDirectories(events);
      let used = 0;
      return {
        ...real,
        async add(directories) {
          const possible = directories.slice(0, Math.max(0, limit - used));
          used += possible.length;
          const errors = await real.add(possible);
          const refused = Object.assign(new Error('ENOSPC: no watches left'), { code: 'ENOSPC' });
          return possible.length < directories.length ? [...errors, refused] : errors;
        },
      };
    },
  });

  test('is told as an overflow with its reason, and what could be watched is', async () => {
    const root = await makeTemporaryRoot();
    for (let i = 0; i < 100; i++) await mkdir(join(root, `d${i}`));
    const hints = await startWatch(root, limited(30));
    expect(hints.overflows()).toEqual(['the system has no file watches left']);
    await writeFile(join(root, 'f'), 'x');
    await hinted(hints, 'f');
  });
});
