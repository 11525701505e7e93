import { describe, expect, test } from 'vitest';
import type { RestoreItem } from '../../../src/api/index.ts';
import type { ListedVersion } from '../../../src/core/object-store.ts';
import { restoreAt, type RestoreAtRequest } from '../../../src/engine/restore-at.ts';
import { CircuitBreaker, Requests } from '../../../src/transfer/index.ts';
import { MemoryStore, refusal, type StoreTraits } from '../../support/memory-store.ts';
import { createTestEnvironment } from '../../support/test-environment.ts';

const BUCKET = 'bucket';
const never = new AbortController().signal;

/** A versioned bucket in memory, and time that goes on with each write. */
function createHistory(traits: Partial<StoreTraits> = {}) {
  const environment = createTestEnvironment();
  let nowMs = 1_000;
  const store = new MemoryStore({ now: () => nowMs }, traits);
  store.model.createBucket(BUCKET);
  store.model.bucket(BUCKET).versioning = 'Enabled';
  const { clock, random } = environment;
  const requests = new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined));
  const retry = <T>(operation: () => Promise<T>) => requests.run(operation, never);
  const capabilities = { conditionalDelete: traits.conditionalDelete ?? true };
  const target = { store, bucket: BUCKET, requests, retry, capabilities, clock };
  const run = async (request: Partial<RestoreAtRequest> & { atMs: number }) => {
    const items: RestoreItem[] = [];
    const whole = { key: '', removeNewer: false, apply: true, ...request };
    for await (const item of restoreAt(target, whole, never)) items.push(item);
    return items;
  };
  return {
    store,
    target,
    put: (key: string, content: string) => {
      nowMs += 1;
      store.seed(BUCKET, key, content);
      return nowMs;
    },
    remove: (key: string) => {
      nowMs += 1;
      store.model.deleteObject(BUCKET, key);
      return nowMs;
    },
    texts: () => new Map([...store.contents(BUCKET)].map(([key, bytes]) => [key, Buffer.from(bytes).toString()])),
    run: (request: Partial<RestoreAtRequest> & { atMs: number }) => clock.run(run(request)),
  };
}

function named(items: readonly RestoreItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'total' ? [] : [`${item.kind} ${item.key}`]));
}

