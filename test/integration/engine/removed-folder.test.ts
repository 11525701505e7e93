import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

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
