import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem, WatchHint } from '../../../src/core/environment.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { refusal } from '../../support/memory-refusals.ts';
import { Computer, createPair, createTeam, withWallClock } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

/** What can go wrong with what is remembered, with the settings, the clock and the numbers. Each test is named after its hazard. */

const hashOf = (text: string) => sha256(Buffer.from(text));

const HOUR_MS = 3_600_000;

/** A server that tells of nothing that others do. */
const withoutEvents = withStore(() => ({
  async *listen() {
    throw refusal('server-refused');
  },
}));

/** A watcher that sees nothing by itself: the test says what it sees. */
class ToldWatcher {
  #onHint: ((hint: WatchHint) => void) | undefined;

  readonly adapt = (environment: Environment): Environment => ({
    ...environment,
    watcher: {
      ...environment.watcher,
      watch: async (_root, _filter, onHint) => {
        this.#onHint = onHint;
        return { close: async () => undefined };
      },
    },
  });

  sees(...paths: readonly string[]): void {
    for (const path of paths) this.#onHint?.({ kind: 'path', path });
  }
}

describe('what is remembered', () => {
  test('database-lost: deletes nothing, keeps both of what differs, adopts what is equal', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    for (const path of ['equal', 'edited-here', 'edited-there', 'gone-here', 'gone-there']) {
      await a.root.write(path, `content of ${path}`);
    }
    await settle();
    await a.root.write('edited-here', 'edited on a');
    await a.root.remove('gone-here');
    await b.root.write('edited-there', 'edited on b');
    await b.root.remove('gone-there');
    await b.sync();
    await a.loseDatabase();
    const tree = await settle();
    // Without a memory nobody knows of a deletion: the files come back.
    for (const path of ['equal', 'gone-here', 'gone-there']) expect(tree[path]).toBe(hashOf(`content of ${path}`));
    const contents = Object.values(tree);
    for (const text of ['edited on a', 'edited on b', 'content of edited-here', 'content of edited-there']) {
      expect(contents).toContain(hashOf(text));
    }
    expect([await a.trash(), await b.trash()]).toEqual([{}, {}]);
  });

  test('database-lost: on both computers at once, with equal files, moves no byte', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    for (let i = 0; i < 20; i++) await a.root.write(`d/${i}`, `content ${i}`);
    const before = await settle();
    for (const one of [a, b]) await one.loseDatabase();
    double.requests.clear();
    for (const one of [a, b]) {
      expect(await one.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, downloadedFiles: 0 });
    }
    expect(double.requests.of('PutObject').filter(({ key }) => key?.startsWith('d/'))).toEqual([]);
    expect(await settle()).toEqual(before);
  });
});

