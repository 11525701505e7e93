import { cp, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { makeShare } from '../../../src/api/index.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { ShareTable } from '../../../src/state/shares.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withQuickClock } from '../../support/two-way-team.ts';

const STATE_FILES = ['state.db', 'state.db-wal', 'state.db-shm'];

/** Ends the engine as a kill does: the state stays as it was at this moment. */
async function kill(world: World): Promise<void> {
  const kept = `${world.home}-kept`;
  for (const name of STATE_FILES) await cp(join(world.home, name), join(kept, name));
  await world.stop();
  for (const name of STATE_FILES) {
    await rm(join(world.home, name), { force: true });
    await cp(join(kept, name), join(world.home, name));
  }
}

/** The computer was started anew since. */
function startComputer(world: World): void {
  changeState(world, `UPDATE setting SET value = '"an earlier start"' WHERE name = 'running'`);
}

/** While no engine runs. */
function changeState(world: World, sql: string): void {
  const state = new Sqlite(join(world.home, 'state.db'));
  state.exec(sql);
  state.close();
}

/** What the disk had not written yet of the person's own files is up to the test. */
async function cutPower(world: World): Promise<void> {
  await kill(world);
  startComputer(world);
}

/** What most disks have of a file after a power cut whose content they had not written yet. */
async function loseContent(world: World, path: string): Promise<void> {
  const { atime, mtime } = await stat(world.root.at(path));
  await truncate(world.root.at(path), 0);
  await utimes(world.root.at(path), atime, mtime);
}

describe('power-cut: what was sent a moment before is in the bucket, and perhaps not on the disk', () => {
  test('two-way: a file that is gone comes back, one without its content is no edit', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['kept', 'gone', 'empty']) await world.root.write(name, `content of ${name}`);
    await world.sync();
    await cutPower(world);
    await world.root.remove('gone');
    await loseContent(world, 'empty');
    world.start();
    await world.sync();
    for (const name of ['kept', 'gone', 'empty']) {
      expect(await world.bucket.text(name)).toBe(`content of ${name}`);
      expect((await world.root.read(name)).toString()).toBe(`content of ${name}`);
    }
    expect(await world.activity('adopted')).toEqual(['kept']);
  });

  test('upload: nothing in the bucket is deleted or written over', async () => {
    const world = await createWorld(await useDouble(), { mode: 'upload', mirrorDeletes: true });
    for (const name of ['kept', 'gone', 'empty']) await world.root.write(name, `content of ${name}`);
    await world.sync();
    await cutPower(world);
    await world.root.remove('gone');
    await loseContent(world, 'empty');
    world.start();
    await world.sync();
    expect(await world.bucket.text('gone')).toBe('content of gone');
    expect(await world.bucket.text('empty')).toBe('content of empty');
    expect(await world.problemCodes()).toEqual(['empty: conflict']);
  });

  test('a new version that the disk lost again does not give way to the one before', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    await world.root.write('report', 'first version');
    await world.sync();
    await world.root.replace('report', 'second version');
    await world.sync();
    await cutPower(world);
    await world.root.replace('report', 'first version');
    world.start();
    await world.sync();
    expect(await world.bucket.text('report')).toBe('second version');
  });

  test('one that was only saved anew a moment before, with the content that it had, is no edit either', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    await world.root.write('report', 'content');
    await world.sync();
    await world.stop();
    changeState(world, 'UPDATE activity SET at_ms = at_ms - 600000');
    world.start();
    await world.root.replace('report', 'content');
    await world.root.write('other', 'x');
    await world.sync();
    await cutPower(world);
    await loseContent(world, 'report');
    world.start();
    await world.sync();
    expect(await world.bucket.text('report')).toBe('content');
    expect((await world.root.read('report')).toString()).toBe('content');
  });

  test('nor where the program was cut off before it wrote down that it was sent', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    await world.root.write('empty', 'content');
    await world.sync();
    const sent = world.state.base.get(world.folderId, 'empty');
    if (sent === undefined) throw new Error('It was sent.');
    world.state.base.delete(world.folderId, 'empty');
    world.state.underWay.put(world.folderId, { direction: 'up', agreed: sent }, Date.now());
    await cutPower(world);
    await loseContent(world, 'empty');
    world.start();
    await world.sync();
    expect(await world.bucket.text('empty')).toBe('content');
  });

  test('what was sent long before the last change is believed', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    await world.root.write('old', 'x');
    await world.root.write('stays', 'x');
    await world.sync();
    const last = { atMs: Date.now() + 130_000, folderId: world.folderId, kind: 'uploaded', path: 'new' } as const;
    world.state.activity.add({ ...last, sizeBytes: 1, detail: '' });
    await cutPower(world);
    await world.root.remove('old');
    world.start();
    await world.sync();
    expect(await world.bucket.keys()).not.toContain('old');
  });

  test.each(['two-way', 'upload'] as const)(
    'one that was saved and not sent yet, and is empty now, does not go over the version before (%s)',
    async (mode) => {
      const world = await createWorld(await useDouble(), { mode });
      for (const name of ['report', 'emptied later']) await world.root.write(name, 'first version');
      await world.sync();
      const last = { atMs: Date.now() + 130_000, folderId: world.folderId, kind: 'uploaded', path: 'other' } as const;
      world.state.activity.add({ ...last, sizeBytes: 1, detail: '' });
      await cutPower(world);
      await loseContent(world, 'report');
      world.start();
      await world.sync();
      await world.root.write('emptied later', '');
      await world.sync();
      expect(await world.bucket.text('report')).toBe('first version');
      expect(await world.bucket.text('emptied later')).toBe('');
    },
  );

  test.skipIf(process.platform === 'win32')('nor right after the program ended by itself', async () => {
    const flushed = new Set<string>();
    const wrap = (real: Environment): Environment => ({
      ...real,
      fs: { ...real.fs, flushFile: (root, path) => real.fs.flushFile(root, path).then(() => void flushed.add(path)) },
    });
    const world = await createWorld(await useDouble(), { mode: 'two-way', wrap });
    for (const name of ['a', 'd/b', 'caf\u00e9']) await world.root.write(name.normalize('NFD'), `content of ${name}`);
    for (const name of ['fetched', 'edited']) await world.bucket.put(name, name);
    await world.sync();
    await world.root.write('edited', 'edited since');
    await world.sync();
    flushed.clear();
    await world.stop();
    // What was fetched was flushed before it got its name.
    expect(flushed).not.toContain('fetched');
    expect(flushed).toContain('edited');
    startComputer(world);
    for (const name of ['a', 'd/b', 'caf\u00e9'].map((one) => one.normalize('NFD'))) {
      if (!flushed.has(name)) await loseContent(world, name);
    }
    world.start();
    await world.sync();
    for (const name of ['a', 'd/b', 'caf\u00e9']) expect(await world.bucket.text(name)).toBe(`content of ${name}`);
  });

  test('nor where it could not see to that before it ended', async () => {
    const wrap = (real: Environment): Environment => ({
      ...withQuickClock(real, 30),
      fs: { ...real.fs, flushFile: () => new Promise(() => undefined) },
    });
    const world = await createWorld(await useDouble(), { mode: 'two-way', wrap });
    await world.root.write('empty', 'content');
    await world.sync();
    await world.stop();
    startComputer(world);
    await loseContent(world, 'empty');
    world.start();
    await world.sync();
    expect(await world.bucket.text('empty')).toBe('content');
  });

  test.each([
    ['the program was killed, and the computer went on', kill],
    [
      'the program ended by itself before the computer did',
      (world: World) => world.stop().then(() => startComputer(world)),
    ],
  ])('where %s, a file that is gone was deleted, and one that differs was edited', async (_name, end) => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['gone', 'edited', 'stays']) await world.root.write(name, 'x');
    await world.sync();
    await end(world);
    await world.root.remove('gone');
    await world.root.write('edited', 'another content');
    world.start();
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect((await world.bucket.keys()).filter((key) => !key.startsWith('.'))).toEqual(['edited', 'stays']);
    expect(await world.bucket.text('edited')).toBe('another content');
  });
});

