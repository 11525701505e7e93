import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { MIB, randomContent, sha256 } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { MemoryComputer } from '../../support/memory-computer.ts';
import { hasProgram } from '../../support/programs.ts';
import { createPair, createTeam, type Computer, type Team } from '../../support/two-way-team.ts';

/** What can go wrong on the disk of one of two computers. Each test is named after its hazard. */

const hashOf = (text: string) => sha256(Buffer.from(text));

/** Two computers, the second with something between its engine and its effects. */
async function pairWith(
  adapt: (environment: Environment) => Environment,
): Promise<Team & { readonly a: Computer; readonly b: Computer }> {
  const team = await createTeam(await useDouble(), {}, { adapt });
  const [a, b] = team.computers;
  if (a === undefined || b === undefined) throw new Error('There are two computers.');
  return { ...team, a, b };
}

const MAPPER = `
import mmap, sys
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0) as mapped:
    for line in sys.stdin:
        text = line.strip().encode()
        mapped[0:len(text)] = text
        print('written', flush=True)
`;

/** A program that has a file mapped into its memory, and changes it there. */
async function mapFile(path: string): Promise<{ write(text: string): Promise<void>; end(): Promise<void> }> {
  const child = spawn('python3', ['-c', MAPPER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return {
    async write(text) {
      child.stdin.write(`${text}\n`);
      await once(child.stdout, 'data');
    },
    async end() {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

/** Runs `hook` once before the disk moves a file to a path that ends so. */
function beforeMoveTo(end: string, hook: () => Promise<void>): (environment: Environment) => Environment {
  let isDone = false;
  return (environment) => {
    const fs: FileSystem = {
      ...environment.fs,
      move: async (root, from, to, expected) => {
        if (!isDone && to.endsWith(end)) {
          isDone = true;
          await hook();
        }
        return environment.fs.move(root, from, to, expected);
      },
    };
    return { ...environment, fs };
  };
}

async function outsideDirectory(): Promise<string> {
  const outside = await mkdtemp(join(tmpdir(), 'rustfs-sync-outside-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  return outside;
}

describe('the root', () => {
  test('root-replaced-by-empty-disk: deletes nothing anywhere, and all goes on when the disk is back', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (let i = 0; i < 3; i++) await a.root.write(`d/${i}`, `content ${i}`);
    const before = await settle();
    await rename(a.root.path, `${a.root.path}-away`);
    await mkdir(a.root.path);
    expect(await a.sync()).toMatchObject({ result: 'problems', deletedFiles: 0, downloadedFiles: 0 });
    expect(await a.problemCodes()).toEqual([': root-replaced']);
    expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(await readdir(a.root.path)).toEqual([]);
    await rm(a.root.path, { recursive: true });
    await rename(`${a.root.path}-away`, a.root.path);
    expect(await settle()).toEqual(before);
  });

  test('root-replaced-by-a-copy-in-part: deletions found on another disk than before are held', async () => {
    let otherDisk = false;
    const { b, bucket, settle } = await pairWith((environment) => ({
      ...environment,
      fs: {
        ...environment.fs,
        stat: async (root, path) => {
          const stat = await environment.fs.stat(root, path);
          return stat && otherDisk ? { ...stat, deviceId: 'another disk' } : stat;
        },
      },
    }));
    for (let i = 0; i < 5; i++) await b.root.write(`d/${i}`, `content ${i}`);
    await settle();
    otherDisk = true;
    await b.root.remove('d/0');
    expect(await b.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await bucket.keys()).toHaveLength(5);
    await b.client.call('plan.revert', { id: b.folderId });
    expect(await b.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
  });
});

describe('names and links', () => {
  test('unicode-form-clash: of two names that look the same one is synced, the other one told', async () => {
    const { a, b, remote } = await createPair(await useDouble());
    await a.root.write('Gr\u00fcn', 'composed');
    await a.root.write('Gru\u0308n', 'decomposed');
    await a.root.write('other', 'x');
    expect(await a.sync()).toMatchObject({ result: 'problems', uploadedFiles: 2 });
    await b.sync();
    await b.root.write('Gr\u00fcn', 'edited on b');
    for (const one of [b, a, b, a]) await one.sync();
    expect(await remote()).toEqual({ 'Gr\u00fcn': hashOf('edited on b'), other: hashOf('x') });
    expect((await a.root.read('Gru\u0308n')).toString()).toBe('decomposed');
    expect(await a.problemCodes()).toEqual(['Gr\u00fcn: unicode-clash']);
  });

  test('hardlinks: two names of one file are two objects, whatever becomes of one of them', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('one', 'content');
    await link(a.root.at('one'), a.root.at('two'));
    await a.root.write('other', 'x');
    expect(Object.keys(await settle())).toEqual(['one', 'other', 'two']);
    // An edit through one name is one of both.
    await a.root.write('one', 'edited, and longer');
    expect(await settle()).toMatchObject({ one: hashOf('edited, and longer'), two: hashOf('edited, and longer') });
    // There they are two files: an edit of one replaces that one alone, here too.
    await b.root.write('two', 'edited on b');
    expect(await settle()).toMatchObject({ one: hashOf('edited, and longer'), two: hashOf('edited on b') });
    await link(a.root.at('one'), a.root.at('three'));
    await a.root.remove('one');
    expect(await settle()).toEqual({
      other: hashOf('x'),
      three: hashOf('edited, and longer'),
      two: hashOf('edited on b'),
    });
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  test.skipIf(!hasProgram('python3'))(
    'mapped-edit: what a program changes in its memory after the file was sent is sent too',
    async () => {
      const { a, settle } = await createPair(await useDouble());
      await a.root.write('db', Buffer.alloc(4096));
      await a.root.write('other', 'x');
      await settle();
      const program = await mapFile(a.root.at('db'));
      await program.write('first');
      expect(await settle()).toMatchObject({ db: sha256(await a.root.read('db')) });
      await program.write('other');
      await program.end();
      expect((await a.root.read('db')).toString('latin1', 0, 5)).toBe('other');
      expect(await settle()).toMatchObject({ db: sha256(await a.root.read('db')) });
    },
  );

  test('inode-reuse: a new file with the id, size and time of a deleted one is not taken for it', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await a.root.write('old', 'the old one');
    await a.root.write('other', 'x');
    await settle();
    await a.root.move('old', 'new');
    await a.root.rewriteKeepingMtime('new', 'a new file!');
    expect(await settle()).toEqual({ new: hashOf('a new file!'), other: hashOf('x') });
    expect(await b.trash()).toEqual({ old: hashOf('the old one') });
  });

  test('mtime-preserved-edit: is seen, here and on the other computer', async () => {
    const { a, settle } = await createPair(await useDouble());
    await a.root.write('doc', 'one');
    await settle();
    await a.root.rewriteKeepingMtime('doc', 'two');
    expect(await settle()).toEqual({ doc: hashOf('two') });
  });

  test('symlink-swapped-for-directory: deletes nothing, and nothing is read or written behind the link', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    for (const path of ['d/one', 'd/two', 'other']) await a.root.write(path, path);
    await settle();
    const outside = await outsideDirectory();
    await rename(a.root.at('d'), join(outside, 'd'));
    await symlink(join(outside, 'd'), a.root.at('d'));
    await b.root.write('d/one', 'edited on b');
    await b.root.write('d/new', 'new on b');
    for (const one of [a, b, a]) expect(await one.sync()).toMatchObject({ deletedFiles: 0 });
    expect(await readdir(join(outside, 'd'))).toEqual(['one', 'two']);
    expect(await bucket.keys()).toEqual(['d/new', 'd/one', 'd/two', 'other']);
    expect(await a.problemCodes()).toEqual(['d: symlink']);
    await rm(a.root.at('d'));
    await rename(join(outside, 'd'), a.root.at('d'));
    expect(await settle()).toMatchObject({ 'd/one': hashOf('edited on b'), 'd/two': hashOf('d/two') });
  });

  test('symlink-swapped-for-directory: also right before a download is put into it', async () => {
    const outside = await outsideDirectory();
    const made: Computer[] = [];
    const { a, b } = await pairWith(
      beforeMoveTo('d/new', async () => {
        for (const { root } of made) {
          await rename(root.at('d'), root.at('d-away'));
          await symlink(outside, root.at('d'));
        }
      }),
    );
    await a.root.write('d/one', 'one');
    for (const one of [a, b]) await one.sync();
    made.push(b);
    await a.root.write('d/new', 'new');
    for (const one of [a, b, b]) await one.sync();
    expect(await readdir(outside)).toEqual([]);
    expect((await a.root.read('d/one')).toString()).toBe('one');
  });
});

describe('edits and renames at bad moments', () => {
  test('edit-during-download: the edit is kept beside what comes, and neither is torn', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    await a.root.write('film', 'first version');
    await settle();
    const film = randomContent(40 * MIB);
    await a.root.write('film', film);
    await a.sync();
    const slow = double.faults.add({ operation: 'GetObject' }, { kind: 'latency', delayMs: 300 });
    double.requests.clear();
    const run = b.sync();
    await pollUntil('a part on its way', () => (double.requests.count('GetObject') > 0 ? true : undefined));
    await b.root.write('film', 'edited on b in the middle');
    await run;
    slow.remove();
    const tree = await settle();
    expect(tree['film']).toBe(sha256(film));
    expect(Object.values(tree).sort()).toEqual([sha256(film), hashOf('edited on b in the middle')].sort());
  });

  test('edit-during-download: an object that is replaced in the middle comes whole, as one of the two', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    await a.root.write('film', randomContent(40 * MIB));
    await a.sync();
    const slow = double.faults.add({ operation: 'GetObject' }, { kind: 'latency', delayMs: 300 });
    double.requests.clear();
    const run = b.sync();
    await pollUntil('a part on its way', () => (double.requests.count('GetObject') > 0 ? true : undefined));
    const film = randomContent(40 * MIB);
    await a.root.write('film', film);
    await a.sync();
    await run;
    slow.remove();
    expect(await settle()).toEqual({ film: sha256(film) });
    expect(await b.problemCodes()).toEqual([]);
  });

  test('directory-moved-while-uploading: the file is under its new name alone, and no upload is left', async () => {
    const double = await useDouble();
    const { a, b, bucket, settle } = await createPair(double);
    const film = randomContent(40 * MIB);
    await a.root.write('d/film', film);
    await a.root.write('d/small', 'small');
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 300 });
    const run = a.sync();
    await pollUntil('a part on its way', () => (double.requests.count('UploadPart') > 0 ? true : undefined));
    await rename(a.root.at('d'), a.root.at('e'));
    await run;
    slow.remove();
    expect(await settle()).toEqual({ 'e/film': sha256(film), 'e/small': hashOf('small') });
    expect(await bucket.unfinishedUploads()).toEqual([]);
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  test('rename-rename-cycle: three names that went round, here and the other way round there, lose nothing', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (const name of ['1', '2', '3']) await a.root.write(name, `was ${name}`);
    await a.root.write('other', 'x');
    const contents = new Set(Object.values(await settle()));
    for (const [from, to] of [
      ['1', 'held'],
      ['3', '1'],
      ['2', '3'],
      ['held', '2'],
    ] as const) {
      await a.root.move(from, to);
    }
    for (const [from, to] of [
      ['1', 'held'],
      ['2', '1'],
      ['3', '2'],
      ['held', '3'],
    ] as const) {
      await b.root.move(from, to);
    }
    expect(new Set(Object.values(await settle()))).toEqual(contents);
  });
});

describe('a full disk', () => {
  test('disk-read-only: rule 20: what is here is sent, what an interrupted download left waits', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const one = await MemoryComputer.make(double, bucket, {});
    one.write('doc', 'x');
    one.write('.rustfs-sync/tmp/left', 'half of a film');
    one.fs.readOnly = true;
    expect(await one.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    await bucket.put('theirs', 'can not be put here');
    expect(await one.sync()).toMatchObject({ result: 'problems' });
    expect(await one.problemCodes()).toEqual(['theirs: disk-error']);
    one.fs.readOnly = false;
    expect(await one.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
    expect(one.fs.contentOf('/root/.rustfs-sync/tmp/left')).toBeUndefined();
  });

  test.each(['tmp', 'trash'])('a link where we keep our %s does not stop what needs none of it', async (name) => {
    const { computers } = await createTeam(await useDouble(), {});
    const [a] = computers;
    if (a === undefined) throw new Error('There is one computer.');
    await a.sync();
    await rm(a.root.at(`.rustfs-sync/${name}`), { recursive: true, force: true });
    await symlink('nowhere', a.root.at(`.rustfs-sync/${name}`));
    await a.root.write('doc', 'x');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });

  test('disk-full: rule 20: nothing is under its name in part, it is told, and goes on when there is room', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const one = await MemoryComputer.make(double, bucket, {});
    one.write('mine', 'x');
    await one.sync();
    const film = randomContent(20 * MIB);
    await bucket.put('film', film);
    await bucket.put('small', 's');
    one.setRoom(5 * MIB);
    expect(await one.sync()).toMatchObject({ result: 'problems' });
    expect(Object.keys(one.tree())).not.toContain('film');
    expect(await one.problemCodes()).toContain('film: disk-full');
    // What is here still goes there.
    one.write('mine', 'edited');
    await one.sync();
    expect(await bucket.text('mine')).toBe('edited');
    one.setRoom(100 * MIB);
    expect(await one.sync()).toMatchObject({ result: 'in-sync' });
    expect(sha256(one.fs.contentOf('/root/film') ?? new Uint8Array())).toBe(sha256(film));
    expect(await one.problemCodes()).toEqual([]);
  });
});
