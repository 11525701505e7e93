import { expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

/** So much faster does time go: nobody waits a minute to see a server given up. */
const HASTE = 60;

/** A world whose server goes away as soon as something is to be deleted there, and comes back when it is asked to. */
async function leavingWorld(): Promise<{
  readonly world: World;
  readonly server: { isAway: boolean; leaves: boolean };
}> {
  const server = { isAway: false, leaves: false };
  const unlessAway = async <T>(request: () => Promise<T>): Promise<T> => {
    if (!server.isAway) return request();
    throw new SyncError({ code: 'unreachable', message: 'It is away.', advice: 'Wait.', retryable: true });
  };
  const leaving = withStore((store) => ({
    delete: (...request) => {
      server.isAway ||= server.leaves;
      return unlessAway(() => store.delete(...request));
    },
    head: (...request) => unlessAway(() => store.head(...request)),
    listBuckets: (signal) => unlessAway(() => store.listBuckets(signal)),
    listPage: (...request) => unlessAway(() => store.listPage(...request)),
  }));
  const wrap = (environment: Environment) => withQuickClock(leaving(environment), HASTE);
  return { world: await createWorld(await useDouble(), { mode: 'two-way', wrap }), server };
}

test('rename: a server that goes away between the copy and the deletion is told, and both are there', async () => {
  const { world, server } = await leavingWorld();
  const { client, bucket } = world;
  await bucket.put('a', 'content');
  server.leaves = true;
  const move = client.call('object.move', { account: 'test', bucket: bucket.name, key: 'a', newKey: 'b' });
  await expect(move).rejects.toMatchObject({ code: 'unreachable' });
  expect(await bucket.keys()).toEqual(['a', 'b']);
});

test('trash: a server that goes away while something is put back, or while it is emptied, is told', async () => {
  const { world, server } = await leavingWorld();
  const { client, bucket, folderId: id } = world;
  for (const path of ['doc', 'other']) await world.root.write(path, path);
  await world.sync();
  await world.root.remove('doc');
  await world.sync();
  const [key = ''] = await bucket.trashKeys();
  server.leaves = true;
  const restore = client.call('trash.restore', { id, entry: key.slice(key.indexOf('/') + 1) });
  await expect(restore).rejects.toMatchObject({ code: 'unreachable' });
  expect(await bucket.text('doc')).toBe('doc');
  server.isAway = false;
  await expect(client.call('trash.empty', { id })).rejects.toMatchObject({ code: 'unreachable' });
  server.leaves = false;
  server.isAway = false;
  expect(await client.call('trash.empty', { id })).toMatchObject({ bucket: { removedFiles: 1 } });
});
