import { describe, expect, test } from 'vitest';
import { moveObject } from '../../../src/engine/object-edits.ts';
import { CircuitBreaker, Requests } from '../../../src/transfer/index.ts';
import { MemoryStore } from '../../support/memory-store.ts';
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
});
