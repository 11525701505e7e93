import { describe, expect, test } from 'vitest';
import { createFilter } from '../../../src/core/filters.ts';
import { scanTree } from '../../../src/local/scan.ts';
import { createMemoryFileSystem, type Tree } from './memory-file-system.ts';
import { NO_FILTER, scanLines, scanPathLines } from './collect-scan.ts';

const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';

describe('what a scan skips', () => {
  test('a symlink is skipped as a file and as a directory', async () => {
    const fs = createMemoryFileSystem({ link: 'symlink', 'link-x': 'file', link0: 'file' });
    expect(await scanLines(fs, '/r')).toEqual(['link (symlink)', 'link-x', 'link/ (symlink)', 'link0']);
  });

  test('a FIFO, socket or device is skipped in both forms', async () => {
    expect(await scanLines(createMemoryFileSystem({ pipe: 'other' }), '/r')).toEqual([
      'pipe (special-file)',
      'pipe/ (special-file)',
    ]);
  });

  test('a name that the server can not hold is skipped, a directory with all in it', async () => {
    const long = 'ü'.repeat(128);
    const fs = createMemoryFileSystem({ 'a\nb': 'file', [long]: { x: 'file' }, 'bad\udc80': 'file' });
    expect(await scanLines(fs, '/r')).toEqual([
      'a\nb (line-break-in-name)',
      'bad\udc80 (name-not-unicode)',
      `${long}/ (name-too-long)`,
    ]);
    expect(fs.listed).toEqual(['']);
  });

  test('the prefix counts for the length of a key', async () => {
    const fs = createMemoryFileSystem({
      a: { '123': 'file', '1234': 'file' },
      ab: { x: 'file' },
      abcdef: { x: 'file' },
    });
    expect(await scanLines(fs, '/r', { prefixBytes: 1024 - 5 })).toEqual([
      'a/123',
      'a/1234 (key-too-long)',
      'ab/x',
      'abcdef/ (key-too-long)',
    ]);
  });

  test('an unreadable directory hides its subtree and the scan goes on', async () => {
    const fs = createMemoryFileSystem({ a: { x: 'file' }, b: 'file' }, { list: { a: 'file-unreadable' } });
    expect(await scanLines(fs, '/r')).toEqual(['a/ (unreadable)', 'b']);
  });

  test('a directory that fails with a disk error is unknown, not empty', async () => {
    const fs = createMemoryFileSystem({ a: { x: 'file' } }, { list: { a: 'disk-error' } });
    expect(await scanLines(fs, '/r')).toEqual(['a/ (unreadable)']);
  });

  test('a file that can not be looked at is skipped in both forms, in order', async () => {
    const fs = createMemoryFileSystem(
      { a: 'file', 'a-': 'file', 'a-b': 'file', a0: 'file' },
      { stat: { a: 'file-unreadable', 'a-': 'file-unreadable' } },
    );
    expect(await scanLines(fs, '/r')).toEqual([
      'a (unreadable)',
      'a- (unreadable)',
      'a-/ (unreadable)',
      'a-b',
      'a/ (unreadable)',
      'a0',
    ]);
  });

  test('what vanishes between listing and looking is skipped, not absent', async () => {
    const fs = createMemoryFileSystem(
      { f: 'file', d: { x: 'file' }, e: { x: 'file' } },
      { changed: { f: 'gone', d: 'gone' }, list: { e: 'file-vanished' } },
    );
    expect(await scanLines(fs, '/r')).toEqual(['d/ (vanished)', 'e/ (vanished)', 'f (vanished)']);
  });

  test('what changed its kind between listing and looking is skipped', async () => {
    const fs = createMemoryFileSystem(
      { a: 'file', b: { x: 'file' }, c: { x: 'file' }, d: 'file' },
      { changed: { a: 'symlink', b: 'symlink', d: 'directory' }, list: { c: 'link-in-path' } },
    );
    expect(await scanLines(fs, '/r')).toEqual([
      'a (symlink)',
      'a/ (symlink)',
      'b/ (symlink)',
      'c/ (symlink)',
      'd (vanished)',
      'd/ (vanished)',
    ]);
  });

  test('a directory on another file system is not entered', async () => {
    const fs = createMemoryFileSystem({ mnt: { x: 'file' }, z: 'file' }, { mounted: ['mnt'] });
    expect(await scanLines(fs, '/r')).toEqual(['mnt/ (other-filesystem)', 'z']);
    expect(fs.listed).toEqual(['']);
  });

  test('nothing in an ignored directory is listed or looked at', async () => {
    const fs = createMemoryFileSystem({
      node_modules: { x: 'file' },
      'a~': 'file',
      '.rustfs-sync': { t: 'file' },
      b: 'file',
    });
    expect(await scanLines(fs, '/r', { filter: createFilter(['node_modules/'], '') })).toEqual(['b']);
    expect(fs.listed).toEqual(['']);
    expect(fs.looked).toEqual(['', 'b', '']);
  });

  test('a link under an ignored name is not mentioned', async () => {
    const fs = createMemoryFileSystem({ 'x~': 'symlink', build: 'symlink' });
    expect(await scanLines(fs, '/r', { filter: createFilter(['build/'], '') })).toEqual(['build (symlink)']);
  });
});

