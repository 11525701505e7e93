import { describe, expect, test } from 'vitest';
import { MULTIPART_THRESHOLD_BYTES } from '../../../src/core/parts.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { PlanItem, PlannedKind } from '../../../src/core/plan.ts';
import { storeWithFolders } from './stores.ts';

function item(path: string, kind: PlannedKind, changes: Partial<PlanItem> = {}): PlanItem {
  return { path: path as RelativePath, kind, local: undefined, expect: { kind: 'absent' }, sizeBytes: 1, ...changes };
}

function plans() {
  return storeWithFolders().plans;
}

describe('a planned action', () => {
  test('comes back with its exact fingerprint and expectation', () => {
    const table = plans();
    const upload = item('é', 'upload', {
      local: {
        sizeBytes: 2 ** 40,
        mtimeNs: 1_763_805_600_123_456_789n,
        ctimeNs: -1n,
        fileId: '18446744073709551615',
        diskPath: 'e\u0301',
      },
      expect: { kind: 'etag', etag: 'e' },
      sizeBytes: 2 ** 40,
    });
    const download = item('d', 'download', { expect: { kind: 'etag', etag: 'x' } });
    const empty = item('zero', 'upload', { local: { sizeBytes: 0, mtimeNs: 0n, ctimeNs: 0n, fileId: '0' } });
    for (const one of [upload, download, empty]) table.put('f1', one);
    expect(table.page('f1', 1, 'small', '', 10)).toEqual([download, empty]);
    expect(table.page('f1', 1, 'large', '', 10)).toEqual([upload]);
  });

  test('is found in its phase and lane, page by page, in key order', () => {
    const table = plans();
    for (const path of ['c', 'a', '\u{1f600}', '\uffff', 'b']) table.put('f1', item(path, 'upload'));
    table.put('f1', item('big', 'upload', { sizeBytes: MULTIPART_THRESHOLD_BYTES }));
    table.put('f1', item('gone', 'delete-remote'));
    table.put('f2', item('other', 'upload'));
    const paths = (after: string, rows: number) => table.page('f1', 1, 'small', after, rows).map((one) => one.path);
    expect(paths('', 2)).toEqual(['a', 'b']);
    expect(paths('b', 9)).toEqual(['c', '\uffff', '\u{1f600}']);
    expect(table.page('f1', 1, 'large', '', 9)).toHaveLength(1);
    expect(table.page('f1', 2, 'small', '', 9)).toHaveLength(1);
    expect(table.phases('f1')).toEqual([1, 2]);
  });

  test('is deleted from whatever phase and lane it is in, and cleared with its folder only', () => {
    const table = plans();
    table.put('f1', item('a', 'upload', { sizeBytes: MULTIPART_THRESHOLD_BYTES }));
    table.put('f1', item('b', 'delete-local'), true);
    table.put('f2', item('a', 'upload'));
    table.delete('f1', 'a');
    expect(table.phases('f1')).toEqual([0]);
    table.clear('f1');
    expect(table.phases('f1')).toEqual([]);
    expect(table.phases('f2')).toEqual([1]);
  });

  test('adds up with the others of its kind', () => {
    const table = plans();
    table.put('f1', item('a', 'upload', { sizeBytes: 2 ** 40 }));
    table.put('f1', item('b', 'upload', { sizeBytes: 1 }));
    table.put('f1', item('c', 'download', { sizeBytes: 7 }));
    expect(table.summary('f1')).toEqual([
      { kind: 'download', count: 1, sizeBytes: 7 },
      { kind: 'upload', count: 2, sizeBytes: 2 ** 40 + 1 },
    ]);
  });
});

describe('the order of a plan', () => {
  test('puts the deletion of a file that became a directory first, and no other', () => {
    const table = plans();
    for (const path of ['a', 'a-b', 'b', 'c']) table.put('f1', item(path, 'delete-remote'));
    table.put('f1', item('a/x', 'upload'));
    table.put('f1', item('a-/x', 'upload'));
    table.put('f1', item('b0', 'upload'));
    // Something below c goes too: that needs no clearance.
    table.put('f1', item('c/x', 'delete-remote'));
    table.put('f2', item('c/y', 'upload'));
    table.orderClearances('f1');
    expect(table.page('f1', 0, 'small', '', 9).map((one) => one.path)).toEqual(['a']);
    expect(table.page('f1', 2, 'small', '', 9).map((one) => one.path)).toEqual(['a-b', 'b', 'c', 'c/x']);
  });

  test('knows what makes a new object above and below a path, and drops that', () => {
    const table = plans();
    const replaced = { expect: { kind: 'etag', etag: 'e' } } as const;
    for (const path of ['a', 'a/b/c', 'a/b-c', 'b/c']) table.put('f1', item(path, 'upload'));
    table.put('f1', item('a/b/d', 'upload', replaced));
    table.put('f1', item('a/b/e', 'download', replaced));
    table.put('f2', item('a/b/f', 'upload'));
    expect(table.newNear('f1', 'a/b')).toEqual(['a', 'a/b/c']);
    for (const path of ['a', 'a/b/d']) expect(table.deleteNew('f1', path)).toBeUndefined();
    expect(table.newNear('f1', 'a/b')).toEqual(['a/b/c']);
    expect(table.has('f1', 'a/b/d')).toBe(true);
  });

  test('knows which objects are to go', () => {
    const store = storeWithFolders();
    const file = { sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n, fileId: 'id' };
    const path = (name: string) => name as RelativePath;
    store.base.put('f1', { ...file, path: path('old'), etag: 'e', retained: false });
    for (const name of ['old', 'gone']) store.plans.put('f1', item(name, 'delete-remote'));
    store.plans.put('f1', item('new', 'upload', { local: file }));
    expect(store.plans.pairMoves('f1')).toBe(1);
    const going = ['old', 'gone', 'new', 'other'].filter((name) => store.plans.takesObject('f1', name));
    expect(going).toEqual(['old', 'gone']);
    expect(store.plans.deleteNew('f1', 'new')).toBe('old');
    expect(store.plans.takesObject('f1', 'old')).toBe(false);
  });

  test('knows what is to be written at a path', () => {
    const table = plans();
    table.put('f1', item('a', 'upload'));
    table.put('f1', item('b', 'delete-remote'));
    expect(table.writesAt('f1', 'a')).toBe(true);
    expect(table.writesAt('f1', 'b')).toBe(false);
    expect(table.writesAt('f2', 'a')).toBe(false);
  });
});
