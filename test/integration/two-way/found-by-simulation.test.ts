import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { MULTIPART_THRESHOLD_BYTES } from '../../../src/core/parts.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { MIB, sha256 } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { afterNextListing, useListedDouble } from '../../support/listed-double.ts';
import { pollUntil } from '../../support/loopback.ts';
import { MemoryComputer } from '../../support/memory-computer.ts';
import { refusal } from '../../support/memory-refusals.ts';
import { createPair, createTeam, type Computer, type Team } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

/** Defects that the simulation found: each with a test of its own, since a seed leads elsewhere as soon as anything changes. */

const hashOf = (text: string) => sha256(Buffer.from(text));

/** Runs `after` once the server has carried out its first copy, whose answer is lost. */
function losingFirstCopy(after: () => Promise<void>): (environment: Environment) => Environment {
  let isDone = false;
  return withStore((store) => ({
    copy: async (request, signal) => {
      const result = await store.copy(request, signal);
      if (isDone) return result;
      isDone = true;
      await after();
      throw refusal('unreachable');
    },
  }));
}

describe('what the simulation found', () => {
  test('an upload whose file got another name is ended, also where the old one means the same file', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const computer = await MemoryComputer.make(double, bucket, { caseInsensitive: true });
    computer.fs.write('/root/film', new Uint8Array(20 * MIB));
    // The last request of all: what was sent stays for the next attempt.
    const refused = double.faults.add(
      { operation: 'CompleteMultipartUpload' },
      { kind: 'error', code: 'AccessDenied' },
    );
    await computer.sync();
    refused.remove();
    expect(await bucket.unfinishedUploads()).toEqual(['film']);
    computer.fs.rename('/root/film', '/root/Film');
    expect(await computer.sync()).toMatchObject({ result: 'in-sync' });
    expect(await bucket.keys()).toEqual(['Film']);
    expect(await bucket.unfinishedUploads()).toEqual([]);
  });

  test('a rename whose answer was lost does not write over what somebody else put there since', async () => {
    const team: { current?: Team } = {};
    const adapt = losingFirstCopy(async () => team.current?.bucket.put('new', 'somebody else, meanwhile'));
    team.current = await createTeam(await useDouble(), { adapt }, {});
    const [a, b] = team.current.computers;
    if (a === undefined || b === undefined) throw new Error('There are two computers.');
    await a.root.write('old', 'renamed on a');
    await a.root.write('other', 'x');
    await team.current.settle();
    await a.root.move('old', 'new');
    const contents = Object.values(await team.current.settle());
    expect(contents).toContain(hashOf('somebody else, meanwhile'));
    expect(contents).toContain(hashOf('renamed on a'));
    expect(contents).toHaveLength(3);
  });

  test('a disk that goes away in the middle of a download: what went below its mount point is not believed to be there', async () => {
    const disk = { isToGo: false };
    const adapt = (environment: Environment): Environment => {
      const writeFile: FileSystem['writeFile'] = async (root, ...written) => {
        if (disk.isToGo) {
          disk.isToGo = false;
          await rename(root, `${root}-away`);
          await mkdir(root);
        }
        return environment.fs.writeFile(root, ...written);
      };
      return { ...environment, fs: { ...environment.fs, writeFile } };
    };
    const team = await createTeam(await useDouble(), {}, { adapt });
    const [a, b] = team.computers;
    if (a === undefined || b === undefined) throw new Error('There are two computers.');
    await a.root.write('there before', 'x');
    await team.settle();
    for (const name of ['one', 'two']) await a.root.write(name, name);
    await a.sync();
    disk.isToGo = true;
    expect(await b.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    await rm(b.root.path, { recursive: true });
    await rename(`${b.root.path}-away`, b.root.path);
    expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, downloadedFiles: 2 });
    expect(Object.keys(await team.settle())).toEqual(['one', 'there before', 'two']);
  });

  test('rule 3: the last file of a folder is held back although the others went before it, one at a time', async () => {
    const team = await createPair(await useDouble());
    const { a, bucket, settle } = team;
    for (const name of ['one', 'two']) await a.root.write(name, name);
    await settle();
    const lastFullPass = async () => (await a.client.call('folder.status', { id: a.folderId })).lastFullPassMs;
    const before = await lastFullPass();
    await a.watch();
    await pollUntil('a comparison', async () => ((await lastFullPass()) === before ? undefined : true));
    await a.root.remove('one');
    await pollUntil('one to go', async () => ((await bucket.keys()).includes('one') ? undefined : true));
    await a.root.remove('two');
    await pollUntil('the brake', async () => (await a.client.call('folder.status', { id: a.folderId })).hold);
    expect(await bucket.keys()).toEqual(['two']);
  });

  test('rule 13: a file that a rule leaves out stays when its object goes, also while the bucket is listed alone', async () => {
    const team = await createPair(await useListedDouble());
    const { b, bucket, settle } = team;
    await b.root.write('film.mov', 'a film');
    await b.root.write('other', 'x');
    await settle();
    await b.root.write('.rustfsignore', '*.mov\n');
    await b.sync();
    await b.watch();
    await afterNextListing(team, b, 'first');
    await bucket.remove('film.mov');
    await afterNextListing(team, b, 'second');
    await afterNextListing(team, b, 'third');
    expect((await b.tree())['film.mov']).toBe(hashOf('a film'));
  });

  test('rule 13: a file that a rule left out while nobody could look at it stays when its object goes', async () => {
    const { b, bucket, settle } = await createPair(await useDouble());
    for (const path of ['docs/film.mov', 'docs/text', 'other']) await b.root.write(path, path);
    await settle();
    await b.root.move('docs', '../docs-elsewhere');
    await symlink('/nowhere', b.root.at('docs'));
    await b.root.write('.rustfsignore', '*.mov\n');
    await b.sync();
    await bucket.remove('docs/film.mov');
    await b.root.remove('docs');
    await b.root.move('../docs-elsewhere', 'docs');
    await b.root.remove('.rustfsignore');
    await b.sync();
    expect(Object.keys(await b.tree())).toEqual(['docs/film.mov', 'docs/text', 'other']);
  });

  test('rule 13: a large file that was on its way when a rule came stays when its object goes', async () => {
    const double = await useDouble();
    const [asked, arrives] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const adapt = withStore((store) => ({
      get: async (request, signal) => {
        asked.resolve(undefined);
        await arrives.promise;
        return store.get(request, signal);
      },
    }));
    const { computers, bucket } = await createTeam(double, { adapt });
    const [b] = computers as [Computer];
    await b.root.write('other', 'x');
    await bucket.put('film', Buffer.alloc(MULTIPART_THRESHOLD_BYTES, 'film'));
    await b.watch();
    await asked.promise;
    await b.root.write('.rustfsignore', 'film\n');
    await pollUntil('the rule', async () => (await bucket.keys()).includes('.rustfsignore') || undefined);
    const looks = () => double.requests.of('HeadObject').filter(({ key }) => key === 'film').length;
    const before = looks();
    arrives.resolve(undefined);
    await pollUntil('it to arrive and to be looked at', async () => {
      const { state } = await b.client.call('folder.status', { id: b.folderId });
      return (state === 'in-sync' && looks() > before) || undefined;
    });
    await b.restart();
    await bucket.remove('film');
    await b.root.remove('.rustfsignore');
    await b.sync();
    expect(Object.keys(await b.tree())).toEqual(['film', 'other']);
  });

  test('an object that changes behind a symbolic link is not fetched with every listing', async () => {
    const double = await useListedDouble();
    const team = await createPair(double);
    const { b, bucket, settle } = team;
    await b.root.write('doc', 'a document');
    await b.root.write('other', 'x');
    await settle();
    await b.root.remove('doc');
    await symlink('/nowhere', b.root.at('doc'));
    await b.sync();
    await bucket.put('doc', 'edited elsewhere');
    const fetched = () => double.requests.of('GetObject').filter(({ key }) => key === 'doc').length;
    const before = fetched();
    await b.watch();
    for (const name of ['first', 'second', 'third']) await afterNextListing(team, b, name);
    expect(fetched()).toBe(before);
    expect(await b.problemCodes()).toEqual(['doc: symlink']);
  });

  test('on a disk that ignores case, a symbolic link of another case stops nothing but what is below it', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const computer = await MemoryComputer.make(double, bucket, { caseInsensitive: true });
    computer.fs.makeLink('/root/docs', '/elsewhere');
    await bucket.put('Docs/a', 'below');
    await bucket.put('other', 'x');
    expect(await computer.sync()).toMatchObject({ result: 'problems', downloadedFiles: 1 });
    expect(await computer.problemCodes()).toEqual(['Docs/a: case-clash', 'docs: symlink']);
    expect(await bucket.keys()).toEqual(['Docs/a', 'other']);
  });

  test('an object whose name only an ignored one that is gone would keep from being, is sent', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const computer = await MemoryComputer.make(double, bucket, {});
    computer.write('docs/b.txt', 'a file in a directory');
    computer.write('other', 'x');
    await computer.sync();
    computer.write('.rustfsignore', 'b.txt\n');
    await computer.sync();
    await bucket.remove('docs/b.txt');
    computer.move('docs', 'elsewhere');
    computer.write('docs', 'a file now');
    await computer.sync();
    expect(await bucket.text('docs')).toBe('a file now');
    expect(await computer.problemCodes()).toEqual([]);
  });

  test('on a disk with whole seconds, a file that is written all the time is not read, however long it waits', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    // So slow that no pause of a busy machine makes the file look quiet.
    const computer = await MemoryComputer.make(double, bucket, { mtimeGranularityMs: 2_000 }, { haste: 2 });
    let isBusy = true;
    computer.write('log', 'a line');
    computer.fs.onCall = ({ op, path }) => {
      if (!isBusy || op !== 'stat' || path !== '/root/log') return;
      computer.fs.setModified(path, BigInt(computer.nowMs) * 1_000_000n);
    };
    expect(await computer.sync()).toMatchObject({ result: 'problems' });
    // It has been put off so often by now that a file of another disk would be tried as it is.
    expect(await computer.sync()).toMatchObject({ result: 'problems' });
    expect(await bucket.keys()).toEqual([]);
    isBusy = false;
    expect(await computer.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });
});
