import { describe, expect, test } from 'vitest';
import { REMOTE_PROBE_PREFIX } from '../../../src/core/paths.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

const DAY_MS = 24 * 3_600_000;
const NOTHING = { conditionalPut: false, conditionalComplete: false, conditionalDelete: false, partCrc32: false };
const ALL = { conditionalPut: true, conditionalComplete: true, conditionalDelete: true, partCrc32: true };

function memoryOf({ state, bucket }: World) {
  const { id = '' } = state.accounts.byName('test') ?? {};
  return {
    /** As if that had been found so many days ago. */
    make: (daysAgo: number) => state.accounts.setCapabilities(id, bucket.name, NOTHING, Date.now() - daysAgo * DAY_MS),
    now: () => state.accounts.capabilities(id, bucket.name),
  };
}

describe('what a server honours', () => {
  test('is asked again after a week: it may be another version by then', async () => {
    const world = await createWorld(await useDouble());
    const memory = memoryOf(world);
    for (const daysAgo of [6, -6]) {
      memory.make(daysAgo);
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      expect(memory.now()).toMatchObject(NOTHING);
    }
    // A clock that was wrong then is no reason to believe it for ever.
    for (const daysAgo of [8, -8]) {
      memory.make(daysAgo);
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      expect(memory.now()).toMatchObject(ALL);
    }
  });

  test('is as it was found before where it can not be asked any more, and not asked each time', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mode: 'two-way' });
    await world.bucket.put('a', 'x');
    const memory = memoryOf(world);
    memory.make(8);
    // Keys that may only read by now.
    double.faults.add({ operation: 'PutObject' }, { kind: 'error', code: 'AccessDenied' });
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(memory.now()).toMatchObject(NOTHING);
    const asked = double.requests.of('PutObject').filter(({ key }) => key?.startsWith(REMOTE_PROBE_PREFIX));
    expect(asked).toHaveLength(1);
  });

  test('is of no interest to a folder that only downloads: keys that may only read will do for it', async () => {
    const double = await useDouble();
    const mayOnlyRead = () =>
      double.faults.add(
        { operation: ['PutObject', 'CreateMultipartUpload', 'DeleteObject', 'DeleteObjects'] },
        { kind: 'error', code: 'AccessDenied' },
      );
    const added = mayOnlyRead();
    const world = await createWorld(double, { mode: 'download' });
    added.remove();
    await world.bucket.put('a', 'x');
    mayOnlyRead();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
    await world.client.call('account.set', { name: 'test', region: 'us-east-1', pathStyle: true });
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
  });
});
