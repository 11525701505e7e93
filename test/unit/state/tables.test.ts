import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalledPart, UploadTarget } from '../../../src/core/journal.ts';
import { ACTIVITY_MAX_AGE_MS, ACTIVITY_MAX_ROWS } from '../../../src/state/activity.ts';
import { StateStore, type ActivityRow } from '../../../src/state/index.ts';
import { account, folder, memoryStore, storeWithFolders, temporaryDirectory } from './stores.ts';

describe('accounts', () => {
  test('come back with all their settings, and without those they do not have', () => {
    const store = memoryStore();
    const full = account({
      id: 'full',
      name: 'work',
      settings: {
        endpoint: 'https://s3.example:9000',
        region: 'eu-1',
        accessKeyId: 'key',
        pathStyle: false,
        caFile: '/etc/ca.pem',
        trustedFingerprint: 'AA:BB',
        proxy: 'http://proxy:3128',
      },
      secretPlace: 'file',
    });
    store.accounts.insert(account());
    store.accounts.insert(full);
    expect(store.accounts.byName('work')).toEqual(full);
    expect(store.accounts.byId('acc')).toEqual(account());
    expect(store.accounts.list()).toEqual([account(), full]);
    expect(store.accounts.byId('nobody')).toBeUndefined();
  });

  test('can not share a name, nor be deleted while a folder uses them', () => {
    const store = storeWithFolders();
    expect(() => store.accounts.insert(account({ id: 'other' }))).toThrow(/UNIQUE/);
    expect(() => store.accounts.delete('acc')).toThrow(/FOREIGN KEY/);
    store.folders.delete('f1');
    store.folders.delete('f2');
    store.accounts.delete('acc');
    expect(store.accounts.list()).toEqual([]);
  });

  test('remember what each bucket was found to honour, the last finding only', () => {
    const store = storeWithFolders();
    expect(store.accounts.capabilities('acc', 'b')).toBeUndefined();
    const found = { conditionalPut: true, conditionalComplete: false, conditionalDelete: true, partCrc32: false };
    store.accounts.setCapabilities('acc', 'b', found, 1);
    expect(store.accounts.capabilities('acc', 'b')).toEqual({ ...found, probedMs: 1 });
    const later = { conditionalPut: true, conditionalComplete: true, conditionalDelete: false, partCrc32: true };
    store.accounts.setCapabilities('acc', 'b', later, 2);
    expect(store.accounts.capabilities('acc', 'b')).toEqual({ ...later, probedMs: 2 });
    expect(store.accounts.capabilities('acc', 'c')).toBeUndefined();
  });
});

describe('folders', () => {
  test('come back as they were put, not paused and never passed', () => {
    const store = storeWithFolders();
    const fresh = { paused: false, hold: undefined, lastPass: 0, lastFullPassMs: undefined, wasCutOff: false };
    expect(store.folders.list()).toEqual([
      { ...folder('f1'), ...fresh },
      { ...folder('f2'), ...fresh },
    ]);
  });

  test('can not share a local root', () => {
    const store = storeWithFolders();
    expect(() => store.folders.insert({ ...folder('f3'), localRoot: '/home/f1' })).toThrow(/UNIQUE/);
  });

  test('count their passes and remember the last full one', () => {
    const store = storeWithFolders();
    expect([store.folders.startPass('f1'), store.folders.startPass('f1'), store.folders.startPass('f2')]).toEqual([
      1, 2, 1,
    ]);
    store.folders.finishFullPass('f1', 1_763_805_600_000);
    store.folders.setPaused('f1', true);
    expect(store.folders.byId('f1')).toMatchObject({ lastPass: 2, lastFullPassMs: 1_763_805_600_000, paused: true });
    expect(store.folders.byId('f2')).toMatchObject({ lastPass: 1, paused: false });
    expect(() => store.folders.startPass('nobody')).toThrow();
  });

  test('are held until approved, and a new hold needs a new approval', () => {
    const store = storeWithFolders();
    const totals = { known: 100, deletions: 60, replacements: 3, diskChanged: false };
    expect(store.folders.approve('f1')).toBe(false);
    store.folders.setHold('f1', 'deletes-most', totals, true);
    expect(store.folders.byId('f1')?.hold).toEqual({ reason: 'deletes-most', totals, revision: 1, approved: false });
    expect(store.folders.approve('f1')).toBe(true);
    expect(store.folders.byId('f1')?.hold?.approved).toBe(true);
    store.folders.setHold('f1', 'empties-side', totals, false);
    expect(store.folders.byId('f1')?.hold).toMatchObject({ reason: 'empties-side', revision: 1, approved: false });
    store.folders.clearHold('f1');
    expect(store.folders.byId('f1')?.hold).toBeUndefined();
  });
});

