import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { DownloadPlan, DownloadSource } from '../../../src/core/journal.ts';
import { StateStore } from '../../../src/state/index.ts';
import { initial } from '../../../src/state/migrations/0001-initial.ts';
import { storeWithFolders, temporaryDirectory } from './stores.ts';

const source: DownloadSource = { accountId: 'acc', bucket: 'b', key: 'k', root: '/home/f1' };
const plan: DownloadPlan = {
  etag: 'e',
  sizeBytes: 2 ** 42,
  partSizeBytes: 8 * 2 ** 20,
  path: 'docs/k',
  temporaryPath: '.rustfs-sync/tmp/t',
};

describe('the download journal', () => {
  test('gives back a download and its parts in order, the last word on each', () => {
    const { downloads } = storeWithFolders();
    const id = downloads.begin(source, plan, 5);
    expect(downloads.find(source)).toEqual({ ...plan, id, key: source.key, startedMs: 5 });
    for (const partNumber of [10, 2, 1]) downloads.putPart(id, { partNumber, md5: `m${partNumber}` });
    downloads.putPart(id, { partNumber: 2, md5: undefined });
    expect(downloads.parts(id)).toEqual([
      { partNumber: 1, md5: 'm1' },
      { partNumber: 2, md5: undefined },
      { partNumber: 10, md5: 'm10' },
    ]);
  });

  test('knows downloads by root, account, bucket and key, one at a time', () => {
    const { downloads } = storeWithFolders();
    downloads.begin(source, plan, 5);
    for (const other of [{ bucket: 'c' }, { key: 'K' }, { root: '/home/f2' }])
      expect(downloads.find({ ...source, ...other })).toBeUndefined();
    expect(() => downloads.begin(source, plan, 6)).toThrow(/UNIQUE/);
    downloads.begin({ ...source, root: '/home/f2' }, plan, 7);
    expect(downloads.listRoot('/home/f1').map((row) => row.startedMs)).toEqual([5]);
  });

  test('forgets the parts with the download, and the download with its account', () => {
    const store = storeWithFolders();
    const { downloads } = store;
    const id = downloads.begin(source, plan, 5);
    downloads.putPart(id, { partNumber: 1, md5: 'm' });
    downloads.delete(id);
    expect(downloads.parts(downloads.begin(source, plan, 6))).toEqual([]);
    store.folders.delete('f1');
    store.folders.delete('f2');
    store.accounts.delete('acc');
    expect(downloads.find(source)).toBeUndefined();
  });
});

test('a database of version 1 keeps its rows and gets the journal of downloads', () => {
  const path = join(temporaryDirectory(), 'state.db');
  const old = new Sqlite(path);
  old.exec(initial.sql);
  old.pragma('user_version = 1');
  old.exec(`INSERT INTO account (id, name, endpoint, region, access_key_id, path_style, secret_place, created_ms)
    VALUES ('acc', 'home', 'http://127.0.0.1:9000', 'us-east-1', 'key', 1, 'keychain', 1);
    INSERT INTO upload (account_id, bucket, object_key, upload_id, part_size_bytes, size_bytes, mtime_ns, ctime_ns, file_id, started_ms)
    VALUES ('acc', 'b', 'k', 'u', 8, 16, 1, 1, '7', 5)`);
  old.close();
  const store = StateStore.open(path, 's');
  expect(store.accounts.byId('acc')?.name).toBe('home');
  expect(store.uploads.listAll()).toHaveLength(1);
  const id = store.downloads.begin(source, plan, 5);
  expect(store.downloads.find(source)?.id).toBe(id);
  store.close();
});
