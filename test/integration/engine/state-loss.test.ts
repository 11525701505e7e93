import { mkdir, readdir, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import type { S3Double } from '../../support/s3-double/index.ts';

/** What was written or deleted, but for what finds out how the server treats conditions. */
function writtenKeys(double: S3Double): (string | undefined)[] {
  const writes = double.requests.all.filter((one) => /^(Put|Upload|Create|Complete|Copy|Delete)/.test(one.operation));
  return writes.map((one) => one.key).filter((key) => key?.startsWith('.rustfs-sync-probe/') !== true);
}

async function dropDatabase(world: World): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(join(world.home, `state.db${suffix}`), { force: true });
}

describe('rule 5: a database that is lost or damaged deletes nothing', () => {
  test('database-lost: equal files are adopted, nothing is sent again, a changed one is a conflict', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await world.root.write('small', 'content');
    await world.root.write('large', randomContent(20 * MIB));
    await world.root.write('gone', 'content');
    await world.root.write('edited', 'before');
    await world.sync();
    await world.stop();
    await dropDatabase(world);
    await world.root.remove('gone');
    await world.root.write('edited', 'after!');
    world.start();
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0, deletedFiles: 0 });
    expect(writtenKeys(double)).toEqual([]);
    expect(await world.bucket.keys()).toEqual(['edited', 'gone', 'large', 'small']);
    expect(await world.bucket.text('edited')).toBe('before');
    expect(await world.problemCodes()).toEqual(['edited: conflict']);
    expect((await world.activity('adopted')).sort()).toEqual(['large', 'small']);
  });

  test('database-lost: what was paused stays so, and limits hold', async () => {
    const world = await createWorld(await useDouble());
    const set = { paused: true, uploadLimitBytesPerSecond: 4 * MIB, theme: 'dark' } as const;
    await world.client.call('setting.set', set);
    await world.stop();
    await dropDatabase(world);
    await world.root.write('doc', 'x');
    world.start();
    expect(await world.client.call('setting.get', {})).toMatchObject(set);
    expect(await world.sync()).toMatchObject({ result: 'paused', uploadedFiles: 0 });
  });

  test('database-lost: a change that the copy missed, on a full disk say, is in it from the next start on', async () => {
    const world = await createWorld(await useDouble());
    await mkdir(join(world.home, 'config.json.new'));
    await world.client.call('folder.remove', { id: world.folderId });
    await rmdir(join(world.home, 'config.json.new'));
    await world.restart();
    await world.client.call('sync.start', {});
    await world.stop();
    await dropDatabase(world);
    world.start();
    expect(await world.client.call('account.list', {})).toMatchObject([{ name: 'test' }]);
    expect(await world.client.call('folder.list', {})).toEqual([]);
  });

  test('what was removed stays so, though its secret could not be', async () => {
    const wrap = (real: Environment): Environment => ({
      ...real,
      secrets: { ...real.secrets, delete: () => Promise.reject(new Error('the keychain is locked')) },
    });
    const world = await createWorld(await useDouble(), { wrap });
    await world.client.call('folder.remove', { id: world.folderId });
    await expect(world.client.call('account.remove', { name: 'test' })).rejects.toThrow('locked');
    await world.restart();
    expect(await world.client.call('account.list', {})).toEqual([]);
  });

  test('database-lost with the account too: adding both again adopts everything', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    for (let i = 0; i < 20; i++) await world.root.write(`d/${i}`, `content ${i}`);
    await world.sync();
    await world.stop();
    await rm(world.home, { recursive: true });
    await world.setUp();
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, deletedFiles: 0 });
    expect(double.requests.count('PutObject')).toBe(0);
    expect(await world.bucket.keys()).toHaveLength(20);
  });

  test.each([
    ['overwritten with something else', (path: string) => writeFile(path, 'this is no database'.repeat(500))],
    ['cut to a part of itself', (path: string) => truncate(path, 9_000)],
    ['emptied', (path: string) => truncate(path, 0)],
  ])('database-corrupt: %s', async (_name, damage) => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    for (let i = 0; i < 500; i++) await world.root.write(`directory-with-a-name/${i}`, `content ${i}`);
    await world.sync();
    await world.stop();
    expect(await readdir(world.home)).not.toContain('state.db-wal');
    await damage(join(world.home, 'state.db'));
    world.start();
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, deletedFiles: 0 });
    expect(writtenKeys(double)).toEqual([]);
    expect(await world.bucket.keys()).toHaveLength(500);
  });
});

/** Has a method of a table fail, as SQLite does. */
function failing(table: object, method: string, code: string): { end(): void } {
  const fail = () => {
    throw new Sqlite.SqliteError('as SQLite says it', code);
  };
  Object.assign(table, { [method]: fail });
  return { end: () => void Reflect.deleteProperty(table, method) };
}

describe('a state that can not be used for a while', () => {
  test('a folder goes on by itself once it can be read again', async () => {
    // Half a minute, in which it is not tried again, is a second.
    const world = await createWorld(await useDouble(), { wrap: (real) => withQuickClock(real, 30) });
    await world.watch();
    const broken = failing(world.state.folders, 'byId', 'SQLITE_IOERR_READ');
    await world.root.write('during', 'x');
    await pollUntil('the folder to stop', () =>
      world.log.lines.some(({ message }) => message === 'The folder stopped') ? true : undefined,
    );
    broken.end();
    await world.root.write('after', 'x');
    await pollUntil('both objects', async () => ((await world.bucket.keys()).length === 2 ? true : undefined));
  });

  test.each([
    ['SQLITE_FULL', 'disk-full'],
    ['SQLITE_IOERR_WRITE', 'disk-error'],
    ['SQLITE_CORRUPT', 'disk-error'],
  ])('rule 20: what the disk under it does is told as that, and not as a defect (%s)', async (code, told) => {
    const world = await createWorld(await useDouble());
    for (const [table, method] of [
      [world.state.folders, 'startPass'],
      [world.state.problems, 'put'],
    ] as const)
      failing(table, method, code);
    await world.client.call('sync.start', {});
    await pollUntil('the folder to stop', async () => {
      const status = await world.client.call('folder.status', { id: world.folderId });
      return status.code === told || undefined;
    });
  });

  test('rule 20: where it is full, not all files of a plan are tried in vain', async () => {
    const world = await createWorld(await useDouble());
    for (let i = 0; i < 400; i++) await world.root.write(`d/${i}`, `content ${i}`);
    const full = failing(world.state.underWay, 'put', 'SQLITE_FULL');
    await world.sync();
    expect(await world.bucket.keys()).toEqual([]);
    expect((await world.problems()).length).toBeLessThan(300);
    full.end();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 400 });
  });
});
