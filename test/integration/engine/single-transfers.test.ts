import { describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';

type Double = Awaited<ReturnType<typeof useDouble>>;

/** A world with so many files that wait, of which each takes a moment to send. */
async function worldWithQueue(double: Double, files: number): Promise<World> {
  const world = await createWorld(double, {
    before: async (root) => {
      for (let n = 0; n < files; n++) await root.write(nameOf(n), `content ${n}`);
    },
  });
  double.faults.add({ operation: 'PutObject', key: /txt$/ }, { kind: 'latency', delayMs: 300 });
  await world.client.call('sync.start', { ids: [world.folderId] });
  await pollUntil('the first file to be sent', () => sent(double).length > 0 || undefined);
  return world;
}

const nameOf = (n: number) => `f${String(n).padStart(4, '0')}.txt`;

/** The keys in the order in which they were sent, without those by which the server was probed. */
function sent(double: Double): string[] {
  const keys = double.requests.of('PutObject').map(({ key = '' }) => key);
  return keys.filter((key) => !key.startsWith('.rustfs-sync'));
}

describe('the file that a person wants first', () => {
  test('is the next one to be sent', async () => {
    const double = await useDouble();
    const { client, folderId, bucket } = await worldWithQueue(double, 250);
    await client.call('transfer.first', { folderId, path: nameOf(248) });
    await client.call('transfer.first', { folderId, path: [nameOf(249), nameOf(247)] });
    await pollUntil('all of them', async () => (await bucket.keys()).length === 250 || undefined);
    const order = sent(double);
    for (const n of [247, 248, 249]) expect(order.indexOf(nameOf(n))).toBeLessThan(200);
    // Each once, although three had their turn before.
    expect(new Set(order).size).toBe(order.length);
  });

  test('is looked at before the rest of the plan where nothing is known of it yet', async () => {
    const double = await useDouble();
    const { client, folderId, bucket, root } = await worldWithQueue(double, 300);
    await root.write('new.txt', 'new');
    await client.call('transfer.first', { folderId, path: 'new.txt' });
    await pollUntil('new.txt', async () => (await bucket.etag('new.txt')) !== undefined || undefined);
    expect(sent(double).length).toBeLessThan(300);
    await pollUntil('all of them', async () => (await bucket.keys()).length === 301 || undefined);
  });

  test('may be one that is not there: the others go on', async () => {
    const double = await useDouble();
    const { client, folderId, bucket, state } = await worldWithQueue(double, 100);
    await client.call('transfer.first', { folderId, path: 'none.txt' });
    await pollUntil('all of them', async () => (await bucket.keys()).length === 100 || undefined);
    await pollUntil('the wish to be forgotten', () => state.wishes.list().length === 0 || undefined);
  });
});
