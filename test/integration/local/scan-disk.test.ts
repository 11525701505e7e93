import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFilter } from '../../../src/core/filters.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { scanTree } from '../../../src/local/scan.ts';
import { collect, describeItem, NO_FILTER, scanLines, scanPathLines } from '../../unit/local/collect-scan.ts';
import { makeTemporaryRoot } from './temporary.ts';

const fs = createNodeFileSystem();

describe('a scan of a real disk', () => {
  test('finds files with their fingerprints, and skips the rest with its reason', async () => {
    const root = await makeTemporaryRoot();
    const server = createServer();
    await mkdir(join(root, 'dir'));
    await writeFile(join(root, 'dir/f'), 'text');
    await writeFile(join(root, 'dir-f'), '');
    await symlink('dir', join(root, 'link'));
    await symlink('.', join(root, 'loop'));
    await symlink('nowhere', join(root, 'broken'));
    await writeFile(join(root, 'line\nbreak'), '');
    await writeFile(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), '');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    const items = await collect(scanTree(fs, root, { filter: NO_FILTER }));
    await new Promise((resolve) => server.close(resolve));

    expect(items.map(describeItem)).toEqual([
      'bad\udcff (name-not-unicode)',
      'broken (symlink)',
      'broken/ (symlink)',
      'dir-f',
      'dir/f',
      'line\nbreak (line-break-in-name)',
      'link (symlink)',
      'link/ (symlink)',
      'loop (symlink)',
      'loop/ (symlink)',
      'pipe (special-file)',
      'pipe/ (special-file)',
      'socket (special-file)',
      'socket/ (special-file)',
    ]);
    const seen = await fs.stat(root, 'dir/f');
    const found = items.find((item) => item.path === 'dir/f');
    const { sizeBytes, mtimeNs, ctimeNs, fileId } = seen ?? { sizeBytes: -1 };
    expect(found).toEqual({
      kind: 'file',
      path: 'dir/f',
      entry: { path: 'dir/f', sizeBytes, mtimeNs, ctimeNs, fileId },
    });
  });

  test('takes decomposed names and tells how the disk spells them', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'e\u0301'));
    await writeFile(join(root, 'e\u0301/u\u0308'), '');
    const items = await collect(scanTree(fs, root, { filter: NO_FILTER }));
    expect(items).toMatchObject([{ path: '\u00e9/\u00fc', entry: { diskPath: 'e\u0301/u\u0308' } }]);
    expect(await scanPathLines(fs, root, '\u00e9/\u00fc')).toEqual(['\u00e9/\u00fc']);
  });

  test('excludes what clashes after composition', async () => {
    const root = await makeTemporaryRoot();
    await writeFile(join(root, '\u00e9'), 'composed');
    await writeFile(join(root, 'e\u0301'), 'decomposed');
    await mkdir(join(root, '\u00fc'));
    await mkdir(join(root, 'u\u0308'));
    expect(await scanLines(fs, root)).toEqual([
      '\u00e9',
      '\u00e9 (unicode-clash, shadowed)',
      '\u00fc/ (unicode-clash)',
    ]);
  });

  test('takes names of 255 bytes', async () => {
    const root = await makeTemporaryRoot();
    const long = '語'.repeat(85);
    await mkdir(join(root, long));
    await writeFile(join(root, long, long), '');
    expect(await scanLines(fs, root)).toEqual([`${long}/${long}`]);
  });

  test('goes 300 directories deep', async () => {
    const root = await makeTemporaryRoot();
    const deep = Array.from({ length: 300 }, () => 'd').join('/');
    await mkdir(join(root, deep), { recursive: true });
    await writeFile(join(root, deep, 'f'), '');
    expect(await scanLines(fs, root)).toEqual([`${deep}/f`]);
  });

  test('reports a directory that disappears under it as unknown', async () => {
    const root = await makeTemporaryRoot();
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'a/f'), '');
    await writeFile(join(root, 'b/f'), '');
    const items = scanTree(fs, root, { filter: NO_FILTER });
    expect((await items.next()).value).toMatchObject({ path: 'a/f' });
    await rm(join(root, 'b'), { recursive: true });
    expect((await collect(items)).map(describeItem)).toEqual(['b/ (vanished)']);
  });

  test('does not follow a directory that becomes a link under it', async () => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    await writeFile(join(outside, 'secret'), '');
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'a/f'), '');
    const items = scanTree(fs, root, { filter: NO_FILTER });
    await items.next();
    await rm(join(root, 'b'), { recursive: true });
    await symlink(outside, join(root, 'b'));
    expect((await collect(items)).map(describeItem)).toEqual(['b/ (symlink)']);
  });

  test('leaves out ignored files and directories', async () => {
    const root = await makeTemporaryRoot();
    for (const directory of ['keep', 'build', '.rustfs-sync/trash'])
      await mkdir(join(root, directory), { recursive: true });
    for (const file of ['keep/f', 'keep/f~', 'build/x', '.rustfs-sync/trash/t']) await writeFile(join(root, file), '');
    expect(await scanLines(fs, root, { filter: createFilter(['build/'], '') })).toEqual(['keep/f']);
  });
});
