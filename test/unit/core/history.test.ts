import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRestore, historiesAt, type KeyHistory } from '../../../src/core/history.ts';
import type { ListedVersion } from '../../../src/core/object-store.ts';

function version(key: string, lastModifiedMs: number, changes: Partial<ListedVersion> = {}): ListedVersion {
  const versionId = `${key}@${lastModifiedMs}`;
  const common = { kind: 'object', key, versionId, isLatest: false, lastModifiedMs, sizeBytes: 1 } as const;
  return { ...common, etag: versionId, ...changes };
}

const marker = (key: string, atMs: number, isLatest = false) =>
  version(key, atMs, { kind: 'delete-marker', isLatest, sizeBytes: 0, etag: '' });
const latest = (key: string, atMs: number) => version(key, atMs, { isLatest: true });

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function histories(versions: readonly ListedVersion[], atMs: number): Promise<KeyHistory[]> {
  const found: KeyHistory[] = [];
  for await (const history of historiesAt(from(versions), atMs)) found.push(history);
  return found;
}

async function stepsAt(versions: readonly ListedVersion[], atMs: number, seenUntilMs?: number) {
  return (await histories(versions, atMs)).map((history) => decideRestore(history, seenUntilMs));
}

describe('a key at a moment', () => {
  const versions = [latest('a', 30), version('a', 20), version('a', 10)];

  test.each([
    [30, 'unchanged'],
    [29, 'a@20'],
    [20, 'a@20'],
    [10, 'a@10'],
    [9, 'newer'],
  ])('as of %d is %s', async (atMs, expected) => {
    const [step] = await stepsAt(versions, atMs);
    expect(step?.kind === 'restore' ? step.version.versionId : step?.kind).toBe(expected);
  });

  test('a deleted one comes back on the condition that nothing is there, a changed one that it is as seen', async () => {
    const [deleted] = await stepsAt([marker('a', 20, true), version('a', 10)], 15);
    expect(deleted).toMatchObject({ kind: 'restore', expect: { kind: 'absent' } });
    const [changed] = await stepsAt([latest('a', 20), version('a', 10)], 15);
    expect(changed).toMatchObject({ kind: 'restore', expect: { kind: 'etag', etag: 'a@20' } });
  });

  test('one that was deleted then and is now leaves nothing to do; one that was made again since is newer', async () => {
    const [still] = await stepsAt([marker('a', 10, true), version('a', 5)], 15);
    expect(still).toEqual({ kind: 'unchanged', isThere: false });
    const [again] = await stepsAt([latest('a', 20), marker('a', 10), version('a', 5)], 15);
    expect(again?.kind).toBe('newer');
  });

  test('one that was brought back before is as it was: running again does nothing', async () => {
    const restored = version('a', 40, { isLatest: true, etag: 'a@10' });
    const [step] = await stepsAt([restored, latest('a', 30), version('a', 10)], 15);
    expect(step).toEqual({ kind: 'unchanged', isThere: true });
  });

  test('what was written after a person looked is left alone, whatever it was', async () => {
    expect((await stepsAt([latest('a', 50), version('a', 10)], 15, 49))[0]?.kind).toBe('changed');
    expect((await stepsAt([latest('a', 50)], 15, 49))[0]?.kind).toBe('changed');
    expect((await stepsAt([marker('a', 50, true), version('a', 10)], 15, 49))[0]?.kind).toBe('changed');
    expect((await stepsAt([latest('a', 50), version('a', 10)], 15, 50))[0]?.kind).toBe('restore');
  });
});

test('the versions of many keys are one history a key, whatever the moment', async () => {
  const key = fc.record({
    times: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }),
    markers: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 6 }), fc.integer({ min: 0, max: 101 }), async (keys, atMs) => {
      const byKey = keys.map(({ times, markers }, index) =>
        [...times]
          .sort((a, b) => b - a)
          .map((time, nth) => {
            const name = `key-${index}`;
            return markers[nth] === true ? marker(name, time, nth === 0) : version(name, time, { isLatest: nth === 0 });
          }),
      );
      const expected = byKey.map((versions) => ({
        latest: versions[0],
        then: versions.find(({ lastModifiedMs }) => lastModifiedMs <= atMs),
      }));
      expect(await histories(byKey.flat(), atMs)).toEqual(expected);
    }),
  );
});
