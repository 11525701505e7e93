import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/engine/index.ts';
import { SCHEMA_VERSION } from '../../../src/state/migrations/index.ts';
import { StateStore } from '../../../src/state/index.ts';
import { temporaryDirectory } from './stores.ts';

/** Databases as text, as each version of the program left them. Never edited: what people have does not change either. */
const EARLIER = fileURLToPath(new URL('./earlier/', import.meta.url));
const MD5 = '0cc175b9c0f1b6a831c399e269772661';
const noLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * A state database made by `sql`, as a program that was killed leaves it: what was committed last lies in the write-ahead log
 * alone.
 */
function killedDatabase(sql: string): string {
  const directory = temporaryDirectory();
  const alive = new Sqlite(join(directory, 'alive.db'));
  alive.pragma('journal_mode = WAL');
  alive.pragma('wal_autocheckpoint = 0');
  alive.exec(sql);
  const path = join(temporaryDirectory(), 'state.db');
  for (const suffix of ['', '-wal']) copyFileSync(join(directory, `alive.db${suffix}`), `${path}${suffix}`);
  alive.close();
  return path;
}

function schemaSql(path: string): unknown[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    expect(database.pragma('foreign_key_check')).toEqual([]);
    return database.prepare("SELECT sql FROM sqlite_master WHERE sql <> '' ORDER BY name").raw().all();
  } finally {
    database.close();
  }
}

test('there is a database of every earlier version of the schema, and of this one', () => {
  const expected = Array.from({ length: SCHEMA_VERSION }, (_, index) => `schema-${index + 1}.sql`);
  expect(readdirSync(EARLIER).sort()).toEqual(expected.sort());
});

