import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { nativePath } from '../../../src/local/disk-path.ts';
import { approveHeld } from '../../support/approve-held.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { sha256, type EngineRoot } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { MemoryComputer } from '../../support/memory-computer.ts';
import { contentOf, type S3Double } from '../../support/s3-double/index.ts';
import { createPair, createTeam, type Team } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

/** Puts an object under a key that the double would not take, as another server may. */
function smuggle(double: S3Double, team: Team, key: string, content: string): void {
  const bucket = double.model.bucket(team.bucket.name);
  const stored = double.model.putObject(team.bucket.name, 'smuggled', contentOf(content));
  bucket.setVersions('smuggled', []);
  bucket.setVersions(key, [{ ...stored, key }]);
}

/** Lists a key that lies below another one, which the double hides as MinIO does, and RustFS does not. */
function listingToo(key: string): (environment: Environment) => Environment {
  return withStore((store) => ({
    listPage: async (request, signal) => {
      const page = await store.listPage(request, signal);
      const head = await store.head(request.bucket, key, signal);
      if (head === undefined) return page;
      const { sizeBytes, etag } = head;
      const hidden = { key, sizeBytes, etag, lastModifiedMs: 0 };
      const objects = [...page.objects, hidden].sort((a, b) => (a.key < b.key ? -1 : 1));
      return { ...page, objects };
    },
  }));
}

/** The disk of a test under the rules of Windows: what has a name that Windows can not hold is refused. */
function asOnWindows(fs: FileSystem): FileSystem {
  return new Proxy(fs, {
    get: (from, name) => {
      const method = Reflect.get(from, name) as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        const [root, ...paths] = args.slice(0, name === 'move' ? 3 : 2);
        for (const path of paths) nativePath(String(root), String(path), 'win32');
        return method.apply(from, args);
      };
    },
  });
}

async function fill(root: EngineRoot, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await root.write(`d/${String(i).padStart(2, '0')}`, `content ${i}`);
}

async function removeAll(team: Team): Promise<void> {
  for (const key of await team.bucket.keys()) await team.bucket.remove(key);
}

describe('rule 19: keys that no folder can hold', () => {
  test('key-escapes-root: nothing is written outside the root, each key is told, and the rest syncs', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    const { a } = team;
    const hostile = [
      '../outside',
      'd/../../outside',
      '/absolute',
      'back\\slash',
      'bell\u0007',
      'line\nbreak',
      'd//double',
      './dot',
      'long-name/'.concat('x'.repeat(256)),
      'reversed\u202Etxt.exe',
      'Gru\u0308n',
    ];
    for (const key of hostile) smuggle(double, team, key, `hostile ${key}`);
    await team.bucket.put('plain', 'x');
    await team.bucket.put('Grün', 'the NFC twin');
    const longest = Array.from({ length: 5 }, () => 'x'.repeat(204)).join('/');
    expect(Buffer.byteLength(longest)).toBe(1_024);
    smuggle(double, team, longest, 'the longest key');
    expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 3 });
    expect(Object.keys(await a.tree())).toEqual(['Grün', 'plain', longest]);
    expect(await readdir(dirname(a.root.path))).toEqual(['home', 'root']);
    const told = await a.client.call('problem.list', { folderId: a.folderId });
    expect(told.map(({ path }) => path).sort()).toEqual([...hostile].sort());
    // And none of them is deleted or moved in the bucket.
    expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 0, deletedFiles: 0, uploadedFiles: 0 });
    expect((await team.bucket.keys()).length).toBe(hostile.length + 3);
  });

  test('key-escapes-root: what only Windows can not hold, or reads as something else, is refused there, told, and stays in the bucket', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const windows = await MemoryComputer.make(double, bucket, { caseInsensitive: true }, { adaptDisk: asOnWindows });
    const impossible = ['"quoted"', '<b>', 'd/a|b', 'stars/*', 'what?'];
    const otherwise = [
      'C:/x',
      'RUSTFS~1/tmp/x',
      'aux/inner',
      'con.txt',
      'd/file:stream',
      'd/nul',
      'space ',
      'trailing.',
      'up/.. /x',
    ];
    const hostile = [...impossible, ...otherwise].sort();
    for (const key of [...hostile, 'd/console', 'plain']) await bucket.put(key, `content of ${key}`);
    const told = hostile.map((key) => `${key}: unsafe-name`);
    for (const downloadedFiles of [2, 0]) {
      expect(await windows.sync()).toMatchObject({ result: 'problems', downloadedFiles, deletedFiles: 0 });
      expect(windows.tree()).toEqual({ 'd/console': 'content of d/console', plain: 'content of plain' });
      expect(await windows.problemCodes()).toEqual(told);
    }
    expect(await bucket.keys()).toEqual([...hostile, 'd/console', 'plain'].sort());
  });

  test('a key and another one below it: one of the two is on the disk, the other one is told', async () => {
    const double = await useDouble();
    const team = await createTeam(double, { adapt: listingToo('a/b') });
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    smuggle(double, team, 'a', 'the file');
    smuggle(double, team, 'a/b', 'below the file');
    await team.bucket.put('plain', 'x');
    expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 2 });
    const tree = await a.tree();
    expect(Object.keys(tree)).toHaveLength(2);
    expect((await a.problemCodes()).filter((one) => one.endsWith('type-clash'))).toHaveLength(1);
    expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 0, deletedFiles: 0, uploadedFiles: 0 });
    expect(await a.tree()).toEqual(tree);
    for (const key of ['a', 'a/b']) expect(await team.bucket.etag(key)).toBeDefined();
  });

  test('keys of our own private directory are never written to it', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    const { a } = team;
    await team.bucket.put('plain', 'x');
    for (const key of ['.rustfs-sync/trash/x', '.rustfs-sync/marker', '.RustFS-Sync/x']) {
      await team.bucket.put(key, 'hostile');
    }
    await a.sync();
    expect(Object.keys(await a.tree()).filter((path) => path !== 'plain')).toEqual([]);
    expect(await a.trash()).toEqual({});
  });
});