describe('the notes of uploads that nobody takes up', () => {
  test('tell of those that are made, and of those left that no one works on', () => {
    const { passingUploads } = storeWithFolders();
    const notes = passingUploads.notesOf('acc');
    const running = notes.begin('b', 'running', 5);
    running.begun('u1');
    const unlucky = notes.begin('b', 'unlucky', 6);
    unlucky.close();
    const done = notes.begin('b', 'done', 7);
    done.over();
    done.close();
    notes.begin('other', 'elsewhere', 8).close();
    const made = { key: 'running', uploadId: 'u1', startedMs: 5, isOpen: true };
    const left = { key: 'unlucky', uploadId: undefined, startedMs: 6, isOpen: false };
    expect(passingUploads.list('acc', 'b')).toMatchObject([made, left]);
  });

  test('tell of one that is put by hand in another process until its command closes it', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const open = () => {
      const state = StateStore.open(path, 's');
      onTestFinished(() => state.close());
      return state;
    };
    const [engine, command] = [open(), open()];
    engine.accounts.insert(account());
    const notes = command.passingUploads.notesOf('acc', 'hand');
    notes.begin('b', 'goes on', 5).begun('u1');
    notes.begin('b', 'unlucky', 5).close();
    expect(engine.passingUploads.list('acc', 'b')).toMatchObject([
      { key: 'goes on', isOpen: false, byHand: true },
      { key: 'unlucky', isOpen: false, byHand: false },
    ]);
  });
});

describe('the upload journal', () => {
  const target: UploadTarget = { accountId: 'acc', bucket: 'b', key: 'k' };
  const fingerprint = {
    sizeBytes: 2 ** 40,
    mtimeNs: 1_763_805_600_123_456_789n,
    ctimeNs: 1n,
    fileId: '18446744073709551615',
  };
  const part = (partNumber: number): JournalledPart => ({ partNumber, sizeBytes: 8, md5: 'm', etag: 'e' });

  test('gives back an upload with its exact fingerprint, its id once known, and its parts in order', () => {
    const { uploads } = storeWithFolders();
    const id = uploads.begin(target, 'f1', fingerprint, 8 * 2 ** 20, 5);
    expect(uploads.find(target)).toEqual({
      id,
      uploadId: undefined,
      partSizeBytes: 8 * 2 ** 20,
      fingerprint,
      startedMs: 5,
    });
    uploads.setUploadId(id, 'u1');
    for (const n of [10, 2, 1]) uploads.putPart(id, part(n));
    uploads.putPart(id, { ...part(2), etag: 'again' });
    expect(uploads.find(target)?.uploadId).toBe('u1');
    expect(uploads.parts(id)).toEqual([part(1), { ...part(2), etag: 'again' }, part(10)]);
    expect(uploads.listAll()).toEqual([
      { ...target, id, owner: 'f1', uploadId: 'u1', sizeBytes: 2 ** 40, startedMs: 5, acknowledgedBytes: 24 },
    ]);
  });

  test('knows uploads by account, bucket and key, one at a time', () => {
    const { uploads } = storeWithFolders();
    uploads.begin(target, undefined, fingerprint, 8, 5);
    for (const other of [{ bucket: 'c' }, { key: 'K' }]) expect(uploads.find({ ...target, ...other })).toBeUndefined();
    expect(() => uploads.begin(target, undefined, fingerprint, 8, 5)).toThrow(/UNIQUE/);
  });

  test('forgets the parts with the upload', () => {
    const { uploads } = storeWithFolders();
    const id = uploads.begin(target, undefined, fingerprint, 8, 5);
    uploads.putPart(id, part(1));
    uploads.delete(id);
    expect(uploads.find(target)).toBeUndefined();
    const next = uploads.begin(target, undefined, fingerprint, 8, 6);
    expect(uploads.parts(next)).toEqual([]);
  });

  test('notes no part of an upload that another process has finished', () => {
    const { uploads } = storeWithFolders();
    const id = uploads.begin(target, undefined, fingerprint, 8, 5);
    uploads.delete(id);
    uploads.putPart(id, part(1));
    expect(uploads.parts(id)).toEqual([]);
  });

  test('takes what another process tells late of an upload that was ended for no later one', () => {
    const { uploads } = storeWithFolders();
    const ended = uploads.begin(target, undefined, fingerprint, 8, 5);
    uploads.delete(ended);
    const later = uploads.begin(target, undefined, fingerprint, 8, 6);
    uploads.setUploadId(ended, 'u1');
    uploads.putPart(ended, part(1));
    uploads.delete(ended);
    expect(uploads.find(target)).toMatchObject({ id: later, uploadId: undefined });
    expect(uploads.parts(later)).toEqual([]);
  });
});