describe('power-cut: what a person decided holds', () => {
  /** What was committed since the last checkpoint is not flushed, and may be lost. */
  async function loseWriteAheadLog(world: World): Promise<void> {
    const kept = `${world.home}-kept.db`;
    await cp(join(world.home, 'state.db'), kept);
    await world.stop();
    for (const name of STATE_FILES) await rm(join(world.home, name), { force: true });
    await cp(kept, join(world.home, 'state.db'));
  }

  test('a folder that was removed stays so, and what is then deleted in it stays in the bucket', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['a', 'b', 'c']) await world.root.write(name, 'x');
    await world.sync();
    await world.restart();
    await world.client.call('folder.remove', { id: world.folderId });
    await loseWriteAheadLog(world);
    await world.root.remove('a');
    world.start();
    await world.client.call('sync.once', { ids: [] }).catch(() => undefined);
    expect(await world.client.call('folder.list', {})).toEqual([]);
    expect(await world.bucket.keys()).toEqual(['a', 'b', 'c']);
  });

  test('a folder that was paused stays so', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    await world.root.write('a', 'x');
    await world.sync();
    await world.restart();
    await world.client.call('folder.pause', { id: world.folderId });
    await loseWriteAheadLog(world);
    world.start();
    expect(await world.client.call('folder.list', {})).toMatchObject([{ paused: true }]);
  });

  test('a link to a folder that was given out leads to something', async () => {
    const world = await createWorld(await useDouble());
    await world.bucket.put('f/a', 'a');
    const { shares } = world.state;
    // A zip takes long enough for what was begun to be on the disk.
    Object.assign(shares, {
      add: (...row: Parameters<typeof shares.add>) => {
        const id = ShareTable.prototype.add.apply(shares, row);
        world.state.flush();
        return id;
      },
    });
    const target = { kind: 'object', account: 'test', bucket: world.bucket.name, key: 'f/' } as const;
    const { url } = await makeShare(world.client, { target, expiresInSeconds: 600 });
    await loseWriteAheadLog(world);
    world.start();
    // The last that is tidied.
    const account = world.state.accounts.list()[0];
    const expired = {
      accountId: account?.id ?? '',
      bucket: 'b',
      key: 'k',
      method: 'GET',
      createdMs: 1,
      expiresMs: 1,
    } as const;
    world.state.shares.add(expired);
    await world.watch();
    await pollUntil('what is over to be tidied', () =>
      world.state.shares.over(Date.now()).length === 0 ? true : undefined,
    );
    expect((await fetch(url)).status).toBe(200);
  });
});
