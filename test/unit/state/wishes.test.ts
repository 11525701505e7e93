import { describe, expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { PlanItem } from '../../../src/core/plan.ts';
import type { StateStore } from '../../../src/state/index.ts';
import { storeWithFolders } from './stores.ts';

function upload(path: string): PlanItem {
  return { path: path as RelativePath, kind: 'upload', local: undefined, expect: { kind: 'absent' }, sizeBytes: 1 };
}

function wishes(store: StateStore): string[] {
  return store.wishes.list().map(({ folderId, path, wish }) => `${folderId} ${path}: ${wish}`);
}

describe('what a person asked of single transfers', () => {
  test('is one wish a file, the last one', () => {
    const store = storeWithFolders();
    store.wishes.put('f1', 'a', 'first');
    store.wishes.put('f1', 'a', 'cancelled', 'both sides');
    store.wishes.put('f2', 'a', 'paused');
    expect(store.wishes.get('f1', 'a')).toEqual({ wish: 'cancelled', sides: 'both sides' });
    expect(wishes(store)).toEqual(['f1 a: cancelled', 'f2 a: paused']);
    expect(store.wishes.count('f1')).toEqual({ first: 0, paused: 0, cancelled: 1 });
    store.wishes.deleteCancelled('f1');
    store.wishes.delete('f2', 'a');
    expect(wishes(store)).toEqual([]);
  });

  test('puts the file that was asked for last at the front, in its own phase and lane of its folder', () => {
    const store = storeWithFolders();
    for (const path of ['a', 'b', 'c']) store.plans.put('f1', upload(path));
    store.plans.put('f2', upload('d'));
    expect(store.plans.nextWished('f1', 1, 'small')).toBeUndefined();
    store.wishes.put('f1', 'b', 'first');
    store.wishes.put('f1', 'c', 'first');
    store.wishes.put('f1', 'a', 'paused');
    store.wishes.put('f2', 'd', 'first');
    expect(store.plans.nextWished('f1', 1, 'small')?.path).toBe('c');
    expect(store.plans.nextWished('f1', 1, 'large')).toBeUndefined();
    store.wishes.delete('f1', 'c');
    expect(store.plans.nextWished('f1', 1, 'small')?.path).toBe('b');
  });

  test('is forgotten where nothing is planned any more, but for what is kept and what was not looked at', () => {
    const store = storeWithFolders();
    store.plans.put('f1', upload('planned'));
    for (const path of ['planned', 'kept', 'gone', 'elsewhere']) store.wishes.put('f1', path, 'paused');
    store.wishes.put('f2', 'gone', 'paused');
    store.wishes.deleteUnplanned('f1', ['kept'], ['planned', 'kept', 'gone']);
    expect(wishes(store)).toEqual(['f1 elsewhere: paused', 'f1 kept: paused', 'f1 planned: paused', 'f2 gone: paused']);
    store.wishes.deleteUnplanned('f1', []);
    expect(wishes(store)).toEqual(['f1 planned: paused', 'f2 gone: paused']);
    store.folders.delete('f2');
    expect(wishes(store)).toEqual(['f1 planned: paused']);
  });
});