describe('activity', () => {
  const row = (atMs: number, changes: Partial<ActivityRow> = {}): ActivityRow => ({
    atMs,
    folderId: 'f1',
    kind: 'uploaded',
    path: `p${atMs}`,
    sizeBytes: 2 ** 40,
    detail: '',
    ...changes,
  });

  test('is listed newest first', () => {
    const { activity } = storeWithFolders();
    for (const atMs of [1, 2, 3]) activity.add(row(atMs));
    expect(activity.recent(2)).toEqual([row(3), row(2)]);
  });

  test('tells what brought a path into the trash, whose time is known to the second', () => {
    const store = storeWithFolders();
    const add = (atMs: number, kind: 'uploaded' | 'downloaded' | 'deleted-local', path = 'a') =>
      store.activity.add({ atMs, folderId: 'f1', kind, path, sizeBytes: 1, detail: '' });
    add(10_000, 'deleted-local', 'other');
    add(10_100, 'uploaded');
    add(10_900, 'deleted-local');
    add(20_000, 'downloaded');
    expect(store.activity.firstSince('f1', 'a', 10_000)).toBe('deleted-local');
    expect(store.activity.firstSince('f1', 'a', 9_000)).toBe('uploaded');
    expect(store.activity.firstSince('f1', 'a', 11_000)).toBe('downloaded');
    expect(store.activity.firstSince('f1', 'a', 21_000)).toBeUndefined();
    expect(store.activity.firstSince('f2', 'a', 0)).toBeUndefined();
  });

  test('is kept for 90 days', () => {
    const { activity } = storeWithFolders();
    activity.add(row(1_000));
    activity.add(row(1_001));
    activity.trim(1_001 + ACTIVITY_MAX_AGE_MS);
    expect(activity.recent(9)).toEqual([row(1_001)]);
  });

  test('is kept to its last 100,000 rows', () => {
    const store = storeWithFolders();
    store.transaction(() => {
      for (let n = 1; n <= ACTIVITY_MAX_ROWS + 3; n++) store.activity.add(row(n));
    });
    store.activity.trim(0);
    const left = store.activity.recent(ACTIVITY_MAX_ROWS + 3);
    expect(left).toHaveLength(ACTIVITY_MAX_ROWS);
    expect(left.at(-1)?.atMs).toBe(4);
  });
});

describe('settings', () => {
  test('have defaults, and keep what was set', () => {
    const { settings } = memoryStore();
    const defaults = {
      uploadLimitBytesPerSecond: 0,
      downloadLimitBytesPerSecond: 0,
      limitHours: null,
      paused: false,
      language: 'system',
      theme: 'system',
      notifications: true,
    };
    expect(settings.read()).toEqual(defaults);
    settings.write({ uploadLimitBytesPerSecond: 1_000_000, paused: true });
    settings.write({ paused: false });
    expect(settings.read()).toEqual({ ...defaults, uploadLimitBytesPerSecond: 1_000_000 });
  });
});

describe('a removed folder', () => {
  test('takes its base, plan, problems and activity with it, and nothing of another', () => {
    const store = storeWithFolders();
    for (const id of ['f1', 'f2']) {
      store.activity.add({ atMs: 1, folderId: id, kind: 'uploaded', path: 'a', sizeBytes: 1, detail: '' });
      store.problems.put(
        id,
        {
          path: 'a',
          source: 'folder',
          code: 'symlink',
          severity: 'notice',
          message: '',
          advice: '',
          detail: '',
          retryAtMs: undefined,
        },
        1,
        1,
      );
    }
    store.folders.delete('f1');
    expect(store.activity.recent(9).map((one) => one.folderId)).toEqual(['f2']);
    expect(store.problems.list(undefined, 9).map((one) => one.folderId)).toEqual(['f2']);
    expect(store.folders.byId('f1')).toBeUndefined();
  });
});

describe('a transaction', () => {
  test('is all or nothing', () => {
    const store = storeWithFolders();
    expect(() =>
      store.transaction(() => {
        store.settings.write({ paused: true });
        throw new Error('half way');
      }),
    ).toThrow('half way');
    expect(store.settings.read().paused).toBe(false);
    expect(store.transaction(() => 42)).toBe(42);
  });
});

describe('shares', () => {
  test('are kept without their link, by account', () => {
    const store = storeWithFolders();
    const share = { accountId: 'acc', bucket: 'b', key: 'k', method: 'GET' as const, createdMs: 1, expiresMs: 2 };
    expect(() => store.shares.add(share)).not.toThrow();
    expect(() => store.shares.add({ ...share, accountId: 'nobody' })).toThrow(/FOREIGN KEY/);
  });

  test('the number of one that is gone is none of a later one, also after a restart', () => {
    const path = join(temporaryDirectory(), 'state.db');
    const share = { accountId: 'acc', bucket: 'b', key: 'k', method: 'GET' as const, createdMs: 1, expiresMs: 2 };
    const given = new Set<number>();
    for (let start = 0; start < 2; start++) {
      const store = StateStore.open(path, 's');
      if (start === 0) store.accounts.insert(account());
      for (let n = 0; n < 2; n++) {
        const id = store.shares.add(share);
        expect(store.shares.byId(id)).toMatchObject(share);
        given.add(id);
        store.shares.delete(id);
      }
      store.close();
    }
    expect(given.size).toBe(4);
  });
});
