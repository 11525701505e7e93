import { expect, test } from 'vitest';
import { EngineLink, type LinkState } from '../../../renderer/engine/link.ts';
import { SyncError } from '../../../src/api/index.ts';
import { channelPair } from '../../support/channel-pair.ts';

test('a window that is one too many says so, and does not knock again', async () => {
  const states: LinkState[] = [];
  let opened = 0;
  const bridge = {
    open: async () => {
      opened += 1;
      const [near, far] = channelPair();
      const error = new SyncError({ code: 'slow-down', message: 'There are enough.', advice: 'Close one.' });
      setImmediate(() => far.send(JSON.stringify({ type: 'fault', error: error.toData() })));
      return near;
    },
    upload: async () => undefined,
    download: async () => undefined,
  };
  await new EngineLink(bridge, (state) => states.push(state)).run();
  expect([states, opened]).toEqual([['too-many-windows'], 1]);
});

test('who waits for a connection that does not come can call it off, and nothing is asked afterwards', async () => {
  const bridge = {
    open: () => new Promise<never>(() => undefined),
    upload: async () => undefined,
    download: async () => undefined,
  };
  const link = new EngineLink(bridge, () => undefined);
  void link.run();
  const end = new AbortController();
  const call = link.call('bucket.delete', { account: 'home', bucket: 'old' }, end.signal);
  const steps = link.stream('object.removeBelow', { account: 'home', bucket: 'old', prefix: '' }, end.signal);
  const step = steps.next();
  end.abort(new Error('thought better of it'));
  await expect(call).rejects.toThrow('thought better of it');
  await expect(step).rejects.toThrow('thought better of it');
});
