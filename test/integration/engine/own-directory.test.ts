import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { allOf } from '../../support/all-of.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';

/** A person who syncs all that is theirs syncs the directory around our own state too. */

/** What another process is told that wants the lock. */
function tryLock(home: string): string {
  const module = new URL('../../../src/engine/lock.ts', import.meta.url).href;
  const script = `const { lockEngine } = await import(${JSON.stringify(module)});
    try { lockEngine(${JSON.stringify(home)}); console.log('taken'); } catch (error) { console.log(error.code); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
}

test.each(['upload', 'two-way'] as const)(
  'rule 15: a folder around our own state leaves that out, and the lock stays held (%s)',
  async (mode) => {
    const world = await createWorld(await useDouble());
    await world.root.write('doc', 'x');
    await world.client.call('folder.remove', { id: world.folderId });
    await world.root.remove('.rustfs-sync');
    const { client, bucket } = world;
    // What another computer has at the same place is not for this one.
    await bucket.put('home/secrets.json', 'those of another computer');
    await bucket.put('HOME/state.db', 'that of a disk that ignores case');
    const localRoot = dirname(world.home);
    const { id } = await client.call('folder.add', { localRoot, account: 'test', bucket: bucket.name, mode });
    const plan = await allOf(client.stream('folder.preview', { id }));
    expect(plan.filter((item) => item.kind === 'action').map(({ path }) => path)).toEqual(['root/doc']);
    await client.call('sync.once', { ids: [id] });
    expect((await bucket.keys()).sort()).toEqual(['HOME/state.db', 'home/secrets.json', 'root/doc']);
    expect(await bucket.text('home/secrets.json')).toBe('those of another computer');
    expect(tryLock(world.home)).toBe('engine-busy');
  },
);

test('rule 15: our own state, and what lies in it, can be no folder', async () => {
  const world = await createWorld(await useDouble());
  const { client, bucket, home } = world;
  await client.call('folder.remove', { id: world.folderId });
  await mkdir(join(home, 'below'));
  for (const localRoot of [home, join(home, 'below')]) {
    const added = client.call('folder.add', { localRoot, account: 'test', bucket: bucket.name });
    await expect(added).rejects.toMatchObject({
      code: 'folder-overlap',
      advice: `Choose a folder that is not in ${home}.`,
    });
  }
});
