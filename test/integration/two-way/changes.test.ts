import { chmod, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { MULTIPART_THRESHOLD_BYTES } from '../../../src/core/parts.ts';
import { randomContent, sha256, type EngineRoot } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import type { S3Double } from '../../support/s3-double/index.ts';
import { createPair, createTeam } from '../../support/two-way-team.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

const OLD = new Date('2020-02-03T04:05:06.789Z');

/** Requests that carried the content of a file. */
function contentRequests(double: S3Double): string[] {
  const requests = [...double.requests.of('PutObject'), ...double.requests.of('GetObject')];
  const carried = requests.filter(({ status }) => status === 200 || status === 206);
  return carried.map(({ operation, key }) => `${operation} ${key ?? ''}`);
}

describe('changes on either computer', () => {
  test('the first sync of a filled folder with an equal bucket moves no byte', async () => {
    const double = await useDouble();
    const content = randomContent(20_000);
    const before = async (root: EngineRoot) => {
      for (let i = 0; i < 12; i++) await root.write(`d${i % 3}/file-${i}`, content.subarray(i));
    };
    const { computers, settle } = await createTeam(double, { before }, { before });
    expect(await computers[0]?.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 12 });
    double.requests.clear();
    expect(await computers[1]?.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, downloadedFiles: 0 });
    expect(contentRequests(double)).toEqual([]);
    expect(Object.keys(await settle())).toHaveLength(12);
  });

  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `new, edited and deleted files cross both ways (${server} server)`,
      async () => {
        const { a, b, settle } = await createPair(server === 'double' ? await useDouble() : sharedServer());
        for (const name of ['stays', 'edit-a', 'edit-b', 'gone-a', 'gone-b']) await a.root.write(`d/${name}`, name);
        await settle();
        await a.root.write('d/edit-a', 'edited on a');
        await b.root.write('d/edit-b', 'edited on b');
        await a.root.remove('d/gone-a');
        await b.root.remove('d/gone-b');
        await a.root.write('new/a', '');
        await b.root.write('new/b', randomContent(100_000));
        const tree = await settle();
        expect(Object.keys(tree)).toEqual(['d/edit-a', 'd/edit-b', 'd/stays', 'new/a', 'new/b']);
        expect(tree['d/edit-a']).toBe(hashOf('edited on a'));
        expect(tree['d/edit-b']).toBe(hashOf('edited on b'));
        expect(await a.problemCodes()).toEqual([]);
        expect(await b.problemCodes()).toEqual([]);
        // Rule 12: what a deletion or a replacement from elsewhere takes away lies in the trash.
        expect(await b.trash()).toEqual({
          'd/edit-a': hashOf('edit-a'),
          'd/gone-a': hashOf('gone-a'),
        });
        expect(await a.trash()).toEqual({
          'd/edit-b': hashOf('edit-b'),
          'd/gone-b': hashOf('gone-b'),
        });
      },
    );
  }

  test('a file that was only touched, and the same edit on both computers, are no change and no conflict', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    await a.root.write('touched', 'as it was');
    await a.root.write('edited', 'as it was');
    await settle();
    double.requests.clear();
    await a.touch('touched', OLD);
    await b.root.write('edited', 'same edit');
    await a.root.write('edited', 'same edit');
    for (const computer of [a, b, a]) await computer.sync();
    expect(contentRequests(double)).toEqual(['PutObject edited']);
    expect(Object.keys(await settle())).toEqual(['edited', 'touched']);
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  test('a file touched here and edited there takes over the edit without a conflict', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await settle();
    await b.root.write('doc', 'edited, and longer');
    await b.sync();
    await a.touch('doc', OLD);
    expect(Object.values(await settle())).toEqual([hashOf('edited, and longer')]);
    expect(await a.problemCodes()).toEqual([]);
  });

  test('a file touched here and deleted there goes, into the trash', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await a.root.write('other', 'stays');
    await settle();
    await b.root.remove('doc');
    await b.sync();
    await a.touch('doc', OLD);
    expect(Object.keys(await settle())).toEqual(['other']);
    expect(Object.keys(await a.trash())).toEqual(['doc']);
  });

  test('modification time and executable bit cross', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('tool', '#!/bin/sh\n');
    await a.root.write('plain', 'x');
    await a.makeExecutable('tool');
    await a.touch('tool', OLD);
    await settle();
    expect(await b.mtimeMs('tool')).toBe(OLD.getTime());
    expect((await stat(b.root.at('tool'))).mode & 0o100).toBe(0o100);
    expect((await stat(b.root.at('plain'))).mode & 0o100).toBe(0);
  });

  test('a program that is replaced by what says nothing of the executable bit can be run, also where it comes in parts', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    for (const name of ['tool', 'big', 'plain']) await a.root.write(name, '#!/bin/sh\n');
    for (const name of ['tool', 'big']) await a.makeExecutable(name);
    await settle();
    await bucket.put('tool', 'as Windows sends it');
    await bucket.put('plain', 'as Windows sends it');
    await bucket.put('big', Buffer.alloc(MULTIPART_THRESHOLD_BYTES));
    await settle();
    const canRun = async (name: string) => ((await stat(b.root.at(name))).mode & 0o100) !== 0;
    expect([await canRun('tool'), await canRun('big'), await canRun('plain')]).toEqual([true, true, false]);
  });

  test('a program that is none any more can not be run elsewhere either', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('tool', '#!/bin/sh\n');
    await a.makeExecutable('tool');
    await settle();
    await chmod(a.root.at('tool'), 0o644);
    await a.root.write('tool', 'no program any more');
    await settle();
    expect((await stat(b.root.at('tool'))).mode & 0o100).toBe(0);
  });

  test('a name in NFD on one disk is edited, renamed and deleted from the other computer', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    const nfd = ['edit', 'move', 'gone'].map((name) => `Gru\u0308ße/${name}-é`.normalize('NFD'));
    const [edit = '', move = '', gone = ''] = nfd;
    for (const path of nfd) await a.root.write(path, path);
    await a.root.write('stays', 'x');
    await settle();
    await b.root.write(edit.normalize('NFC'), 'edited on b');
    await b.root.move(move.normalize('NFC'), 'moved');
    await b.root.remove(gone.normalize('NFC'));
    await b.root.write('Grüße/new-é', 'new on b');
    const names = ['edit-é', 'new-é'].map((name) => `Grüße/${name}`);
    expect(Object.keys(await settle())).toEqual([...names, 'moved', 'stays']);
    // All in the one directory that was there.
    expect(await readdir(a.root.path)).toHaveLength(4);
    await a.root.write(edit, 'edited on a');
    expect((await settle())['Grüße/edit-é']).toBe(hashOf('edited on a'));
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  for (const keep of ['mine', 'theirs'] as const) {
    test(`a conflict in a directory whose name is NFD on the disk is settled for “${keep}”`, async () => {
      const { a, b, settle } = await createPair(await useDouble());
      const path = 'Grüße/é.txt'.normalize('NFD');
      await a.root.write(path, 'as it was');
      await a.root.write('stays', 'x');
      await settle();
      await b.root.write('Grüße/é.txt', 'edited on b');
      await b.sync();
      await a.root.write(path, 'edited on a, and longer');
      expect(Object.keys(await settle())).toHaveLength(3);
      await a.resolve(keep);
      const kept = keep === 'mine' ? 'edited on a, and longer' : 'edited on b';
      expect(await settle()).toEqual({ 'Grüße/é.txt': hashOf(kept), stays: hashOf('x') });
      expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
    });
  }
});

