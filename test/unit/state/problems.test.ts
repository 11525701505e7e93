import { describe, expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { ProblemFinding, StateStore } from '../../../src/state/index.ts';
import { storeWithFolders } from './stores.ts';

/** A planned download that failed. */
function putFailed({ plans, problems }: StateStore, path: string, retryAtMs: number, sizeBytes = 1): void {
  const expected = { kind: 'etag', etag: 'e' } as const;
  plans.put('f1', { path: path as RelativePath, kind: 'download', local: undefined, expect: expected, sizeBytes });
  const finding = { path, source: 'transfer', code: 'access-denied', severity: 'error', retryAtMs } as const;
  problems.put('f1', { ...finding, message: 'm', advice: 'a', detail: 'd' }, 1, 1);
}

test('when the next retry is due is told at once, though very many files failed', () => {
  const store = storeWithFolders();
  for (let n = 0; n < 20_000; n++) putFailed(store, `a/${n}`, 20_000 - n);
  const startMs = performance.now();
  for (let n = 0; n < 100; n++) expect(store.problems.nextRetryMs('f1')).toBe(1);
  // By going through all of them each question takes more than ten milliseconds.
  expect(performance.now() - startMs).toBeLessThan(500);
});

test('where no large file could begin, when the next small one is due is what counts', () => {
  const store = storeWithFolders();
  putFailed(store, 'large', 200, 2 ** 30);
  expect(store.problems.nextRetryMs('f1', 'small')).toBeUndefined();
  putFailed(store, 'small', 300);
  expect([store.problems.nextRetryMs('f1'), store.problems.nextRetryMs('f1', 'small')]).toEqual([200, 300]);
});

describe('problems', () => {
  const finding = (path: string, changes: Partial<ProblemFinding> = {}): ProblemFinding => ({
    path,
    source: 'comparison',
    code: 'unreadable',
    severity: 'warning',
    message: 'm',
    advice: 'a',
    detail: 'd',
    retryAtMs: undefined,
    ...changes,
  });
  const pathsOf = (rows: readonly { path: string }[]) => rows.map((row) => row.path);

  test('found again keep their first time and count their attempts', () => {
    const { problems } = storeWithFolders();
    problems.put('f1', finding('a'), 1, 100);
    problems.put('f1', finding('a', { code: 'symlink', severity: 'notice', retryAtMs: 900 }), 2, 200);
    expect(problems.get('f1', 'a', 'comparison')).toMatchObject({
      code: 'symlink',
      severity: 'notice',
      attempts: 2,
      firstMs: 100,
      lastMs: 200,
      retryAtMs: 900,
    });
    expect(problems.get('f1', 'a', 'transfer')).toBeUndefined();
    problems.put('f1', finding('b'), 2, 200);
    // A person types the number: what is found again and again uses up none.
    expect(problems.list('f1', 2).map(({ id }) => id)).toEqual([2, 1]);
  });

  test('of comparisons that a later one did not find go; those of transfers stay', () => {
    const { problems } = storeWithFolders();
    problems.put('f1', finding('stale'), 1, 1);
    problems.put('f1', finding('fresh'), 2, 1);
    problems.put('f1', finding('transfer', { source: 'transfer' }), 1, 1);
    problems.put('f2', finding('other-folder'), 1, 1);
    problems.deleteStale('f1', 2);
    expect(pathsOf(problems.list('f1', 10))).toEqual(['fresh', 'transfer']);
    expect(pathsOf(problems.list('f2', 10))).toEqual(['other-folder']);
  });

  test('go only below the directory that was compared', () => {
    const { problems } = storeWithFolders();
    for (const path of ['a', 'a-b', 'a/b', 'a/\u{1f600}', 'a0', 'b']) problems.put('f1', finding(path), 1, 1);
    problems.deleteStale('f1', 2, 'a');
    expect(pathsOf(problems.list('f1', 10))).toEqual(['a-b', 'a0', 'b']);
  });

  test('are listed with the worst first, so that a limit does not hide them behind what matters less', () => {
    const { problems } = storeWithFolders();
    problems.put('f1', finding('a link', { severity: 'notice' }), 1, 1);
    problems.put('f1', finding('b conflict'), 1, 1);
    problems.put('f1', finding('c link', { severity: 'notice' }), 1, 1);
    problems.put('f2', finding('d failed', { severity: 'error' }), 1, 1);
    expect(pathsOf(problems.list(undefined, 2))).toEqual(['d failed', 'b conflict']);
    expect(pathsOf(problems.list(undefined, 10))).toEqual(['d failed', 'b conflict', 'a link', 'c link']);
    expect(pathsOf(problems.list('f1', 1))).toEqual(['b conflict']);
  });

  test('of an audit go when a later one did not find them', () => {
    const store = storeWithFolders();
    const audited = {
      source: 'audit',
      code: 'bit-rot',
      severity: 'error',
      message: '',
      advice: '',
      detail: '',
    } as const;
    const put = (path: string, atMs: number) =>
      store.problems.put('f1', { ...audited, path, retryAtMs: undefined }, 0, atMs);
    put('mended', 100);
    put('still', 100);
    put('still', 200);
    store.problems.deleteBefore('f1', 'audit', 200);
    expect(store.problems.list('f1', 10).map(({ path, attempts }) => [path, attempts])).toEqual([['still', 2]]);
  });

  test('tell when the next retry is due and how many there are of each severity', () => {
    const { problems, plans } = storeWithFolders();
    const download = { kind: 'download', local: undefined, expect: { kind: 'etag', etag: 'e' }, sizeBytes: 1 } as const;
    expect(problems.nextRetryMs('f1')).toBeUndefined();
    for (const path of ['a', 'b'] as RelativePath[]) plans.put('f1', { ...download, path });
    problems.put('f1', finding('a', { retryAtMs: 500 }), 1, 1);
    problems.put('f1', finding('b', { retryAtMs: 300, severity: 'error' }), 1, 1);
    problems.put('f1', finding('c'), 1, 1);
    problems.put('f1', finding('not planned', { retryAtMs: 100 }), 1, 1);
    expect(problems.nextRetryMs('f1')).toBe(300);
    problems.delete('f1', 'not planned', 'comparison');
    expect(problems.count('f1')).toEqual({ notice: 0, warning: 2, error: 1 });
    problems.delete('f1', 'b', 'comparison');
    expect(problems.nextRetryMs('f1')).toBe(500);
    expect(pathsOf(problems.list(undefined, 1))).toEqual(['a']);
  });
});
