import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { StateStore } from '../../../src/state/index.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { PlanItem } from '../../../src/core/plan.ts';
import { initial } from '../../../src/state/migrations/0001-initial.ts';
import { downloads } from '../../../src/state/migrations/0002-downloads.ts';
import { SCHEMA_VERSION } from '../../../src/state/migrations/index.ts';
import { baseEntry } from '../core/entries.ts';
import { account, folder, temporaryDirectory } from './stores.ts';

function plannedDeletion(path: string): PlanItem {
  return {
    path: path as RelativePath,
    kind: 'delete-remote',
    local: undefined,
    expect: { kind: 'etag', etag: 'e' },
    sizeBytes: 1,
  };
}

interface TableInfo {
  readonly name: string;
  readonly strict: number;
}

function schemaOf(path: string): { version: number; sql: string[]; tables: TableInfo[]; mode: string } {
  const database = new Sqlite(path, { readonly: true });
  try {
    return {
      version: database.pragma('user_version', { simple: true }) as number,
      mode: database.pragma('journal_mode', { simple: true }) as string,
      sql: database
        .prepare<[], { sql: string }>("SELECT sql FROM sqlite_master WHERE sql <> '' ORDER BY name")
        .all()
        .map((row) => row.sql),
      tables: (database.pragma('table_list') as TableInfo[]).filter((one) => !one.name.startsWith('sqlite_')),
    };
  } finally {
    database.close();
  }
}