describe('renames', () => {
  test('a renamed file and a renamed directory cross without their content', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    await a.root.write('one', randomContent(5_000));
    await b.root.write('two', randomContent(6_000));
    for (let i = 0; i < 4; i++) await a.root.write(`dir/sub/${i}`, randomContent(1_000 + i));
    for (let i = 0; i < 4; i++) await b.root.write(`tree/sub/${i}`, randomContent(2_000 + i));
    const before = await settle();
    double.requests.clear();
    await a.root.move('one', 'far/away/one');
    await b.root.move('two', 'zwei');
    await rename(a.root.at('dir'), a.root.at('a-dir'));
    await rename(b.root.at('tree'), b.root.at('z-tree'));
    const settled = [await a.sync(), await b.sync(), await a.sync()];
    expect(contentRequests(double)).toEqual([]);
    const tree = await settle();
    expect(new Set(Object.values(tree))).toEqual(new Set(Object.values(before)));
    expect(settled.map((one) => one.movedFiles)).toEqual([5, 10, 5]);
    await expect(stat(b.root.at('dir'))).rejects.toThrow('ENOENT');
    await expect(stat(a.root.at('tree'))).rejects.toThrow('ENOENT');
  });

  test('rename-rename-cycle: two files that swapped their names do so on the other computer', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('left', 'was left, long');
    await b.root.write('right', 'was right');
    await settle();
    await a.root.move('left', 'between');
    await a.root.move('right', 'left');
    await a.root.move('between', 'right');
    const tree = await settle();
    expect(tree).toEqual({ left: hashOf('was right'), right: hashOf('was left, long') });
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  test('rename-vs-edit: renamed here and edited there: the edit stays under the old name, the renamed file under the new one', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await a.root.write('other', 'stays');
    await settle();
    await b.root.write('doc', 'edited, and longer');
    await b.sync();
    await a.root.move('doc', 'renamed');
    expect(await settle()).toMatchObject({
      doc: hashOf('edited, and longer'),
      renamed: hashOf('as it was'),
    });
  });

  test('rename-vs-edit: a file edited here whose object was renamed elsewhere keeps its edit', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await a.root.write('other', 'stays');
    await settle();
    await b.root.move('doc', 'renamed');
    await b.sync();
    await a.root.write('doc', 'edited here, and longer');
    expect(await settle()).toMatchObject({
      doc: hashOf('edited here, and longer'),
      renamed: hashOf('as it was'),
    });
  });

  test('inode-reuse: a file that was renamed and rewritten at once is uploaded, and its old name goes in the same run', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await a.root.write('other', 'stays');
    await settle();
    await a.root.move('doc', 'renamed');
    await a.root.rewriteKeepingMtime('renamed', 'IT IS NOW');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1, deletedFiles: 1 });
    expect(await bucket.keys()).toEqual(['other', 'renamed']);
    expect(await b.sync()).toMatchObject({ result: 'in-sync' });
    await settle();
  });

  test('renamed to different names on both computers: both names stay', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'as it was');
    await a.root.write('other', 'stays');
    await settle();
    await a.root.move('doc', 'name-of-a');
    await b.root.move('doc', 'name-of-b');
    expect(Object.keys(await settle())).toEqual(['name-of-a', 'name-of-b', 'other']);
  });

  test('case-only-rename: a rename that changes only the case of letters crosses', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('readme', 'x');
    await a.root.write('other', 'stays');
    await settle();
    await b.root.move('readme', 'README');
    expect(Object.keys(await settle())).toEqual(['README', 'other']);
  });
});