describe('settings', () => {
  test('filter-change: rule 13: what a new rule leaves out is deleted on no side, and is synced again without it', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (const path of ['doc.txt', 'film.mov', 'd/film.mov']) await a.root.write(path, path);
    await settle();
    await a.root.write('.rustfsignore', '*.mov\n');
    for (const one of [a, b, a]) expect(await one.sync()).toMatchObject({ deletedFiles: 0 });
    await a.root.remove('film.mov');
    await b.root.write('d/film.mov', 'edited on b');
    for (const one of [a, b, a]) expect(await one.sync()).toMatchObject({ deletedFiles: 0, uploadedFiles: 0 });
    expect(Object.keys(await b.tree())).toEqual(['.rustfsignore', 'd/film.mov', 'doc.txt', 'film.mov']);
    await a.root.write('.rustfsignore', '# all of it\n');
    const tree = await settle();
    expect(tree['d/film.mov']).toBe(hashOf('edited on b'));
    // It was deleted on one side while it was left out on the other: what nobody watched over is kept.
    expect(Object.keys(tree)).toEqual(['.rustfsignore', 'd/film.mov', 'doc.txt', 'film.mov']);
    expect(Object.keys(await b.trash())).not.toContain('film.mov');
  });

  test('filter-change: rule 13: files that were removed here while a rule left them out come back when the rule goes', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    for (const path of ['photos/one', 'photos/two', 'photos/three', 'doc']) await a.root.write(path, path);
    const before = await settle();
    await a.root.write('.rustfsignore', 'photos/\n');
    await a.sync();
    await a.root.remove('photos/one');
    await a.root.remove('photos/two');
    await bucket.put('photos/two', 'edited elsewhere');
    await bucket.put('photos/three', 'also edited elsewhere');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 0, deletedFiles: 0 });
    await a.root.remove('.rustfsignore');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 3 });
    const after = {
      ...before,
      'photos/two': hashOf('edited elsewhere'),
      'photos/three': hashOf('also edited elsewhere'),
    };
    expect(await settle()).toEqual(after);
    expect(await bucket.trashed()).toEqual(['.rustfsignore']);
    // From now on they are files like any others.
    await a.root.remove('photos/one');
    for (const one of [a, b]) expect(await one.sync()).toMatchObject({ deletedFiles: 1 });
  });

  test('filter-change: a rule that comes and goes leaves nothing to be read, fetched or sent, and what was edited is sent', async () => {
    const double = await useDouble();
    const { a, settle } = await createPair(double);
    for (const path of ['photos/one', 'photos/two', 'doc']) await a.root.write(path, path);
    await settle();
    await a.root.write('.rustfsignore', 'photos/\n');
    await settle();
    await a.root.write('photos/two', 'edited while it was left out');
    await a.root.write('.rustfsignore', '# nothing\n');
    double.requests.clear();
    await a.sync();
    const touched = (['GetObject', 'HeadObject', 'PutObject', 'CopyObject'] as const).flatMap((one) =>
      double.requests.of(one),
    );
    expect(touched.filter(({ key }) => key === 'photos/one')).toEqual([]);
    const tree = await settle();
    expect(Object.keys(tree)).toEqual(['.rustfsignore', 'doc', 'photos/one', 'photos/two']);
    expect(tree['photos/two']).toBe(hashOf('edited while it was left out'));
  });

  for (const mode of ['two-way', 'download'] as const) {
    test(`filter-change: rule 13: an object that went while a rule left its file out is no deletion, whichever look is the first without the rule (${mode})`, async () => {
      const watcher = new ToldWatcher();
      // As slow as the real one, so that nothing lists the bucket before the look at single paths.
      const options = {
        folder: { mode, mirrorDeletes: true },
        haste: 1,
        adapt: (one: Environment) => withoutEvents(watcher.adapt(one)),
      };
      const { computers, bucket } = await createTeam(await useDouble(), options);
      const [a] = computers;
      if (a === undefined) throw new Error('There is one computer.');
      for (const path of ['leave/same', 'leave/touched', 'other', 'stays']) await bucket.put(path, path);
      await a.sync();
      await a.root.write('.rustfsignore', 'leave/\n');
      await a.sync();
      const lastPassMs = async () => (await a.client.call('folder.status', { id: a.folderId })).lastFullPassMs;
      const before = await lastPassMs();
      await a.watch();
      await pollUntil('a first look', async () => ((await lastPassMs()) === before ? undefined : true));
      for (const path of ['leave/same', 'leave/touched']) await bucket.remove(path);
      await a.root.remove('.rustfsignore');
      await a.touch('leave/touched', new Date(Date.now() - HOUR_MS));
      await a.root.remove('other');
      watcher.sees('leave', 'other');
      await pollUntil('a look at single paths', async () =>
        mode === 'two-way'
          ? !(await bucket.keys()).includes('other') || undefined
          : 'other' in (await a.tree()) || undefined,
      );
      await a.sync();
      expect(await a.trash()).toEqual({});
      expect(Object.keys(await a.tree())).toEqual(expect.arrayContaining(['leave/same', 'leave/touched']));
    });
  }

  test('filter-change: rule 13: a deletion that waits to be tried again is none any more once a rule leaves its file out', async () => {
    const watcher = new ToldWatcher();
    let isBusy = true;
    const adapt = (environment: Environment): Environment => {
      const move: FileSystem['move'] = async (root, from, to, expected) => {
        if (isBusy && from === 'leave') throw refusal('disk-error');
        return environment.fs.move(root, from, to, expected);
      };
      return watcher.adapt({ ...environment, fs: { ...environment.fs, move } });
    };
    const { a, bucket, settle } = await createPair(await useDouble(), { adapt, haste: 100 });
    for (const path of ['leave', 'other', 'stays']) await a.root.write(path, path);
    await settle();
    await a.watch();
    await bucket.remove('leave');
    const isTold = async () => (await a.problemCodes()).some((one) => one.startsWith('leave: '));
    await pollUntil('the deletion to fail', async () => (await isTold()) || undefined);
    // That there is a new rule is not seen by anybody.
    await a.root.write('.rustfsignore', 'leave\n');
    isBusy = false;
    await pollUntil('the deletion to be tried again', async () => ((await isTold()) ? undefined : true));
    expect(await a.trash()).toEqual({});
    expect(await a.tree()).toHaveProperty('leave');
  });

  test('mode-change: from upload to two-way nothing is deleted, and what was kept in the bucket comes back', async () => {
    const { computers, bucket } = await createTeam(await useDouble(), { folder: { mode: 'upload' } });
    const [a] = computers;
    if (a === undefined) throw new Error('There is one computer.');
    for (const path of ['stays', 'edited', 'gone']) await a.root.write(path, `content of ${path}`);
    await a.sync();
    await a.root.remove('gone');
    await a.sync();
    await bucket.put('new', 'made there');
    await a.addAgain(bucket, { mode: 'two-way' });
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0, downloadedFiles: 2 });
    expect(Object.keys(await a.tree())).toEqual(['edited', 'gone', 'new', 'stays']);
  });

  test('mode-change: from two-way to download and back loses no edit', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    for (const path of ['doc', 'other']) await a.root.write(path, `content of ${path}`);
    await settle();
    await a.addAgain(bucket, { mode: 'download' });
    await a.sync();
    await a.root.write('doc', 'edited here');
    await a.root.write('mine', 'only here');
    expect(await a.sync()).toMatchObject({ uploadedFiles: 0, deletedFiles: 0 });
    await b.root.write('doc', 'edited there');
    for (const one of [b, a]) await one.sync();
    await a.addAgain(bucket, { mode: 'two-way' });
    const contents = Object.values(await settle());
    for (const text of ['edited here', 'edited there', 'only here']) expect(contents).toContain(hashOf(text));
  });
});

