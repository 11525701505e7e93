import { MessageChannelMain } from 'electron';
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
