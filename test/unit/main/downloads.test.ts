import { MessageChannelMain, type MessagePortMain } from 'electron';
import { expect, test } from 'vitest';
import { Downloads } from '../../../main/downloads.ts';
import type { Download } from '../../../src/api/index.ts';

test('tens of thousands of downloads are begun, called off and listed without the app standing still', () => {
  const count = 60_000;
  let asked = 0;
  let shown: readonly Download[] = [];
  const downloads = new Downloads({
    engine: {
      ask: () => {
        asked += 1;
        return new MessageChannelMain().port1;
      },
    },
    directory: () => '/nowhere',
    show: (all) => {
      shown = all;
    },
    rested: () => undefined,
  });
  for (let id = 1; id <= count; id++) downloads.begin({ account: 'home', bucket: 'photos', key: `${id}.jpg` });
  downloads.steer({ type: 'show' });
  expect(asked).toBe(3);
  expect(shown.filter(({ state }) => state === 'running')).toHaveLength(3);
  expect(shown).toHaveLength(count);
  downloads.steer({ type: 'cancel', ids: shown.map(({ id }) => id) });
  downloads.steer({ type: 'show' });
  // The last of them stay to be seen.
  expect(shown).toHaveLength(200);
  expect(shown.every(({ state }) => state === 'cancelled')).toBe(true);
  expect(shown.at(-1)?.source.key).toBe(`${count}.jpg`);
  expect(asked).toBe(3);
});

test('what failed stays listed, however much of it there is, so that a person can ask for it again', async () => {
  const count = 500;
  const ports: MessagePortMain[] = [];
  const restedWith = Promise.withResolvers<number>();
  let shown: readonly Download[] = [];
  const downloads = new Downloads({
    engine: {
      ask: () => {
        const { port1, port2 } = new MessageChannelMain();
        port2.postMessage({ type: 'failed', error: { code: 'unreachable', message: 'Away.', advice: 'Wait.' } });
        ports.push(port2);
        return port1;
      },
    },
    directory: () => '/nowhere',
    show: (all) => {
      shown = all;
    },
    rested: (ended) => restedWith.resolve(ended.length),
  });
  for (let id = 1; id <= count; id++) downloads.begin({ account: 'home', bucket: 'photos', key: `${id}.jpg` });
  expect(await restedWith.promise).toBe(count);
  downloads.steer({ type: 'show' });
  expect(shown).toHaveLength(count);
  downloads.steer({ type: 'clear' });
  downloads.steer({ type: 'show' });
  expect(shown).toEqual([]);
});

test('where the system has no place for downloads, they fail and say so, and the app goes on', async () => {
  let shown: readonly Download[] = [];
  const ended: number[] = [];
  const rested = Promise.withResolvers<undefined>();
  const downloads = new Downloads({
    engine: { ask: () => new MessageChannelMain().port1 },
    directory: () => {
      throw new Error("Failed to get 'downloads' path");
    },
    show: (all) => {
      shown = all;
    },
    rested: (each) => {
      ended.push(each.length);
      rested.resolve(undefined);
    },
  });
  for (let id = 1; id <= 5; id++) downloads.begin({ account: 'home', bucket: 'photos', key: `${id}.jpg` });
  await rested.promise;
  expect(ended).toEqual([5]);
  expect(shown.map(({ state, error }) => `${state}: ${error?.code}`)).toEqual(Array(5).fill('failed: disk-error'));
  expect(shown[0]?.error?.detail).toContain("'downloads' path");
});