describe('the clock', () => {
  for (const [name, offsetMs] of [
    ['a day ahead', 24 * HOUR_MS],
    ['a month back', -30 * 24 * HOUR_MS],
    ['two years back', -730 * 24 * HOUR_MS],
  ] as const) {
    test(`clock-jump: this computer's goes ${name}: nothing is lost, and edits cross both ways`, async () => {
      const access = await useDouble();
      const bucket = await makeBucket(access);
      let jumpMs = 0;
      const a = await Computer.make(access, bucket, {});
      const b = await Computer.make(access, bucket, {
        adapt: withWallClock(() => jumpMs),
      });
      for (const path of ['one', 'two', 'gone']) await a.root.write(path, `content of ${path}`);
      for (const one of [a, b]) await one.sync();
      jumpMs = offsetMs;
      await b.root.write('one', 'edited on b');
      await a.root.write('two', 'edited on a');
      await a.root.remove('gone');
      for (const one of [a, b, a, b, a]) await one.sync();
      const expected = { one: hashOf('edited on b'), two: hashOf('edited on a') };
      expect(await a.tree()).toEqual(expected);
      expect(await b.tree()).toEqual(expected);
      expect((await b.trash())['gone']).toBe(hashOf('content of gone'));
    });
  }
});

describe('the bucket', () => {
  test('listing-says-gone-but-object-is-there: deletes no file and sends nothing again', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    for (let i = 0; i < 12; i++) await a.root.write(`d/${i}`, `content ${i}`);
    const before = await settle();
    double.requests.clear();
    const hidden = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hideKeys', keys: /^d\/[0-3]$/ });
    for (const one of [a, b]) expect(await one.sync()).toMatchObject({ deletedFiles: 0, uploadedFiles: 0 });
    expect(hidden.hits).toBeGreaterThan(0);
    hidden.remove();
    expect(await settle()).toEqual(before);
    expect(await a.trash()).toEqual({});
  });

  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `versioned-delete-marker: is a deletion here, and one that is taken back brings the file back (${server} server)`,
      async () => {
        const access = server === 'double' ? await useDouble() : sharedServer();
        const bucket = await makeBucket(access, true);
        const a = await Computer.make(access, bucket, {});
        for (const path of ['doc', 'other', 'more']) await a.root.write(path, `content of ${path}`);
        await a.sync();
        await bucket.remove('doc');
        expect(await bucket.deleteMarkers()).toEqual(['doc']);
        expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
        expect(await a.trash()).toEqual({ doc: hashOf('content of doc') });
        await bucket.takeBackDeletion('doc');
        expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1, deletedFiles: 0 });
        expect(Object.keys(await a.tree())).toEqual(['doc', 'more', 'other']);
        // A deletion here leaves a marker and no copy.
        await a.root.remove('doc');
        expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
        expect(await bucket.deleteMarkers()).toEqual(['doc']);
        expect(await bucket.trashed()).toEqual([]);
      },
    );
  }
});