describe('opening the state', () => {
  test('makes a database of the newest schema, all tables STRICT, in WAL mode', () => {
    const path = join(temporaryDirectory(), 'state.db');
    StateStore.open(path, 's').close();
    const schema = schemaOf(path);
    expect(schema).toMatchObject({ version: SCHEMA_VERSION, mode: 'wal' });
    expect(schema.tables.length).toBeGreaterThan(10);
    expect(schema.tables.filter((one) => one.strict !== 1)).toEqual([]);
  });

  test('keeps what is in it', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const first = StateStore.open(path, 's');
    first.accounts.insert(account());
    first.folders.insert(folder('f1'));
    first.base.put('f1', baseEntry('a'));
    first.close();
    const second = StateStore.open(path, 's');
    expect(second.base.get('f1', 'a')).toEqual(baseEntry('a'));
    expect(second.setAside).toBeUndefined();
    second.close();
  });

  test('a database of version 1 goes on to the same schema as a fresh one, with its rows', () => {
    const directory = temporaryDirectory();
    const old = new Sqlite(join(directory, 'old.db'));
    old.exec(initial.sql);
    old.pragma('user_version = 1');
    old.exec("INSERT INTO setting (name, value) VALUES ('paused', 'true')");
    old.close();
    const upgraded = StateStore.open(join(directory, 'old.db'), 's');
    expect(upgraded.settings.read().paused).toBe(true);
    upgraded.close();
    StateStore.open(join(directory, 'new.db'), 's').close();
    expect(schemaOf(join(directory, 'old.db'))).toEqual(schemaOf(join(directory, 'new.db')));
  });

  test('a database of version 2 goes on with its folders, of which all is chosen and nothing approved', () => {
    const path = join(temporaryDirectory(), 'old.db');
    const old = new Sqlite(path);
    old.exec(initial.sql + downloads.sql);
    old.pragma('user_version = 2');
    old.exec(`INSERT INTO account (id, name, endpoint, region, access_key_id, path_style, secret_place, created_ms)
      VALUES ('acc', 'home', 'http://127.0.0.1:9000', 'us-east-1', 'key', 1, 'file', 0)`);
    old.exec(`INSERT INTO folder (id, local_root, root_device_id, account_id, bucket, prefix, mode, mirror_deletes, ignore_globs,
      paused, hold_reason, hold_approved, created_ms) VALUES ('f1', '/f1', '1', 'acc', 'b', '', 'two-way', 0, '[]', 0,
      'empties-side', 1, 0)`);
    old.close();
    const store = StateStore.open(path, 's');
    expect(store.folders.byId('f1')).toMatchObject({ chosen: undefined, hold: { reason: 'empties-side' } });
    store.plans.put('f1', plannedDeletion('a'));
    // What was approved by its number alone, before this version, is asked about again.
    expect(store.heldPlans.exceedsNoted('f1', 'empties-side')).toBe(true);
    expect(store.heldPlans.note('f1')).toBe(true);
    expect(store.heldPlans.exceedsNoted('f1', 'empties-side')).toBe(false);
    store.plans.put('f1', plannedDeletion('b'));
    expect(store.heldPlans.exceedsNoted('f1', 'empties-side')).toBe(true);
    store.folders.setChosen('f1', ['d/e', 'g'], 'c1');
    expect(store.folders.byId('f1')?.chosen).toEqual(['d/e', 'g']);
    store.folders.delete('f1');
    store.close();
  });

  test('problems of version 1 come along with their ids, and an audit may add its own', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const old = new Sqlite(path);
    old.exec(initial.sql);
    old.pragma('user_version = 1');
    old.exec(`INSERT INTO account VALUES ('acc', 'home', 'http://127.0.0.1:9000', 'us-east-1', 'key', 1, NULL, NULL, NULL, 'file', 0);
      INSERT INTO folder (id, local_root, root_device_id, account_id, bucket, prefix, mode, mirror_deletes, ignore_globs, paused,
        created_ms) VALUES ('f1', '/f1', '1', 'acc', 'b', '', 'upload', 0, '[]', 0, 0);
      INSERT INTO problem VALUES (7, 'f1', 'a', 'conflict', 'conflict-copy', 'warning', 'm', 'a', 'd', 2, 5, 1, 2, 3);`);
    old.close();
    const store = StateStore.open(path, 's');
    expect(store.problems.byId(7)).toMatchObject({
      path: 'a',
      source: 'conflict',
      attempts: 2,
      retryAtMs: 5,
      firstMs: 1,
    });
    const finding = {
      path: 'a',
      source: 'audit',
      code: 'bit-rot',
      severity: 'error',
      message: '',
      advice: '',
    } as const;
    store.problems.put('f1', { ...finding, detail: '', retryAtMs: undefined }, 0, 10);
    expect(store.problems.list('f1', 10).map(({ source }) => source)).toEqual(['audit', 'conflict']);
    expect(store.folders.bucketTrashTidiedMs('f1')).toBeUndefined();
    store.folders.delete('f1');
    expect(store.problems.list(undefined, 10)).toEqual([]);
    store.close();
  });

  test.each(['delete', 'wal'])('refuses a newer schema and changes not a byte of it (journal mode %s)', (mode) => {
    const path = join(temporaryDirectory(), 'state.db');
    const newer = new Sqlite(path);
    newer.pragma(`journal_mode = ${mode}`);
    newer.exec('CREATE TABLE from_the_future (a INTEGER) STRICT');
    newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    const before = readFileSync(path);
    let thrown: unknown;
    try {
      StateStore.open(path, 's').close();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SyncError);
    expect(thrown).toMatchObject({ code: 'state-too-new' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('a database that can not be read', () => {
  // What goes with it is all that was in it: accounts, folders, base, plan, journal, history. Nothing on disk or in a
  // bucket is deleted for it: without base, equal files are adopted and different ones are conflicts.
  test.each([
    ['is no database', () => Buffer.from('this is no database, and long enough to be looked at '.repeat(40))],
    ['has its header overwritten', (good: Buffer) => Buffer.concat([Buffer.alloc(100, 7), good.subarray(100)])],
    ['was cut', (good: Buffer) => good.subarray(0, 5_000)],
    [
      'has its schema overwritten',
      (good: Buffer) => Buffer.concat([good.subarray(0, 100), Buffer.alloc(3_996, 0xff), good.subarray(4_096)]),
    ],
  ])('because it %s is set aside whole, and an empty one takes its place', (_why, damage) => {
    const directory = temporaryDirectory();
    const path = join(directory, 'state.db');
    const good = StateStore.open(path, 's');
    good.accounts.insert(account());
    good.close();
    const damaged = damage(readFileSync(path));
    writeFileSync(path, damaged);

    const store = StateStore.open(path, '2026-01-01');
    expect(store.setAside).toBe(`${path}.unreadable-2026-01-01`);
    expect(store.accounts.list()).toEqual([]);
    store.accounts.insert(account());
    store.close();
    expect(readFileSync(`${path}.unreadable-2026-01-01`).equals(damaged)).toBe(true);
  });

  test('in the middle of its rows is found out when it is opened, not weeks later', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const good = StateStore.open(path, 's');
    good.accounts.insert(account());
    good.folders.insert(folder('f1'));
    good.transaction(() => {
      for (let n = 0; n < 3_000; n++) good.base.put('f1', baseEntry(`directory/file-${n}`));
    });
    good.close();
    const damaged = readFileSync(path);
    const page = Math.floor(damaged.length / 4_096 / 2);
    damaged.fill(0xee, page * 4_096, (page + 1) * 4_096);
    writeFileSync(path, damaged);
    const store = StateStore.open(path, 'x');
    expect(store.setAside).toBe(`${path}.unreadable-x`);
    expect(store.base.count('f1')).toEqual({ present: 0, retained: 0 });
    store.close();
  });

  test('is not taken for one when it can not be opened at all', () => {
    const directory = temporaryDirectory();
    expect(() => StateStore.open(join(directory, 'nowhere', 'state.db'), 's')).toThrow(/directory does not exist/i);
    expect(existsSync(join(directory, 'nowhere'))).toBe(false);
  });

  test('was emptied: it starts again, with nothing to set aside', () => {
    const path = join(temporaryDirectory(), 'state.db');
    writeFileSync(path, '');
    const store = StateStore.open(path, 's');
    expect(store.setAside).toBeUndefined();
    expect(store.accounts.list()).toEqual([]);
    store.close();
  });
});

describe('while somebody works with the state', () => {
  const busy = () => {
    throw new Error('somebody is at work');
  };

  test('one of an earlier version is not brought up to date', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const old = new Sqlite(path);
    old.exec(initial.sql);
    old.pragma('user_version = 1');
    const before = readFileSync(path);
    expect(() => StateStore.open(path, 's', busy)).toThrow('somebody is at work');
    expect(readFileSync(path).equals(before)).toBe(true);
    old.close();
    StateStore.open(path, 's').close();
    expect(schemaOf(path).version).toBe(SCHEMA_VERSION);
  });

  test('one that can not be read is not set aside', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'state.db');
    writeFileSync(path, 'this is no database, and long enough to be looked at '.repeat(40));
    expect(() => StateStore.open(path, 's', busy)).toThrow('somebody is at work');
    expect(readdirSync(directory)).toEqual(['state.db']);
  });

  test('a new one, and one of this version, are opened all the same', () => {
    const path = join(temporaryDirectory(), 'state.db');
    StateStore.open(path, 's', busy).close();
    StateStore.open(path, 's', busy).close();
  });
});

