import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';

describe('rule 5: a database of before a folder was removed, put back from a backup, deletes nothing', () => {
  test.each(['two-way', 'upload'] as const)('%s', async (mode) => {
    const world = await createWorld(await useDouble(), { mode, mirrorDeletes: true });
    for (const name of ['a', 'b', 'c']) await world.root.write(name, 'x');
    await world.sync();
    await world.stop();
    await cp(join(world.home, 'state.db'), `${world.home}-backup.db`);
    world.start();
    await world.client.call('folder.remove', { id: world.folderId });
    await world.stop();
    await world.root.remove('a');
    await cp(`${world.home}-backup.db`, join(world.home, 'state.db'));
    world.start();
    expect(await world.sync()).toMatchObject({ result: 'problems' });
    expect(await world.problemCodes()).toEqual([': root-replaced']);
    expect(await world.bucket.keys()).toEqual(['a', 'b', 'c']);
  });
});

test('what was fetched in part goes with the folder, and what else is in its root stays', async () => {
  const double = await useDouble();
  const world = await createWorld(double, { mode: 'two-way' });
  await world.root.write('mine', 'x');
  await world.bucket.put('large', randomContent(40 * MIB));
  await world.client.call('setting.set', { downloadLimitBytesPerSecond: 8 * MIB });
  await world.client.call('sync.start', { ids: [] });
  const partial = () => readdir(world.root.at('.rustfs-sync/tmp')).catch(() => []);
  await pollUntil('a part to be there', () =>
    world.state.downloads.listRoot(world.root.path).length > 0 ? true : undefined,
  );
  await world.client.call('folder.remove', { id: world.folderId });
  expect(await partial()).toEqual([]);
  expect(world.state.downloads.listRoot(world.root.path)).toEqual([]);
  expect((await world.root.read('mine')).toString()).toBe('x');
});
