import { describe, expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { useListedDouble } from '../../support/listed-double.ts';
import { pollUntil } from '../../support/loopback.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { MemoryComputer } from '../../support/memory-computer.ts';
import type { S3Access } from '../../support/s3-client.ts';
import type { S3Double } from '../../support/s3-double/index.ts';

/** A Mac and a Linux computer on one bucket. */
async function makePair(access: S3Access) {
  const bucket = await makeBucket(access);
  const mac = await MemoryComputer.make(access, bucket, { caseInsensitive: true });
  const linux = await MemoryComputer.make(access, bucket, {});
  const settle = async () => {
    for (let round = 0; round < 3; round++) for (const one of [mac, linux]) await one.sync();
  };
  const remote = async () => {
    const found: Record<string, string> = {};
    for (const key of await bucket.keys()) found[key] = await bucket.text(key);
    return found;
  };
  return { bucket, mac, linux, settle, remote };
}

/** Requests that carried the content of a file. */
function contentRequests({ requests }: S3Double): string[] {
  return [...requests.of('PutObject'), ...requests.of('GetObject')]
    .filter(({ status }) => status === 200 || status === 206)
    .map(({ operation, key }) => `${operation} ${key ?? ''}`);
}

describe('rule 13: case-clash, two keys that differ only in case, on a disk that ignores case', () => {
  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `one of the two is on the disk, the other one is told and stays (${server} server)`,
      async () => {
        const { mac, linux, settle, remote } = await makePair(server === 'double' ? await useDouble() : sharedServer());
        const all = {
          'A.txt': 'large',
          'Dir/x': 'x',
          'a.txt': 'small',
          'dir/y': 'y',
          plain: 'p',
          'Ä/é': '1',
          'ä/É': '2',
        };
        for (const [path, text] of Object.entries(all)) linux.write(path, text);
        await linux.sync();
        await settle();
        expect(mac.tree()).toEqual({ 'A.txt': 'large', 'Dir/x': 'x', plain: 'p', 'Ä/é': '1' });
        expect(await mac.problemCodes()).toEqual(['a.txt: case-clash', 'dir/y: case-clash', 'ä/É: case-clash']);
        expect((await mac.problems()).map(({ detail }) => detail)).toEqual(['A.txt', 'Dir', 'Ä']);
        expect((await mac.problems())[0]?.message).toContain('“A.txt”');
        expect(await remote()).toEqual(all);
        expect(linux.tree()).toEqual(all);
        expect(await linux.problemCodes()).toEqual([]);
        expect(await mac.sync()).toMatchObject({
          result: 'problems',
          uploadedFiles: 0,
          downloadedFiles: 0,
          deletedFiles: 0,
        });
      },
    );
  }

  test('the one that was there first stays, and both go on being synced where they are', async () => {
    const { mac, linux, settle, remote } = await makePair(await useDouble());
    mac.write('b.txt', 'first');
    await settle();
    linux.write('B.txt', 'second');
    await settle();
    expect(mac.tree()).toEqual({ 'b.txt': 'first' });
    expect(await mac.problemCodes()).toEqual(['B.txt: case-clash']);
    mac.write('b.txt', 'first, edited');
    linux.write('B.txt', 'second, edited');
    await settle();
    expect(mac.tree()).toEqual({ 'b.txt': 'first, edited' });
    expect(await remote()).toEqual({ 'B.txt': 'second, edited', 'b.txt': 'first, edited' });
    expect(linux.tree()).toEqual(await remote());
  });

  test('when the one on the disk is deleted, the other one comes', async () => {
    const { mac, linux, settle, remote } = await makePair(await useDouble());
    for (const path of ['C', 'c', 'other', 'more']) linux.write(path, `content of ${path}`);
    await linux.sync();
    await settle();
    mac.fs.remove('/root/C');
    await settle();
    expect(Object.keys(mac.tree())).toEqual(['c', 'more', 'other']);
    expect(Object.keys(await remote())).toEqual(['c', 'more', 'other']);
    expect(await mac.problemCodes()).toEqual([]);
    expect(Object.keys(linux.tree())).toEqual(['c', 'more', 'other']);
  });

  test('a new file here and another one there under a name of other case are both kept', async () => {
    const { mac, linux, settle, remote } = await makePair(await useDouble());
    mac.write('notes', 'here');
    linux.write('Notes', 'there');
    await settle();
    expect(await remote()).toEqual({ Notes: 'there', notes: 'here' });
    expect(Object.values(mac.tree())).toHaveLength(1);
    expect((await mac.problemCodes()).join()).toContain('case-clash');
    expect(linux.tree()).toEqual(await remote());
  });

  test('what is to come to the name of a file that can not move away is not fetched with every look', async () => {
    const double = await useDouble();
    const { mac, bucket } = await makePair(double);
    for (const path of ['docs/n', 'other']) mac.write(path, `content of ${path}`);
    await mac.sync();
    await bucket.put('m/c', 'content of docs/n');
    await bucket.remove('docs/n');
    await bucket.put('docs/N', 'another one');
    mac.write('m', 'a file in the place of a directory');
    for (let look = 0; look < 3; look++) await mac.sync();
    expect(mac.tree()).toMatchObject({ 'docs/n': 'content of docs/n', m: 'a file in the place of a directory' });
    expect(contentRequests(double).filter((request) => request.endsWith('docs/N'))).toEqual(['PutObject docs/N']);
  });

  test('a folder that comes from a disk that could hold both deletes neither', async () => {
    const { mac, bucket, remote } = await makePair(await useDouble());
    for (const path of ['one', 'other']) mac.write(path, path);
    await mac.sync();
    await bucket.put('ONE', 'the other one');
    const { state } = mac;
    const known = state.base.get(mac.folderId, 'one');
    if (known === undefined) throw new Error('It was just synced.');
    // As a computer remembers it on which both were files.
    const etag = (await bucket.etag('ONE')) ?? '';
    state.base.put(mac.folderId, { ...known, path: 'ONE' as RelativePath, etag, sizeBytes: 13, fileId: '77' });
    const before = await remote();
    expect(await mac.sync()).toMatchObject({ result: 'problems', deletedFiles: 0, uploadedFiles: 0 });
    expect(await mac.problemCodes()).toEqual(['ONE: case-clash']);
    expect(await remote()).toEqual(before);
    expect(mac.tree()).toEqual({ one: 'one', other: 'other' });
  });

  test('a file whose name another spelling took, and whose object changed, is told once and tried no more', async () => {
    const double = await useListedDouble();
    const { mac, bucket } = await makePair(double);
    for (const path of ['docs', 'other']) mac.write(path, path);
    await mac.sync();
    await bucket.put('docs', 'edited elsewhere');
    mac.move('docs', 'DOCS');
    mac.write('DOCS', 'another one now');
    await mac.sync();
    const told = ['docs: case-clash'];
    expect(await mac.problemCodes()).toEqual(told);
    const lookedAt = () => double.requests.of('HeadObject').filter(({ key }) => key === 'docs').length;
    const before = lookedAt();
    await mac.watch();
    for (const name of ['first', 'second', 'third']) {
      await bucket.put(name, name);
      await pollUntil(name, () => Promise.resolve(mac.tree()[name]));
      expect(await mac.problemCodes()).toEqual(told);
    }
    expect(lookedAt()).toBe(before);
    mac.hint('docs');
    await pollUntil('a look at the path', () => Promise.resolve(lookedAt() > before || undefined));
    await bucket.put('fourth', '4');
    await pollUntil('fourth', () => Promise.resolve(mac.tree()['fourth']));
    expect(await mac.problemCodes()).toEqual(told);
    expect(double.requests.of('CopyObject')).toEqual([]);
    mac.move('DOCS', 'elsewhere');
    await pollUntil('the object', () => Promise.resolve(mac.tree()['docs']));
    expect(mac.tree()).toMatchObject({ elsewhere: 'another one now', docs: 'edited elsewhere' });
  });

  test('who only uploads neither fetches nor touches the other one', async () => {
    const access = await useDouble();
    const bucket = await makeBucket(access);
    const mac = await MemoryComputer.make(access, bucket, { caseInsensitive: true }, { mode: 'upload' });
    mac.write('one', 'large');
    await mac.sync();
    await bucket.put('ONE', 'small');
    expect(await mac.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(await bucket.keys()).toEqual(['ONE', 'one']);
  });
});