describe('rule 3: the brake', () => {
  test('a folder emptied on one computer is held there; approved, it empties the other one only after its own approval', async () => {
    const team = await createPair(await useDouble());
    const { a, b, bucket } = team;
    await fill(a.root, 12);
    await team.settle();
    await a.root.remove('d');
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await bucket.keys()).toHaveLength(12);
    expect(await b.sync()).toMatchObject({ result: 'in-sync' });
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 12 });
    expect(await b.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(Object.keys(await b.tree())).toHaveLength(12);
    await approveHeld(b);
    expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 12 });
    expect(await b.tree()).toEqual({});
    expect(Object.keys(await b.trash())).toHaveLength(12);
  });

  test('a bucket that somebody else emptied deletes nothing here until it is approved', async () => {
    const team = await createPair(await useDouble());
    const { a } = team;
    await fill(a.root, 3);
    await team.settle();
    await removeAll(team);
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(Object.keys(await a.tree())).toHaveLength(3);
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 3 });
    expect(Object.keys(await a.trash())).toEqual(['d/00', 'd/01', 'd/02']);
  });

  test('all content replaced by somebody else is held', async () => {
    const team = await createPair(await useDouble());
    const { a } = team;
    await fill(a.root, 12);
    await team.settle();
    for (const key of await team.bucket.keys()) await team.bucket.put(key, 'all your files are encrypted');
    expect(await a.sync()).toMatchObject({ result: 'held', downloadedFiles: 0 });
    expect((await a.root.read('d/00')).toString()).toBe('content 0');
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 12 });
    expect((await a.trash())['d/00']).toBe(hashOf('content 0'));
  });

  test('a whole folder renamed is no mass deletion, on neither computer', async () => {
    const team = await createPair(await useDouble());
    const { a, b } = team;
    await fill(a.root, 12);
    await team.settle();
    await a.root.move('d', 'elsewhere');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', movedFiles: 12 });
    expect(await b.sync()).toMatchObject({ result: 'in-sync', movedFiles: 12 });
  });
});

// The double honours the condition on a copy; MinIO does not.
test.skipIf(isWithoutRealServer)(
  'rule 10: what somebody puts under the new name of a renamed file, before its copy is tried again, stays',
  async () => {
    let isFirst = true;
    const adapt = withStore((store) => ({
      copy: async (request, signal) => {
        if (!isFirst) return store.copy(request, signal);
        isFirst = false;
        await team.bucket.put(request.key, 'theirs');
        throw new SyncError({ code: 'slow-down', message: 'Too busy.', advice: '', retryable: true });
      },
    }));
    const team = await createTeam(sharedServer(), { adapt });
    const [a] = team.computers;
    if (a === undefined) throw new Error('A team has a computer.');
    await a.root.write('doc', 'mine');
    await team.settle();
    await a.root.move('doc', 'renamed');
    await a.sync();
    expect(isFirst).toBe(false);
    expect(await team.bucket.text('renamed')).toBe('theirs');
    expect(Object.values(await team.settle())).toHaveLength(2);
  },
);