describe('restoring to a moment', () => {
  test('is held to its range: the key and what is below it, and no key that only starts alike', async () => {
    const history = createHistory();
    for (const key of ['d', 'd-old', 'd0', 'e']) history.put(key, 'before');
    const atMs = history.put('d-old/x', 'before');
    for (const key of ['d', 'd-old', 'd0', 'e']) history.put(key, 'after');
    expect(named(await history.run({ key: 'd', atMs, apply: false }))).toEqual(['restore d']);
    expect(named(await history.run({ key: 'd-', atMs, apply: false }))).toEqual([]);
    expect(named(await history.run({ key: '', atMs, apply: false }))).toHaveLength(4);
  });

  test('leaves our own keys alone', async () => {
    const history = createHistory();
    const atMs = history.put('.rustfs-sync-trash/2026-01-01T000000Z/a', 'x');
    history.remove('.rustfs-sync-trash/2026-01-01T000000Z/a');
    expect(named(await history.run({ atMs }))).toEqual([]);
  });

  test('a write between the look and the effect wins, also where the server honours no conditions', async () => {
    for (const conditionalDelete of [true, false]) {
      const history = createHistory({ conditionalDelete });
      history.put('edited', 'before');
      history.put('stays', 'before');
      const atMs = history.put('deleted', 'before');
      for (const key of ['edited', 'newer', 'stays']) history.put(key, 'after');
      history.remove('deleted');
      let isOver = false;
      history.store.onCall = ({ op }) => {
        if (op === 'head' && !isOver) {
          isOver = true;
          for (const key of ['edited', 'newer', 'deleted']) history.put(key, 'theirs');
        }
        return undefined;
      };
      // Whatever was not looked at yet is decided with what they wrote.
      await history.run({ atMs, removeNewer: true });
      const texts = history.texts();
      expect([texts.get('edited'), texts.get('deleted'), texts.get('newer')]).toEqual(['theirs', 'theirs', 'theirs']);
      expect(texts.get('stays')).toBe('before');
    }
  });

  test('an answer that is lost is no change by somebody else', async () => {
    const history = createHistory();
    const atMs = history.put('a', 'before');
    history.put('a', 'after');
    let isOver = false;
    history.store.onCall = ({ op }) => {
      if (op !== 'copy' || isOver) return undefined;
      isOver = true;
      return { when: 'after', error: refusal('timeout') };
    };
    expect(named(await history.run({ atMs }))).toEqual(['restore a']);
    expect(history.texts().get('a')).toBe('before');
  });

  test('one object that fails does not hold up the others, and the next run goes on with it', async () => {
    const history = createHistory();
    let atMs = 0;
    for (const key of ['a', 'b', 'c']) atMs = history.put(key, 'before');
    for (const key of ['a', 'b', 'c']) history.put(key, 'after');
    history.store.onCall = ({ op, key }) =>
      op === 'copy' && key === 'b' ? { when: 'before', error: refusal('access-denied') } : undefined;
    const items = await history.run({ atMs });
    expect(named(items)).toEqual(['restore a', 'failed b', 'restore c']);
    expect(items.at(-1)).toMatchObject({ restoreObjects: 2, failedObjects: 1 });
    history.store.onCall = undefined;
    expect(named(await history.run({ atMs }))).toEqual(['restore b']);
    expect([...history.texts().values()]).toEqual(['before', 'before', 'before']);
  });

  test('is broken off when everything is refused', async () => {
    const history = createHistory();
    let atMs = 0;
    const keys = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(3, '0')}`);
    for (const key of keys) atMs = history.put(key, 'before');
    for (const key of keys) history.put(key, 'after');
    history.store.onCall = ({ op }) =>
      op === 'copy' ? { when: 'before', error: refusal('access-denied') } : undefined;
    await expect(history.run({ atMs })).rejects.toThrow(/broken off after 20 failures/);
    expect(history.store.callsOf('copy').length).toBeLessThan(40);
  });

  test('a bucket whose versions are suspended is refused before anything is shown or written', async () => {
    const history = createHistory();
    const atMs = history.put('a', 'before');
    history.put('a', 'after');
    history.store.model.bucket(BUCKET).versioning = 'Suspended';
    for (const apply of [false, true])
      await expect(history.run({ atMs, apply })).rejects.toMatchObject({ code: 'not-supported' });
    expect(history.texts().get('a')).toBe('after');
  });

  test('rule 12: an object without a version stays, since nothing would be left of it: it may have been another one then', async () => {
    const history = createHistory();
    const atMs = history.put('a', 'before');
    // As in a prefix that is left out of versioning.
    history.store.model.bucket(BUCKET).versioning = 'Suspended';
    history.put('excluded', 'after');
    history.store.model.bucket(BUCKET).versioning = 'Enabled';
    history.put('newer', 'after');
    for (const apply of [false, true])
      expect(named(await history.run({ atMs, removeNewer: true, apply }))).toEqual(['newer excluded', 'remove newer']);
    expect([...history.texts().keys()]).toEqual(['a', 'excluded']);
  });

  test('rule 12: of an object without a version a copy goes into the trash before an older one takes its place', async () => {
    const history = createHistory();
    history.put('a', 'before');
    const atMs = history.put('b', 'before');
    history.put('b', 'after');
    history.store.model.bucket(BUCKET).versioning = 'Suspended';
    history.put('a', 'has no version');
    history.store.model.bucket(BUCKET).versioning = 'Enabled';
    expect(named(await history.run({ atMs }))).toEqual(['restore a', 'restore b']);
    expect(history.texts()).toEqual(
      new Map([
        [expect.stringMatching(/^\.rustfs-sync-trash\/[^/]+\/a$/), 'has no version'],
        ['a', 'before'],
        ['b', 'before'],
      ]),
    );
  });

  test('100,000 keys are listed page by page as they are wanted, and held a few at a time', async () => {
    const history = createHistory();
    const pages = 200;
    let asked = 0;
    history.store.listVersionPage = async () => {
      const page = asked++;
      const versions = Array.from({ length: 500 }, (_, index): ListedVersion[] => {
        const key = `k${String(page * 500 + index).padStart(7, '0')}`;
        const common = { kind: 'object', key, sizeBytes: 1 } as const;
        return [
          { ...common, versionId: '2', isLatest: true, lastModifiedMs: 20, etag: 'after' },
          { ...common, versionId: '1', isLatest: false, lastModifiedMs: 10, etag: 'before' },
        ];
      }).flat();
      return page + 1 < pages ? { versions, next: { key: versions.at(-1)?.key ?? '', versionId: '1' } } : { versions };
    };
    let items = 0;
    let mostAhead = 0;
    const request = { key: '', atMs: 15, removeNewer: false, apply: false };
    for await (const item of restoreAt(history.target, request, never)) {
      if (item.kind === 'restore') items += 1;
      mostAhead = Math.max(mostAhead, asked * 500 - items);
    }
    expect(items).toBe(100_000);
    expect(mostAhead).toBeLessThanOrEqual(1_000);
  });
});
