import { createHash } from 'node:crypto';
import { mkdir, rename, rmdir, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { MIB, randomContent, sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { createPair, createTeam, type Computer, type Team } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

const select = ({ client, folderId }: Computer, ...paths: string[]) =>
  client.call('folder.select', { id: folderId, paths: paths.length === 0 ? null : paths });

async function released({ client }: Computer): Promise<string[]> {
  const rows = await client.call('activity.list', {});
  return rows.filter(({ kind }) => kind === 'released').map(({ path }) => path);
}

const PATHS = ['keep/deep/two', 'keep/one', 'leave/deep/two', 'leave/one', 'top'];

async function makeFilledPair(access: S3Access): Promise<Team & { readonly a: Computer; readonly b: Computer }> {
  const pair = await createPair(access);
  for (const path of PATHS) await pair.a.root.write(path, `content of ${path}`);
  await pair.settle();
  return pair;
}

/** Fails the calls of the disk that the test says. */
function failing(
  fails: (op: 'move' | 'removeFile', path: string) => boolean,
): (environment: Environment) => Environment {
  return (environment) => {
    const fail = (op: 'move' | 'removeFile', path: string) => {
      if (!fails(op, path)) return;
      throw new SyncError({ code: 'disk-error', message: 'The power went out.', advice: 'None; this is a test.' });
    };
    const fs: FileSystem = {
      ...environment.fs,
      move: async (root, from, to, expected) => {
        fail('move', to);
        return environment.fs.move(root, from, to, expected);
      },
      removeFile: async (root, path) => {
        fail('removeFile', path);
        await environment.fs.removeFile(root, path);
      },
    };
    return { ...environment, fs };
  };
}

/** Objects can not be fetched while the test says so. */
function withoutDownloads(isOut: () => boolean): (environment: Environment) => Environment {
  const writeFile =
    (fs: FileSystem): FileSystem['writeFile'] =>
    async (...written) => {
      if (!isOut()) return fs.writeFile(...written);
      throw new SyncError({ code: 'disk-full', message: 'The disk is full.', advice: 'None; this is a test.' });
    };
  return (environment) => ({
    ...environment,
    fs: { ...environment.fs, writeFile: writeFile(environment.fs) },
  });
}

describe('selective sync', () => {
  test('a run that is under way when another part is chosen goes on with that', async () => {
    const double = await useDouble();
    const { a, bucket } = await makeFilledPair(double);
    const slow = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'latency', delayMs: 1_000 });
    const running = a.sync();
    await expect.poll(() => slow.hits, { timeout: 10_000 }).toBeGreaterThan(0);
    await select(a, 'keep');
    expect(await running).toMatchObject({ result: 'in-sync', releasedFiles: 3 });
    expect(Object.keys(await a.tree())).toEqual(['keep/deep/two', 'keep/one']);
    expect(await bucket.keys()).toEqual(PATHS);
  });

  test('another part is chosen though the server does not answer and a large file takes its time to stop', async () => {
    const double = await useDouble();
    const adapt = withStore((store) => ({
      // As where a part is being read from a slow disk: that can not be broken off.
      uploadPart: (request, signal) => store.uploadPart(request, signal).finally(() => delay(500)),
    }));
    const { a } = await createPair(double, { adapt });
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 60_000 });
    await a.root.write('keep/film', randomContent(20 * MIB));
    await a.watch();
    await expect.poll(() => slow.hits, { timeout: 10_000 }).toBeGreaterThan(0);
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hang' });
    expect(await Promise.race([select(a, 'keep'), delay(5_000, 'not yet')])).toMatchObject({ chosen: ['keep'] });
  });

  test('a choice that is called off while a large file takes its time to stop is not made', async () => {
    const double = await useDouble();
    const adapt = withStore((store) => ({
      uploadPart: (request, signal) => store.uploadPart(request, signal).finally(() => delay(1_000)),
    }));
    const { a } = await createPair(double, { adapt });
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 60_000 });
    await a.root.write('keep/film', randomContent(20 * MIB));
    await a.watch();
    await expect.poll(() => slow.hits, { timeout: 10_000 }).toBeGreaterThan(0);
    const choice = { id: a.folderId, paths: ['keep'] };
    await expect(a.client.call('folder.select', choice, AbortSignal.timeout(200))).rejects.toThrow();
    const { folder } = await a.client.call('folder.status', { id: a.folderId });
    expect(folder.chosen).toBeUndefined();
  });

  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `what is not chosen leaves this computer and nothing else, and comes back when it is chosen (${server} server)`,
      async () => {
        const { a, b, bucket, settle } = await makeFilledPair(server === 'double' ? await useDouble() : sharedServer());
        const large = randomContent(20 * MIB);
        await a.root.write('leave/large', large);
        const before = await settle();
        expect((await select(a, 'keep/', 'top')).chosen).toEqual(['keep', 'top']);
        const left = await a.sync();
        expect(left).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0, releasedFiles: 3 });
        expect(Object.keys(await a.tree())).toEqual(['keep/deep/two', 'keep/one', 'top']);
        expect(await a.trash()).toEqual({});
        expect((await released(a)).sort()).toEqual(['leave/deep/two', 'leave/large', 'leave/one']);
        await expect(stat(a.root.at('leave'))).rejects.toThrow('ENOENT');
        // Neither the bucket nor the other computer sees any of it.
        expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
        expect(await b.tree()).toEqual(before);
        await a.restart();
        await b.root.write('leave/one', 'edited on b');
        await b.root.write('keep/one', 'edited on b too');
        for (const one of [b, a]) await one.sync();
        expect((await a.tree())['keep/one']).toBe(hashOf('edited on b too'));
        expect(Object.keys(await a.tree())).toHaveLength(3);
        await select(a);
        expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 3, deletedFiles: 0 });
        expect(await a.tree()).toEqual(await b.tree());
        expect((await a.tree())['leave/large']).toBe(sha256(large));
        await settle();
        expect(await bucket.keys()).toHaveLength(6);
      },
    );
  }

  test('a file that the bucket does not hold, or not as it is here, stays and is told', async () => {
    const { a, b, bucket } = await makeFilledPair(await useDouble());
    await a.root.write('leave/one', 'edited here, not sent yet');
    await a.root.write('leave/new', 'made here, not sent yet');
    // The same size, so that only the content tells.
    await bucket.put('leave/deep/two', 'CONTENT of leave/deep/two');
    await select(a, 'keep');
    expect(await a.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0, deletedFiles: 0 });
    const left = { 'leave/deep/two': 'content of leave/deep/two', 'leave/new': 'made here, not sent yet' };
    for (const [path, text] of Object.entries(left)) expect((await a.tree())[path]).toBe(hashOf(text));
    const told = ['leave/deep/two', 'leave/new', 'leave/one'].map((path) => `${path}: not-chosen`);
    expect(await a.problemCodes()).toEqual(told);
    expect(await bucket.keys()).not.toContain('leave/new');
    expect(await a.sync()).toMatchObject({ result: 'problems' });
    expect(await a.problemCodes()).toEqual(told);
    // When the bucket holds it, it goes.
    await bucket.put('leave/new', 'made here, not sent yet');
    await a.sync();
    expect(await a.problemCodes()).toEqual([told[0], told[2]]);
    // And chosen again, all that differs is kept on both sides.
    await select(a);
    for (const one of [a, b, a]) await one.sync();
    const contents = Object.values(await a.tree());
    for (const text of [left['leave/deep/two'], 'CONTENT of leave/deep/two', 'edited here, not sent yet']) {
      expect(contents).toContain(hashOf(text));
    }
  });

  test('an MD5 that another program declares of an object takes no file away: its content does', async () => {
    const { a, bucket } = await makeFilledPair(await useDouble());
    const content = randomContent(11 * MIB);
    const declared = { md5chksum: createHash('md5').update(content).digest('base64') };
    const [first, second] = [content.subarray(0, 5 * MIB), content.subarray(5 * MIB)];
    await a.root.write('leave/film', content);
    // With the file's MD5 in its metadata, and another one's content.
    await bucket.putInParts('leave/film', [first, randomContent(second.length)], declared);
    await select(a, 'keep');
    expect(await a.sync()).toMatchObject({ result: 'problems' });
    expect(await a.problemCodes()).toEqual(['leave/film: not-chosen']);
    expect((await a.tree())['leave/film']).toBe(sha256(content));
    await bucket.putInParts('leave/film', [first, second], {});
    expect(await a.sync()).toMatchObject({ result: 'in-sync' });
    expect(await a.tree()).not.toHaveProperty('leave/film');
  });

  test('an object that is changed right before its file is taken away leaves the file in the trash', async () => {
    const double = await useDouble();
    let isMeddling = false;
    const adapt = (environment: Environment): Environment => ({
      ...environment,
      fs: {
        ...environment.fs,
        move: async (root, from, to, expected) => {
          if (isMeddling && to.includes('/trash/')) await bucket.remove('leave/one');
          return environment.fs.move(root, from, to, expected);
        },
      },
    });
    const { computers, bucket } = await createTeam(double, { adapt });
    const [a] = computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const path of PATHS) await a.root.write(path, `content of ${path}`);
    await a.sync();
    isMeddling = true;
    await select(a, 'keep', 'leave/deep', 'top');
    expect(await a.sync()).toMatchObject({ deletedFiles: 1, releasedFiles: 0 });
    expect(await a.trash()).toEqual({ 'leave/one': hashOf('content of leave/one') });
    expect(await released(a)).toEqual([]);
  });

  for (const cutOff of ['move', 'removeFile'] as const) {
    test(`cut off at its ${cutOff}, it goes on, and choosing all again loses and deletes nothing`, async () => {
      let isCutOff = false;
      const adapt = failing((op, path) => isCutOff && op === cutOff && path.endsWith('leave/one'));
      const { computers, settle, bucket } = await createTeam(await useDouble(), { adapt }, {});
      const [a] = computers;
      if (a === undefined) throw new Error('There are two computers.');
      for (const path of PATHS) await a.root.write(path, `content of ${path}`);
      const before = await settle();
      isCutOff = true;
      await select(a, 'keep');
      expect(await a.sync()).toMatchObject({ deletedFiles: 0 });
      await a.restart();
      isCutOff = false;
      await select(a);
      await a.restart();
      expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
      expect(await settle()).toEqual(before);
      await select(a, 'keep');
      expect(await a.sync()).toMatchObject({ result: 'in-sync' });
      expect(Object.keys(await a.tree())).toEqual(['keep/deep/two', 'keep/one']);
      expect(await bucket.keys()).toHaveLength(5);
    });
  }

  test('a lost database and a change of mind in the middle delete nothing', async () => {
    const { a, b, settle } = await makeFilledPair(await useDouble());
    await select(a, 'keep');
    await a.sync();
    await select(a, 'leave/deep');
    await select(a, 'leave', 'top');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(Object.keys(await a.tree())).toEqual(['leave/deep/two', 'leave/one', 'top']);
    expect(await b.sync()).toMatchObject({ deletedFiles: 0 });
    await select(a);
    expect(Object.keys(await settle())).toHaveLength(5);
  });

  for (const then of ['stays so', 'is chosen again, and the files are not back yet'] as const) {
    test(`a database from before a choice, put back after it, deletes nothing: what was left out ${then}`, async () => {
      let isOut = false;
      const adapt = withoutDownloads(() => isOut);
      const { computers, bucket, settle } = await createTeam(await useDouble(), { adapt }, {});
      const [a, b] = computers;
      if (a === undefined || b === undefined) throw new Error('There are two computers.');
      for (const path of PATHS) await a.root.write(path, `content of ${path}`);
      await settle();
      a.backUpDatabase();
      await select(a, 'keep', 'top');
      expect(await a.sync()).toMatchObject({ result: 'in-sync' });
      if (then !== 'stays so') {
        isOut = true;
        await select(a);
        expect(await a.sync()).toMatchObject({ downloadedFiles: 0 });
        isOut = false;
      }
      await a.restoreDatabase();
      expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
      expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
      expect(await bucket.keys()).toEqual(PATHS);
      const kept = then === 'stays so' ? PATHS.filter((path) => !path.startsWith('leave')) : PATHS;
      expect(Object.keys(await a.tree())).toEqual(kept);
    });
  }

  test('killed between the note of a choice and the choice, it goes on with it', async () => {
    const { a, bucket } = await makeFilledPair(await useDouble());
    await select(a, 'keep', 'leave');
    a.backUpDatabase();
    await select(a, 'leave');
    await a.restoreDatabase();
    await a.root.remove('leave/one');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
    expect(Object.keys(await a.tree())).toEqual(['leave/deep/two']);
    expect(await bucket.keys()).toEqual(PATHS.filter((path) => path !== 'leave/one'));
  });

  test('a choice is refused while the root is not there', async () => {
    const { a } = await makeFilledPair(await useDouble());
    await rename(a.root.path, `${a.root.path}-away`);
    await mkdir(a.root.path);
    await expect(select(a, 'keep')).rejects.toMatchObject({ code: 'root-replaced' });
    await rmdir(a.root.path);
    await rename(`${a.root.path}-away`, a.root.path);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(Object.keys(await a.tree())).toEqual(PATHS);
  });

  test('a deletion and a rename within what is chosen cross, and the rest is left alone', async () => {
    const { a, b, bucket } = await makeFilledPair(await useDouble());
    await select(a, 'keep');
    await a.sync();
    await a.root.remove('keep/one');
    await a.root.move('keep/deep/two', 'keep/zwei');
    await a.sync();
    await b.root.remove('leave/one');
    await b.root.write('leave/new', 'new on b');
    for (const one of [b, a, b]) await one.sync();
    expect(await bucket.keys()).toEqual(['keep/zwei', 'leave/deep/two', 'leave/new', 'top']);
    expect(Object.keys(await a.tree())).toEqual(['keep/zwei']);
    expect(Object.keys(await b.tree())).toEqual(['keep/zwei', 'leave/deep/two', 'leave/new', 'top']);
  });

  test('what can not be looked at is told, and stays', async () => {
    const { a, bucket } = await makeFilledPair(await useDouble());
    // Two names that are one in composed form: which of them is which nobody can tell from the keys.
    await a.root.write('leave/caf\u00e9', 'composed');
    await a.root.write('leave/cafe\u0301/one', 'below the decomposed one');
    await a.sync();
    await select(a, 'top');
    expect(await a.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    expect(await a.problemCodes()).toEqual(['leave/caf\u00e9: unicode-clash']);
    expect(Object.keys(await a.tree())).toContain('leave/cafe\u0301/one');
    expect(await bucket.keys()).toHaveLength(6);
  });

  test('a directory of the name of the ignore rules leaves as any other', async () => {
    const { a } = await makeFilledPair(await useDouble());
    await a.root.write('.rustfsignore/one', 'below a name that is ours as a file');
    await a.sync();
    await select(a, 'top');
    expect(await a.sync()).toMatchObject({ result: 'in-sync' });
    expect(Object.keys(await a.tree())).toEqual(['top']);
    await select(a);
    await a.sync();
    expect(Object.keys(await a.tree())).toContain('.rustfsignore/one');
  });

  test('while it watches, unchoosing takes away and choosing brings back', async () => {
    const { a } = await makeFilledPair(await useDouble());
    await a.watch();
    await select(a, 'top');
    await expect.poll(async () => Object.keys(await a.tree()), { timeout: 10_000 }).toEqual(['top']);
    await select(a);
    await expect.poll(async () => Object.keys(await a.tree()), { timeout: 10_000 }).toHaveLength(5);
  });

  test('refuses what is nowhere, what can be no path, and a folder that only uploads', async () => {
    const { a } = await makeFilledPair(await useDouble());
    await expect(select(a, 'keep', 'kepp')).rejects.toMatchObject({ code: 'invalid-argument', message: /"kepp"/ });
    await expect(select(a, '../x')).rejects.toMatchObject({ code: 'invalid-argument', message: /"\.\.\/x"/ });
    const { computers } = await createTeam(await useDouble(), { folder: { mode: 'upload' } });
    for (const one of computers) {
      await one.root.write('x', 'x');
      await expect(select(one, 'x')).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    expect(Object.keys(await a.tree())).toHaveLength(5);
  });
});