describe.each(Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1))('a database of schema %i', (version) => {
  const sql = readFileSync(join(EARLIER, `schema-${version}.sql`), 'utf8');
  const open = () => {
    const path = killedDatabase(sql);
    const state = StateStore.open(path, 's');
    onTestFinished(() => state.close());
    expect(state.setAside).toBeUndefined();
    return { path, state };
  };

  test('goes on to the schema of a new one', () => {
    const { path } = open();
    const fresh = join(temporaryDirectory(), 'state.db');
    StateStore.open(fresh, 's').close();
    expect(schemaSql(path)).toEqual(schemaSql(fresh));
  });

  test('keeps accounts, folders and settings as they were set', () => {
    const { state } = open();
    expect(state.accounts.list()).toMatchObject([
      { id: 'acc1', name: 'home', secretPlace: 'keychain', settings: { accessKeyId: 'alice', pathStyle: true } },
      {
        id: 'acc2',
        name: '工作',
        secretPlace: 'file',
        settings: {
          ...{ endpoint: 'https://s3.example:9000', region: 'eu-1', accessKeyId: 'bob', pathStyle: false },
          ...{ caFile: '/etc/ca.pem', trustedFingerprint: 'AB:CD', proxy: 'http://proxy:3128' },
        },
      },
    ]);
    expect(state.folders.list()).toMatchObject([
      {
        ...{ id: 'f1', localRoot: '/home/ann/Pictures', rootDeviceId: '2049', accountId: 'acc1', bucket: 'photos' },
        ...{ prefix: '2026/', mode: 'two-way', mirrorDeletes: true, ignoreGlobs: ['*.tmp'], paused: true, lastPass: 7 },
        hold: { reason: 'deletes-most', approved: false },
        chosen: version < 4 ? undefined : ['2025', 'raw/日本'],
      },
      {
        id: 'f2',
        localRoot: '/home/ann/工作 "x"',
        mode: 'upload',
        mirrorDeletes: false,
        paused: false,
        hold: undefined,
      },
    ]);
    expect(state.settings.read()).toMatchObject({ paused: true, uploadLimitBytesPerSecond: 2_097_152 });
  });

  test('keeps to the nanosecond and the byte what both sides agreed on, so that nothing is sent again', () => {
    const { state } = open();
    expect(state.base.count('f1')).toEqual({ present: 2, retained: 1 });
    expect(state.base.get('f1', 'a.jpg')).toMatchObject({
      ...{ sizeBytes: 3, mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: 1_700_000_000_987_654_321n },
      ...{ fileId: '281474976710655.17', etag: '900150983cd24fb0d6963f7d28e17f72' },
    });
    expect(state.base.get('f1', "film '1'.mov")).toMatchObject({ partSizeBytes: 8_388_608, sizeBytes: 22_020_096 });
    expect(state.base.get('f1', 'kept/日本.txt')).toMatchObject({ sizeBytes: 5_497_558_138_880, mtimeNs: -1n });
  });

  test('goes on with transfers that were under way, from their acknowledged parts', () => {
    const { state } = open();
    const upload = state.uploads.find({ accountId: 'acc1', bucket: 'photos', key: '2026/film.mov' });
    expect(upload).toMatchObject({ uploadId: 'id-1', partSizeBytes: 8_388_608 });
    expect(state.uploads.parts(upload?.id ?? 0)).toEqual([
      { partNumber: 1, sizeBytes: 8_388_608, md5: MD5, etag: MD5 },
    ]);
    if (version < 2) return;
    const source = { root: '/home/ann/Pictures', accountId: 'acc1', bucket: 'photos', key: '2026/big.bin' };
    const download = state.downloads.find(source);
    expect(download).toMatchObject({ temporaryPath: '.rustfs-sync/tmp/x', sizeBytes: 22_020_096 });
    expect(state.downloads.parts(download?.id ?? 0)).toEqual([{ partNumber: 1, md5: MD5 }]);
  });

  test('keeps problems with their numbers, history and links', () => {
    const { state } = open();
    const found = state.problems.list('f1', 10).map(({ id, code, severity }) => ({ id, code, severity }));
    expect(found).toEqual(
      expect.arrayContaining([
        { id: 11, code: 'symlink', severity: 'notice' },
        { id: 12, code: 'conflict-copy', severity: 'warning' },
        ...(version < 5 ? [] : [{ id: 13, code: 'bit-rot', severity: 'error' }]),
        ...(version < 16 ? [] : [{ id: 14, code: 'conflict-copy', severity: 'warning' }]),
      ]),
    );
    expect(state.activity.recent(10)).toMatchObject([{ kind: 'uploaded', path: 'a.jpg', sizeBytes: 3 }]);
    expect(state.shares.alive(1_700_000_000_010)).toMatchObject([{ id: 2, key: '2026/a.jpg' }]);
  });

  test('goes on counting problems and links: a number of the version before is none of a later one', () => {
    const { state } = open();
    const told = { source: 'conflict', code: 'conflict-copy', severity: 'warning', message: '', advice: '' } as const;
    state.problems.put('f1', { ...told, path: 'new', detail: 'new (conflict)', retryAtMs: undefined }, 1, 1);
    const last = version < 5 ? 12 : version < 15 ? 13 : 20;
    expect(state.problems.get('f1', 'new', 'conflict')?.id).toBe(last + 1);
    const link = { accountId: 'acc1', bucket: 'photos', key: 'b', method: 'GET', createdMs: 1, expiresMs: 2 } as const;
    expect(state.shares.add(link)).toBe(version < 15 ? 3 : 7);
  });

  test('asks servers again for what an earlier version did not ask them, and forgets nothing else of them', () => {
    const { state } = open();
    const known = state.accounts.capabilities('acc1', 'photos');
    if (version < 3) expect(known).toBeUndefined();
    else expect(known).toMatchObject({ conditionalPut: true, conditionalDelete: false, partCrc32: true });
  });

  test('lets through of a held plan what was approved, and nothing else', () => {
    const { state } = open();
    expect(state.heldPlans.exceedsNoted('f1', 'deletes-most')).toBe(version < 4);
  });
});

test('a database of a later version is refused and left alone byte by byte, with all that lies beside it', () => {
  const path = killedDatabase(`
    CREATE TABLE later (name TEXT) STRICT;
    INSERT INTO later VALUES ('what this program knows nothing of');
    PRAGMA user_version = ${SCHEMA_VERSION + 1};`);
  const home = join(path, '..');
  writeFileSync(join(home, 'config.json'), '{"version":2,"accounts":[]}');
  writeFileSync(join(home, 'secrets.json'), '{"acc":"{}"}');
  const sums = () => {
    // The index of the write-ahead log is rebuilt by whoever opens a database, and thrown away with it.
    const names = readdirSync(home).filter((name) => name !== 'state.db-shm');
    return names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(home, name)))
        .digest('hex'),
    ]);
  };
  const before = sums();
  expect(before.map(([name]) => name)).toContain('state.db-wal');
  const words = expect.stringMatching(/later version/) as string;
  for (const attempt of [() => StateStore.open(path, 's'), () => openEngine(home, () => noLog)]) {
    expect(attempt).toThrow(expect.objectContaining({ code: 'state-too-new', message: words }) as Error);
    expect(sums()).toEqual(before);
  }
});
