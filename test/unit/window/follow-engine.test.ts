import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveClient, type Client, type EngineStatus } from '../../../src/api/index.ts';
import { setEngine } from '../../../renderer/engine/engine.ts';
import { EngineLink } from '../../../renderer/engine/link.ts';
import type { Bridge } from '../../../renderer/engine/bridge.ts';
import { startTexts } from '../../../renderer/i18n/index.ts';
import { followEngine } from '../../../renderer/store/server-events.ts';
import { DEFAULT_SETTINGS, useApp } from '../../../renderer/store/store.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { pollUntil } from '../../support/loopback.ts';
import { fakeEngine, statusWith } from '../api/fake-engine.ts';

describe('the window follows its engine', () => {
  const before = useApp.getState();
  let end = new AbortController();
  beforeEach(() => {
    startTexts();
    end = new AbortController();
  });
  afterEach(() => {
    end.abort();
    useApp.setState(before, true);
  });

  /** Connects the window's store to an engine, as the window does. */
  async function follow(engine: Client): Promise<Promise<void>> {
    const refused = () => Promise.reject(new Error('Not in this test.'));
    const bridge: Bridge = {
      open: async () => {
        const [theirs, ours] = channelPair();
        serveClient(theirs, engine);
        return ours;
      },
      upload: refused,
      download: refused,
    };
    const ready = Promise.withResolvers<undefined>();
    const link = new EngineLink(bridge, (state) => {
      if (state === 'ready') ready.resolve(undefined);
    });
    setEngine(link, bridge);
    void link.run();
    await ready.promise;
    return followEngine(end.signal);
  }

  /** Statuses one after another, each when the one before has been asked for. */
  function statuses(): { readonly watch: () => AsyncIterable<EngineStatus>; readonly tell: (up: number) => void } {
    let present = 1;
    let wake = () => {};
    return {
      async *watch() {
        for (;;) {
          const told = present;
          yield statusWith(told);
          while (told === present) await new Promise<void>((resolve) => (wake = resolve));
        }
      },
      tell: (up) => {
        present = up;
        wake();
      },
    };
  }

  const shows = (up: number) =>
    pollUntil('the status', () => useApp.getState().status?.bytesPerSecond.up === up || undefined);

  test('also after its accounts could not be read, which is told once', async () => {
    let failures = 2;
    const { watch, tell } = statuses();
    void follow(
      fakeEngine(
        {
          'account.list': async () => {
            if (failures-- > 0) throw new Error('disk I/O error');
            return [];
          },
          'setting.get': async () => DEFAULT_SETTINGS,
          'crash.untold': async () => [],
        },
        { 'status.watch': watch },
      ),
    );
    await pollUntil('the accounts', () => useApp.getState().accounts);
    tell(7);
    await shows(7);
    expect(useApp.getState().notices).toMatchObject([
      { kind: 'failed', text: expect.stringContaining('disk I/O') as unknown },
    ]);
  });

  test('also when what crashed before can not be told', async () => {
    const { watch, tell } = statuses();
    void follow(
      fakeEngine(
        {
          'account.list': async () => [],
          'setting.get': async () => DEFAULT_SETTINGS,
          'crash.untold': () => Promise.reject(new Error('no such directory')),
        },
        { 'status.watch': watch },
      ),
    );
    await shows(1);
    tell(8);
    await shows(8);
  });

  test('until its connection is over', async () => {
    const { watch } = statuses();
    const following = follow(
      fakeEngine(
        {
          'account.list': async () => [],
          'setting.get': async () => DEFAULT_SETTINGS,
          'crash.untold': async () => [],
        },
        { 'status.watch': watch },
      ),
    );
    await shows(1);
    end.abort();
    await following;
    expect(useApp.getState().notices).toEqual([]);
  });
});
