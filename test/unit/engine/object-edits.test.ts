import { describe, expect, test } from 'vitest';
import { moveObject } from '../../../src/engine/object-edits.ts';
import { CircuitBreaker, Requests } from '../../../src/transfer/index.ts';
import { MemoryStore, refusal } from '../../support/memory-store.ts';
import { createTestEnvironment } from '../../support/test-environment.ts';

const bucket = 'bucket';

describe('renaming an object by hand', () => {
  test('what somebody writes while it is copied keeps its name, also on a server that deletes without conditions', async () => {
    const { clock, random } = createTestEnvironment();
    const store = new MemoryStore(clock, { conditionalDelete: false });
    store.model.createBucket(bucket);
    store.seed(bucket, 'old', 'first');
    const requests = new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined));
    const target = { store, bucket, requests, capabilities: { conditionalDelete: false } };
    let isChanged = false;
    store.onCall = ({ op }) => {
      if (!isChanged && op !== 'copy' && store.callsOf('copy').length > 0) {
        store.seed(bucket, 'old', 'theirs');
        isChanged = true;
      }
      return undefined;
    };
    const move = moveObject(target, { bucket, key: 'old', newKey: 'new' }, new AbortController().signal);
    await expect(clock.run(move)).rejects.toMatchObject({ code: 'precondition-failed' });
    const texts = [...store.contents(bucket)].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
    expect(texts).toEqual([
      ['new', 'first'],
      ['old', 'theirs'],
    ]);
  });

  test('an object whose copy somebody replaces or removes before it is deleted keeps its name', async () => {
    for (const theirs of ['theirs', undefined]) {
      const { clock, random } = createTestEnvironment();
      const store = new MemoryStore(clock);
      store.model.createBucket(bucket);
      store.seed(bucket, 'old', 'first');
      const requests = new Requests(clock, random, new CircuitBreaker(clock, random, () => undefined));
      const target = { store, bucket, requests, capabilities: { conditionalDelete: true } };
      let isLost = false;
      // The first attempt is lost with the network; in the hours until the next one others are at work.
      store.onCall = ({ op }) => {
        if (op !== 'delete' || isLost) return undefined;
        isLost = true;
        if (theirs === undefined) store.model.deleteObject(bucket, 'new');
        else store.seed(bucket, 'new', theirs);
        return { when: 'before', error: refusal('timeout') };
      };
      const move = moveObject(target, { bucket, key: 'old', newKey: 'new' }, new AbortController().signal);
      await expect(clock.run(move)).rejects.toMatchObject({
        code: 'precondition-failed',
        advice: '"old" stays as it is.',
      });
      expect(Buffer.from(store.contents(bucket).get('old') ?? []).toString()).toBe('first');
    }
  });
});