describe('two names that are equal in NFC', () => {
  test('the one that is NFC on disk holds the path, the other is shadowed', async () => {
    expect(await scanLines(createMemoryFileSystem({ [NFD]: 'file', [NFC]: 'file' }), '/r')).toEqual([
      NFC,
      `${NFC} (unicode-clash, shadowed)`,
    ]);
  });

  test('without an NFC one the first by bytes holds it and tells how the disk spells it', async () => {
    const first = 'a\u0307\u0323';
    const second = 'a\u0323\u0307';
    const fs = createMemoryFileSystem({ [second]: 'file', [first]: 'file' });
    const items = [];
    for await (const item of scanTree(fs, '/r', { filter: NO_FILTER })) items.push(item);
    expect(items).toMatchObject([
      { kind: 'file', entry: { diskPath: first } },
      { kind: 'skipped', shadowed: true },
    ]);
  });

  test('of two directories neither is entered, since files of one would look deleted in the other', async () => {
    const fs = createMemoryFileSystem({ [NFD]: { x: 'file' }, [NFC]: { y: 'file' } });
    expect(await scanLines(fs, '/r')).toEqual([`${NFC}/ (unicode-clash)`]);
  });

  test('a file holds its path beside a directory, whose subtree is unknown', async () => {
    const fs = createMemoryFileSystem({ [NFC]: 'file', [NFD]: { x: 'file' } });
    expect(await scanLines(fs, '/r')).toEqual([NFC, `${NFC}/ (unicode-clash)`]);
  });

  test('a file beside a directory that has the name is excluded and not taken for absent', async () => {
    const fs = createMemoryFileSystem({ [NFD]: 'file', [NFC]: { x: 'file' } });
    expect(await scanLines(fs, '/r')).toEqual([`${NFC} (unicode-clash)`, `${NFC}/ (unicode-clash)`]);
  });

  test('a name that is decomposed on disk alone is synced, with the path of the disk kept', async () => {
    const fs = createMemoryFileSystem({ [NFD]: { [NFD]: 'file' } });
    const items = [];
    for await (const item of scanTree(fs, '/r', { filter: NO_FILTER })) items.push(item);
    expect(items).toMatchObject([{ path: `${NFC}/${NFC}`, entry: { diskPath: `${NFD}/${NFD}` } }]);
  });
});

describe('the root of a scan', () => {
  test.each([
    ['is not there', { changed: { '': 'gone' } }, 'root-missing'],
    ['is a link', { changed: { '': 'symlink' } }, 'root-missing'],
    ['can not be listed', { list: { '': 'file-unreadable' } }, 'file-unreadable'],
    ['can not be looked at', { stat: { '': 'disk-error' } }, 'disk-error'],
  ] as const)('that %s ends the scan with an error', async (_what, oddities, code) => {
    await expect(scanLines(createMemoryFileSystem({ a: 'file' }, oddities), '/r')).rejects.toMatchObject({ code });
  });

  test('that is another directory at the end ends the scan with an error', async () => {
    const fs = createMemoryFileSystem({ a: 'file' });
    let looks = 0;
    const swapped: typeof fs = {
      ...fs,
      async stat(root, path) {
        const stat = await fs.stat(root, path);
        return path === '' && stat !== undefined ? { ...stat, fileId: `root ${looks++}` } : stat;
      },
    };
    await expect(scanLines(swapped, '/r')).rejects.toMatchObject({ code: 'root-replaced' });
  });
});