describe('large numbers', () => {
  test('huge-directory: 1,000 files in one directory come, are renamed and go, without content for the rename', async () => {
    const double = await useDouble();
    const { a, b, settle } = await createPair(double);
    for (let i = 0; i < 1_000; i++) await a.root.write(`d/${String(i).padStart(3, '0')}`, `${i}`);
    await settle();
    double.requests.clear();
    await b.root.move('d', 'renamed');
    expect(await b.sync()).toMatchObject({ result: 'in-sync', movedFiles: 1_000, uploadedFiles: 0 });
    expect(await a.sync()).toMatchObject({ result: 'in-sync', movedFiles: 1_000, downloadedFiles: 0 });
    expect(double.requests.of('GetObject').filter(({ status }) => status === 200)).toEqual([]);
    expect(Object.keys(await a.tree())).toHaveLength(1_000);
    await a.root.remove('renamed/000');
    await a.sync();
    expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
  }, 300_000);

  test('thousand-conflicts: all 2,000 versions are kept and listed, and one that is settled leaves the others alone', async () => {
    const { a, b, bucket } = await createPair(await useDouble());
    const path = (i: number) => `d/${String(i).padStart(3, '0')}`;
    for (let i = 0; i < 1_000; i++) {
      await a.root.write(path(i), `of a, ${i}`);
      await b.root.write(path(i), `of b, number ${i}`);
    }
    await a.sync();
    await b.sync();
    expect(await b.sync()).toMatchObject({ uploadedFiles: 0, downloadedFiles: 0 });
    await a.sync();
    const trees = [await a.tree(), await b.tree()];
    expect(trees[0]).toEqual(trees[1]);
    expect(new Set(Object.values(trees[0] ?? {})).size).toBe(2_000);
    expect(await bucket.keys()).toHaveLength(2_000);
    const conflicts = await b.client.call('problem.list', { folderId: b.folderId, limit: 10_000 });
    expect(conflicts.filter(({ code }) => code === 'conflict-copy')).toHaveLength(1_000);
    await b.client.call('problem.resolve', { id: conflicts[0]?.id ?? -1, keep: 'theirs' });
    await b.sync();
    expect(await bucket.keys()).toHaveLength(1_999);
    expect(await b.client.call('problem.list', { folderId: b.folderId, limit: 10_000 })).toHaveLength(999);
  }, 300_000);
});
