import { expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { StateStore } from '../../../src/state/index.ts';
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