describe('case-only-rename', () => {
  for (const [where, other] of [
    ['mac', 'linux'],
    ['linux', 'mac'],
  ] as const) {
    test(`of a file, of a directory and of one in a directory crosses from ${where} without content`, async () => {
      const double = await useDouble();
      const pair = await makePair(double);
      const { settle, remote } = pair;
      const start = ['readme', 'dir/sub/one', 'dir/sub/two', 'dir/three', 'keep/Name', 'Grüße/straße', 'other'];
      for (const path of start) pair[where].write(path, `content of ${path}`);
      await settle();
      expect(Object.keys(pair[other].tree())).toHaveLength(start.length);
      double.requests.clear();
      pair[where].move('readme', 'README');
      pair[where].move('dir', 'Dir');
      pair[where].move('keep/Name', 'keep/name');
      pair[where].move('Grüße/straße', 'Grüße/Straße');
      await settle();
      expect(contentRequests(double)).toEqual([]);
      const expected = ['Dir/sub/one', 'Dir/sub/two', 'Dir/three', 'Grüße/Straße', 'README', 'keep/name', 'other'];
      expect(Object.keys(await remote()).sort()).toEqual(expected);
      for (const one of ['mac', 'linux'] as const) {
        expect(pair[one].tree()).toEqual(await remote());
        expect(await pair[one].problemCodes()).toEqual([]);
        expect(pair[one].trash()).toEqual({});
      }
    });

    test(`with an edit crosses from ${where}, and what it replaces is in the trash`, async () => {
      const { settle, remote, ...pair } = await makePair(await useDouble());
      pair[where].write('readme', 'as it was');
      pair[where].write('dir/in', 'as it was');
      pair[where].write('other', 'x');
      await settle();
      pair[where].move('readme', 'README');
      pair[where].write('README', 'edited, and longer');
      pair[where].move('dir', 'DIR');
      pair[where].write('DIR/in', 'edited, and longer');
      await settle();
      expect(await remote()).toEqual({ README: 'edited, and longer', 'DIR/in': 'edited, and longer', other: 'x' });
      expect(pair.mac.tree()).toEqual(await remote());
      expect(pair.linux.tree()).toEqual(await remote());
      expect(pair[other].trash()).toEqual({ readme: 'as it was', 'dir/in': 'as it was' });
      expect([...(await pair.mac.problemCodes()), ...(await pair.linux.problemCodes())]).toEqual([]);
    });
  }

  test('of a directory of which only a part was renamed there leaves the spelling here, and tells', async () => {
    const { mac, linux, settle, remote } = await makePair(await useDouble());
    for (const path of ['dir/one', 'dir/two', 'other']) mac.write(path, path);
    await settle();
    linux.move('dir/one', 'Dir/one');
    await settle();
    expect(await remote()).toEqual({ 'Dir/one': 'dir/one', 'dir/two': 'dir/two', other: 'other' });
    expect(Object.keys(mac.tree())).toEqual(['dir/two', 'other']);
    expect(await mac.problemCodes()).toEqual(['Dir/one: case-clash']);
    expect(linux.tree()).toEqual(await remote());
  });
});