describe('rule 2: listings that lie', () => {
  test('listing-cut-short: a listing that ends early deletes nothing', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    await fill(team.a.root, 12);
    await team.settle();
    const cut = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'cutListing', afterKeys: 8 });
    for (const computer of [team.a, team.b]) expect(await computer.sync()).toMatchObject({ deletedFiles: 0 });
    expect(cut.hits).toBeGreaterThan(0);
    for (const computer of [team.a, team.b]) expect(Object.keys(await computer.tree())).toHaveLength(12);
    cut.remove();
    expect(Object.keys(await team.settle())).toHaveLength(12);
  });

  test('a listing that is out of date deletes nothing and takes no older version for a newer one', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    const { a } = team;
    await fill(a.root, 3);
    await team.settle();
    const snapshot = double.model.bucket(team.bucket.name).snapshot();
    await a.root.write('d/new', 'new');
    await a.root.write('d/00', 'edited');
    await a.root.remove('d/01');
    await team.settle();
    const stale = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'staleListing', snapshot });
    for (const computer of [a, team.b, a]) await computer.sync();
    stale.remove();
    expect(await team.settle()).toEqual({
      'd/00': hashOf('edited'),
      'd/02': hashOf('content 2'),
      'd/new': hashOf('new'),
    });
  });

  test('bucket-deleted: a bucket that was deleted, and one that was made anew under its name, delete nothing', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    const { a } = team;
    await fill(a.root, 3);
    await team.settle();
    await removeAll(team);
    for (const key of double.model.bucket(team.bucket.name).keys.inOrder().slice()) await team.bucket.remove(key);
    double.model.deleteBucket(team.bucket.name);
    expect(await a.sync()).toMatchObject({ result: 'unreachable', deletedFiles: 0, error: { code: 'no-such-bucket' } });
    expect(Object.keys(await a.tree())).toHaveLength(3);
    double.model.createBucket(team.bucket.name);
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(Object.keys(await a.tree())).toHaveLength(3);
  });

  test('a server that fails in the middle of a listing deletes nothing', async () => {
    const double = await useDouble();
    const team = await createPair(double);
    await fill(team.a.root, 3);
    await team.settle();
    const broken = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied' });
    expect(await team.a.sync()).toMatchObject({ deletedFiles: 0 });
    expect(Object.keys(await team.a.tree())).toHaveLength(3);
    broken.remove();
    await team.settle();
  });
});

describe('download mode', () => {
  const options = { folder: { mode: 'download' } } as const;
  const WRITES = ['PutObject', 'DeleteObject', 'CopyObject', 'DeleteObjects', 'CreateMultipartUpload'] as const;

  test('it takes over what the bucket holds, and never writes to it', async () => {
    const double = await useDouble();
    const team = await createTeam(double, options);
    const [reader] = team.computers;
    if (reader === undefined) throw new Error('There is one computer.');
    for (const key of ['edited', 'edited-both', 'gone', 'stays']) await team.bucket.put(key, 'as it was');
    expect(await reader.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 4 });
    await team.bucket.put('edited-both', 'edited in the bucket');
    const before = await team.remote();
    double.requests.clear();
    await reader.root.write('edited', 'edited here');
    await reader.root.write('edited-both', 'edited here as well');
    await reader.root.write('mine', 'only here');
    await reader.root.remove('gone');
    expect(await reader.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0, deletedFiles: 0 });
    await reader.sync();
    for (const operation of WRITES) expect(double.requests.count(operation)).toBe(0);
    expect(await team.remote()).toEqual(before);
    expect((await reader.problemCodes()).sort()).toEqual(['edited-both: conflict', 'edited: local-changed']);
    expect(await reader.tree()).toEqual({
      edited: hashOf('edited here'),
      'edited-both': hashOf('edited here as well'),
      gone: hashOf('as it was'),
      mine: hashOf('only here'),
      stays: hashOf('as it was'),
    });
  });

  for (const mirrorDeletes of [false, true]) {
    test(`a deletion in the bucket is ${mirrorDeletes ? '' : 'not '}repeated here`, async () => {
      const double = await useDouble();
      const team = await createTeam(double, { folder: { mode: 'download', mirrorDeletes } });
      const [reader] = team.computers;
      if (reader === undefined) throw new Error('There is one computer.');
      for (const key of ['gone', 'stays']) await team.bucket.put(key, 'as it was');
      await reader.sync();
      await team.bucket.remove('gone');
      double.requests.clear();
      expect(await reader.sync()).toMatchObject({ result: 'in-sync', deletedFiles: mirrorDeletes ? 1 : 0 });
      expect(Object.keys(await reader.tree())).toEqual(mirrorDeletes ? ['stays'] : ['gone', 'stays']);
      for (const operation of WRITES) expect(double.requests.count(operation)).toBe(0);
    });
  }

  test('a file renamed here is fetched again under its name, and the renamed one stays', async () => {
    const team = await createTeam(await useDouble(), options);
    const [reader] = team.computers;
    if (reader === undefined) throw new Error('There is one computer.');
    for (const key of ['doc', 'stays']) await team.bucket.put(key, 'as it was');
    await reader.sync();
    await reader.root.move('doc', 'renamed');
    await reader.sync();
    expect(Object.keys(await reader.tree())).toEqual(['doc', 'renamed', 'stays']);
    expect(await team.bucket.keys()).toEqual(['doc', 'stays']);
  });
});