describe('a name that changes its kind', () => {
  for (const turn of ['first', 'second'] as const) {
    test(`file-becomes-directory: a file becomes a directory and a directory a file, on the ${turn} computer`, async () => {
      const { a, b, settle } = await createPair(await useDouble());
      await a.root.write('file', 'was a file');
      await a.root.write('dir/sub/inner', 'was inside');
      await a.root.write('dir/other', 'was beside');
      await a.root.write('stays', 'x');
      await settle();
      const editor = turn === 'first' ? a : b;
      await editor.root.remove('file');
      await editor.root.write('file/inner', 'now inside');
      await editor.root.remove('dir');
      await editor.root.write('dir', 'now a file');
      const tree = await settle();
      expect(tree).toEqual({
        'file/inner': hashOf('now inside'),
        dir: hashOf('now a file'),
        stays: hashOf('x'),
      });
      expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
    });
  }

  test('file-becomes-directory: a directory here while there is a file of its name there is told, and nothing is lost', async () => {
    const { a, b } = await createPair(await useDouble());
    await a.root.write('thing', 'a file');
    await b.root.write('thing/inner', 'in a directory');
    await b.root.write('other', 'x');
    await a.sync();
    expect(await b.sync()).toMatchObject({ result: 'problems' });
    await a.sync();
    expect((await a.root.read('thing')).toString()).toBe('a file');
    expect((await b.root.read('thing/inner')).toString()).toBe('in a directory');
    expect((await b.problemCodes()).join()).toContain('type-clash');
    expect(Object.keys(await a.tree())).toContain('other');
  });

  test.each([
    ['gets another name', (root: EngineRoot) => root.move('thing', 'renamed')],
    ['is emptied', (root: EngineRoot) => root.move('thing/inner', 'inner')],
  ])('file-becomes-directory: the file comes as soon as the directory in its place %s', async (_, makeRoom) => {
    const { a, b, bucket } = await createPair(await useDouble(), { haste: 1 });
    await b.root.write('thing', 'a file');
    await b.sync();
    await a.root.write('thing/inner', 'in a directory');
    expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 0 });
    expect((await a.problemCodes()).sort()).toEqual(['thing/inner: type-clash', 'thing: type-clash']);
    await a.watch();
    for (const name of ['first', 'seen']) {
      await a.root.write(name, name);
      await pollUntil(name, async () => ((await bucket.keys()).includes(name) ? true : undefined));
    }
    await makeRoom(a.root);
    await pollUntil('the file', async () => ((await a.tree())['thing'] === undefined ? undefined : true));
    await pollUntil('the end of what was told', async () => ((await a.problemCodes()).length === 0 ? true : undefined));
  });

  test('file-becomes-directory: a file whose name is a directory in the bucket is not sent over it, however often it is edited', async () => {
    const { a, b, bucket } = await createPair(await useDouble());
    await a.root.write('other', 'x');
    await a.sync();
    await bucket.put('thing/inner', 'in a directory');
    await a.root.write('thing', 'a file');
    expect(await a.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await a.problemCodes()).toContain('thing: type-clash');
    await a.watch();
    await a.root.write('thing', 'a file, edited');
    await a.root.write('other', 'y');
    await pollUntil('the edit', async () => ((await bucket.text('other')) === 'y' ? true : undefined));
    expect(await bucket.keys()).toEqual(['other', 'thing/inner']);
    expect(await a.problemCodes()).toContain('thing: type-clash');
    // Whoever asks the bucket finds what is in the directory.
    await b.sync();
    expect((await b.root.read('thing/inner')).toString()).toBe('in a directory');
    // Once a person has settled it, the file goes.
    await bucket.remove('thing/inner');
    await a.root.write('thing', 'a file, edited again');
    await pollUntil('the file', async () => ((await bucket.keys()).includes('thing') ? true : undefined));
    expect(await bucket.text('thing')).toBe('a file, edited again');
  });

  test.each(['two-way', 'upload'] as const)(
    'file-becomes-directory: what is below the name of an object of somebody else is not sent (%s)',
    async (mode) => {
      const { bucket, computers } = await createTeam(await useDouble(), { folder: { mode } });
      const [a] = computers;
      if (a === undefined) throw new Error('There is one computer.');
      await a.root.write('moved', 'from elsewhere');
      await a.sync();
      await bucket.put('thing', 'a file');
      await a.root.write('thing/inner', 'in a directory');
      await a.root.move('moved', 'thing/moved');
      expect(await a.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0, movedFiles: 0, deletedFiles: 0 });
      // What can not get its new name keeps the old one there.
      expect(await bucket.keys()).toEqual(['moved', 'thing']);
      expect(await a.problemCodes()).toEqual(
        expect.arrayContaining(['thing/inner: type-clash', 'thing/moved: type-clash']),
      );
      await a.watch();
      await a.root.write('thing/inner', 'in a directory, edited');
      await a.root.write('thing/next', 'another one');
      await a.root.write('other', 'x');
      await pollUntil('the other one', async () => ((await bucket.keys()).includes('other') ? true : undefined));
      expect((await bucket.keys()).filter((key) => key.startsWith('thing/'))).toEqual([]);
      await bucket.remove('thing');
      await a.root.write('thing/inner', 'in a directory, edited again');
      await pollUntil('the file', async () => ((await bucket.etag('thing/inner')) === undefined ? undefined : true));
    },
  );

  test('an empty directory where the file goes does not stand in its way for ever', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('dir/inner', 'x');
    await a.root.write('other', 'x');
    await settle();
    await mkdir(b.root.at('dir/empty'));
    await a.root.remove('dir');
    expect(Object.keys(await settle())).toEqual(['other']);
    expect((await stat(b.root.at('dir/empty'))).isDirectory()).toBe(true);
  });
});