describe('a scan', () => {
  test('goes a thousand directories deep, and says where keys get too long', async () => {
    let deep: Tree = { f: 'file' };
    for (let i = 0; i < 1000; i++) deep = { d: deep, e: 'file' };
    const lines = await scanLines(createMemoryFileSystem(deep), '/r');
    expect(lines).toHaveLength(513);
    expect(lines.filter((line) => line.endsWith('(key-too-long)'))).toHaveLength(1);
    expect(lines).toContain(`${'d/'.repeat(511)}e`);
  });

  test('looks at files ahead, but not beyond the next directory', async () => {
    const fs = createMemoryFileSystem({ a: 'file', b: 'file', c: { x: 'file' }, d: 'file' });
    const items = scanTree(fs, '/r', { filter: NO_FILTER });
    await items.next();
    expect(fs.looked).toEqual(['', 'a', 'b']);
    await items.return();
  });

  test('from a start on still skips the directory form of a file before it that can not be looked at', async () => {
    const fs = createMemoryFileSystem({ ab: 'file', 'ab-c': 'file' }, { stat: { ab: 'file-unreadable' } });
    expect(await scanLines(fs, '/r', { start: 'ab-c' })).toEqual(['ab-c', 'ab/ (unreadable)']);
  });

  test('stops with the reason of an aborted signal', async () => {
    const abort = new AbortController();
    const items = scanTree(createMemoryFileSystem({ a: { x: 'file' }, b: { x: 'file' } }), '/r', {
      filter: NO_FILTER,
      signal: abort.signal,
    });
    await items.next();
    abort.abort(new Error('paused'));
    await expect(items.next()).rejects.toThrow('paused');
  });

  test('reports how far it is', async () => {
    const seen: unknown[] = [];
    const fs = createMemoryFileSystem({ a: { x: 'file' }, l: 'symlink' });
    await scanLines(fs, '/r', { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ directories: 2, files: 1, skipped: 2 });
  });

  test('of one path finds it under the name that the disk has', async () => {
    const fs = createMemoryFileSystem({ [NFD]: { [NFD]: 'file', other: 'file' } });
    expect(await scanPathLines(fs, '/r', `${NFC}/${NFC}`)).toEqual([`${NFC}/${NFC}`]);
  });

  test('of one path says nothing when nothing is there', async () => {
    expect(await scanPathLines(createMemoryFileSystem({ a: 'file' }), '/r', 'b/c')).toEqual([]);
  });

  test('of a path below a file says nothing of the file', async () => {
    expect(await scanPathLines(createMemoryFileSystem({ a: 'file' }), '/r', 'a/b')).toEqual([]);
  });

  test('of a path does not take another case of the name for it', async () => {
    expect(await scanPathLines(createMemoryFileSystem({ Foo: 'file' }), '/r', 'foo')).toEqual([]);
  });

  test.each([
    ['a link', { a: 'symlink' }, {}, 'a/ (symlink)'],
    ['an unreadable directory', { a: { b: 'file' } }, { list: { a: 'file-unreadable' } }, 'a/ (unreadable)'],
    ['a directory that vanished', { a: { b: 'file' } }, { changed: { a: 'gone' } }, 'a/ (vanished)'],
    ['another file system', { a: { b: 'file' } }, { mounted: ['a'] }, 'a/ (other-filesystem)'],
  ] as const)('of a path below %s hides it', async (_what, tree, oddities, line) => {
    expect(await scanPathLines(createMemoryFileSystem(tree, oddities), '/r', 'a/b')).toEqual([line]);
  });

  test('of a path below an ignored directory neither looks nor lists', async () => {
    const fs = createMemoryFileSystem({ build: { x: 'file' } });
    expect(await scanPathLines(fs, '/r', 'build/x', { filter: createFilter(['build/'], '') })).toEqual([]);
    expect(fs.listed).toEqual(['']);
  });
});
