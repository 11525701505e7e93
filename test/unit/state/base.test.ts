import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BaseEntry } from '../../../src/core/entries.ts';
import { compareUtf8 } from '../../../src/core/text.ts';
import type { StateStore } from '../../../src/state/index.ts';
import { baseEntry } from '../core/entries.ts';
import { storeWithFolders } from './stores.ts';

async function pathsIn(store: StateStore, directory?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of store.base.stream('f1', directory)) found.push(entry.path);
  return found;
}

function fill(store: StateStore, paths: readonly string[]): void {
  store.transaction(() => {
    for (const path of paths) store.base.put('f1', baseEntry(path));
  });
}

describe('a base row', () => {
  test('comes back with every digit of its times and of a size beyond 32 bits', () => {
    const store = storeWithFolders();
    const entry: BaseEntry = baseEntry('a/b', {
      sizeBytes: 5 * 2 ** 40,
      mtimeNs: 1_763_805_600_123_456_789n,
      ctimeNs: -62_135_596_800_000_000_1n,
      fileId: '18446744073709551615',
      etag: '59adb24ef3cdbe0297f05b395827453f-9000',
      partSizeBytes: 583 * 2 ** 20,
      retained: true,
    });
    store.base.put('f1', entry);
    expect(store.base.get('f1', 'a/b')).toEqual(entry);
    expect(store.base.get('f2', 'a/b')).toBeUndefined();
  });

  test('without a part size has none, and is replaced by the next one', () => {
    const store = storeWithFolders();
    store.base.put('f1', baseEntry('a', { partSizeBytes: 8 }));
    store.base.put('f1', baseEntry('a', { etag: 'new' }));
    expect(store.base.get('f1', 'a')).toEqual(baseEntry('a', { etag: 'new' }));
  });

  test('is counted as present or retained', () => {
    const store = storeWithFolders();
    expect(store.base.count('f1')).toEqual({ present: 0, retained: 0 });
    fill(store, ['a', 'b', 'c']);
    store.base.retain('f1', 'b', true);
    expect(store.base.count('f1')).toEqual({ present: 2, retained: 1 });
    expect(store.base.get('f1', 'b')).toEqual(baseEntry('b', { retained: true }));
    store.base.delete('f1', 'a');
    expect(store.base.count('f1')).toEqual({ present: 1, retained: 1 });
  });

  test('keeps the number of present files with each change, and does not count again', () => {
    const store = storeWithFolders();
    fill(store, ['a', 'b']);
    expect(store.base.present('f1')).toBe(2);
    const changes: (() => void)[] = [
      () => store.base.put('f1', baseEntry('a', { etag: 'new' })),
      () => store.base.put('f1', baseEntry('c')),
      () => store.base.retain('f1', 'b', true),
      () => store.base.retain('f1', 'b', true),
      () => store.base.retain('f1', 'not-there', true),
      () => store.base.delete('f1', 'b'),
      () => store.base.delete('f1', 'not-there'),
      () => store.base.put('f1', baseEntry('b', { retained: true })),
      () => store.base.retain('f1', 'b', false),
      () => store.base.put('f2', baseEntry('of another folder')),
      () => store.base.keepOnly('f1', ['a']),
      () => store.base.clear('f1'),
    ];
    const presents = changes.map((change) => {
      change();
      return store.base.present('f1');
    });
    expect(presents).toEqual([2, 3, 2, 2, 2, 2, 2, 2, 3, 3, 1, 0]);
  });

  test('with a broken type is refused by the table', () => {
    const store = storeWithFolders();
    expect(() => store.base.put('f1', baseEntry('a', { sizeBytes: 1.5 }))).toThrow(/INTEGER/);
    expect(() => store.base.put('no-such-folder', baseEntry('a'))).toThrow(/FOREIGN KEY/);
  });
});

describe('streaming the base', () => {
  test('gives 3,500 rows in key order, page by page, and only those of the folder', async () => {
    const store = storeWithFolders();
    const paths = Array.from({ length: 3_500 }, (_, n) => `d${n % 7}/f${n}`);
    fill(store, paths);
    store.base.put('f2', baseEntry('not-mine'));
    expect(await pathsIn(store)).toEqual(paths.toSorted(compareUtf8));
  });

  test.each([0, 1, 999, 1_000, 1_001, 2_000])('ends after exactly %d rows', async (rows) => {
    const store = storeWithFolders();
    fill(
      store,
      Array.from({ length: rows }, (_, n) => `f${n}`),
    );
    expect(await pathsIn(store)).toHaveLength(rows);
  });

  const name = fc.constantFrom('a', 'a-', 'a0', 'a ', 'a.', '\u{1f600}', '\uffff', '\u{10ffff}', 'é', '%', '_');
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

  test('gives what filtering and sorting gives, for the whole and for any directory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { maxLength: 40 }), path, async (paths, directory) => {
        const store = storeWithFolders();
        fill(store, paths);
        expect(await pathsIn(store)).toEqual(paths.toSorted(compareUtf8));
        const below = paths.filter((one) => one.startsWith(`${directory}/`)).sort(compareUtf8);
        expect(await pathsIn(store, directory)).toEqual(below);
        store.close();
      }),
      { numRuns: 60 },
    );
  });

  test('goes on rightly while rows behind, ahead and at the place are written and deleted', async () => {
    const store = storeWithFolders();
    fill(
      store,
      Array.from({ length: 2_500 }, (_, n) => `f${String(n).padStart(4, '0')}`),
    );
    const found: string[] = [];
    for await (const { path: at } of store.base.stream('f1')) {
      found.push(at);
      if (at === 'f0500') {
        store.base.put('f1', baseEntry('f0000-behind'));
        store.base.delete('f1', 'f0500');
        store.base.delete('f1', 'f2000');
        store.base.put('f1', baseEntry('f2400-ahead'));
      }
    }
    expect(found).toHaveLength(2_500);
    expect(found).not.toContain('f2000');
    expect(found).toContain('f2400-ahead');
    expect(found).toEqual(found.toSorted(compareUtf8));
  });

  test('can be left at any place, and the store closed after it', async () => {
    const store = storeWithFolders();
    fill(store, ['a', 'b']);
    for await (const entry of store.base.stream('f1')) {
      expect(entry.path).toBe('a');
      break;
    }
    expect(await pathsIn(store)).toEqual(['a', 'b']);
  });
});