describe('two processes that open the same state', () => {
  test('at the same time both find one whole schema', async () => {
    const path = join(temporaryDirectory(), 'state.db');
    const module = new URL('../../../src/state/index.ts', import.meta.url).href;
    const script = `
      const { StateStore } = await import(${JSON.stringify(module)});
      process.stdout.write('ready\\n');
      await new Promise((go) => process.stdin.once('data', go));
      const store = StateStore.open(${JSON.stringify(path)}, 's');
      store.settings.write({ paused: true });
      store.close();
      process.stdin.destroy();`;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const ended = children.map((child) => new Promise<number | null>((resolve) => child.once('exit', resolve)));
    await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
    for (const child of children) child.stdin.write('go\n');
    expect(await Promise.all(ended)).toEqual([0, 0, 0]);
    expect(schemaOf(path).version).toBe(SCHEMA_VERSION);
  });

  test('do not wait for long for one that reads a database and keeps it from its write-ahead log', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const reader = new Sqlite(path);
    reader.exec('CREATE TABLE other (name TEXT) STRICT; BEGIN; SELECT * FROM other');
    const startMs = performance.now();
    expect(() => StateStore.open(path, 's')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }) as Error);
    expect(performance.now() - startMs).toBeLessThan(20_000);
    reader.exec('COMMIT');
    StateStore.open(path, 's').close();
    reader.close();
  });

  test('that write at the same time wait for each other, also where one reads before it writes', async () => {
    const path = join(temporaryDirectory(), 'state.db');
    const store = StateStore.open(path, 's');
    const module = new URL('../../../src/state/index.ts', import.meta.url).href;
    const script = `
      const { StateStore } = await import(${JSON.stringify(module)});
      const store = StateStore.open(${JSON.stringify(path)}, 's');
      let isOver = false;
      process.stdin.once('data', () => (isOver = true));
      for (let bytes = 1; !isOver; bytes++) {
        store.settings.write({ downloadLimitBytesPerSecond: bytes });
        if (bytes === 1) process.stdout.write('ready\\n');
        await new Promise((next) => setTimeout(next, 1));
      }
      store.close();
      process.stdin.destroy();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    for (let round = 0; round < 20; round++) {
      store.transaction(() => {
        const { uploadLimitBytesPerSecond } = store.settings.read();
        // The other one would come in between.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        store.settings.write({ uploadLimitBytesPerSecond: uploadLimitBytesPerSecond + 1 });
      });
    }
    child.stdin.write('end\n');
    expect(await ended).toBe(0);
    expect(store.settings.read().uploadLimitBytesPerSecond).toBe(20);
    store.close();
  });

  test('each see what the other committed', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const one = StateStore.open(path, 's');
    const other = StateStore.open(path, 's');
    one.settings.write({ uploadLimitBytesPerSecond: 5 });
    expect(other.settings.read().uploadLimitBytesPerSecond).toBe(5);
    one.close();
    other.close();
  });
});
