import { expect, test } from 'vitest';
import type { RestoreItem } from '../../../src/api/index.ts';
import { keepListed, MOST_LISTED } from '../../../renderer/dialogs/keep-listed.ts';
import { readItems, type Items } from '../../../renderer/engine/use-answer.ts';

const TOTAL: RestoreItem = {
  kind: 'total',
  restoreObjects: 150_000,
  restoreBytes: 150_000,
  removeObjects: 1,
  newerObjects: 0,
  changedObjects: 0,
  failedObjects: 0,
  unchangedObjects: 0,
  seenUntilMs: 1,
};

test('a restoring of any size is added up to its end, and what is listed of it alone is held', async () => {
  async function* preview(): AsyncGenerator<RestoreItem> {
    for (let n = 0; n < 150_000; n++) {
      yield {
        kind: 'restore',
        key: `${n}`,
        versionId: 'v',
        sizeBytes: 1,
        lastModifiedMs: 0,
        replaces: true,
      };
    }
    yield { kind: 'remove', key: 'z', sizeBytes: 1, lastModifiedMs: 0 };
    yield TOTAL;
  }
  let shown: Omit<Items<RestoreItem>, 'reload'> | undefined;
  await readItems(preview(), keepListed(), Infinity, new AbortController().signal, (read) => {
    shown = read;
  });
  expect(shown).toMatchObject({ count: 150_002, isComplete: true, hasMore: false });
  expect(shown?.items).toHaveLength(MOST_LISTED + 2);
  expect(shown?.items.at(-1)).toEqual(TOTAL);
});
