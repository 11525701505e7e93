import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeShare } from '../../../src/api/index.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { pollUntil } from '../../support/loopback.ts';
import { useDouble } from '../../support/engine-servers.ts';

const access = () => sharedServer();

async function page({ client, bucket }: World, prefix: string, next?: { token: string; after: string }) {
  return client.call('object.page', {
    account: 'test',
    bucket: bucket.name,
    prefix,
    ...(next !== undefined && { next }),
  });
}

async function states({ client, bucket }: World, ...keys: string[]): Promise<string[]> {
  const found = await client.call('object.states', { account: 'test', bucket: bucket.name, keys });
  return found.map(({ key, state }) => `${key}: ${state}`);
}

describe.skipIf(isWithoutRealServer)('what a window asks', () => {
  test('a page shows objects, prefixes and what is planned, each once and in order', async () => {
    const double = await useDouble();
    const world = await createWorld(double, {
      before: async (root) => {
        await root.write('b.txt', 'b');
        await root.write('new/deep/x.txt', 'x');
      },
    });
    const { client, folderId, bucket } = world;
    await bucket.put('a.txt', 'a');
    await bucket.put('old/y.txt', 'y');
    // Nothing that is sent from now on arrives.
    double.faults.add({ operation: 'PutObject' }, { kind: 'hang' });
    await client.call('sync.start', { ids: [folderId] });
    await pollUntil('the plan', async () => (await client.call('transfer.waiting', {})).files === 2 || undefined);
    const { items, next } = await page(world, '');
    expect(items.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'object a.txt',
      'planned b.txt',
      'prefix new/',
      'prefix old/',
    ]);
    expect(next).toBeUndefined();
    expect((await page(world, 'new/')).items).toEqual([{ kind: 'prefix', key: 'new/deep/' }]);
  });

  test('a page at the top leaves out what is ours', async () => {
    const { client, bucket } = await createWorld(access());
    await bucket.put('.rustfs-sync-trash/old.txt', 'x');
    await bucket.put('.rustfs-sync-shares/id/index.html', 'x');
    await bucket.put('a.txt', 'a');
    const { items } = await client.call('object.page', { account: 'test', bucket: bucket.name, prefix: '' });
    expect(items.map(({ key }) => key)).toEqual(['a.txt']);
  });

  test('pages follow one another without a gap', async () => {
    const world = await createWorld(access());
    const keys = Array.from({ length: 1_050 }, (_, n) => `k${String(n).padStart(5, '0')}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(keys.slice(from, from + 50).map((key) => world.bucket.put(key, '')));
    }
    const first = await page(world, '');
    const second = await page(world, '', first.next);
    expect(second.next).toBeUndefined();
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(keys);
  });

  test('an item says how it stands', async () => {
    const world = await createWorld(access(), { before: (root) => root.write('dir/same.txt', 'same') });
    await world.sync();
    await world.bucket.put('theirs.txt', 'theirs');
    expect(await states(world, 'dir/same.txt', 'dir/', 'theirs.txt', 'nowhere/')).toEqual([
      'dir/same.txt: in-sync',
      'dir/: in-sync',
      'theirs.txt: remote-only',
      'nowhere/: remote-only',
    ]);
    await world.bucket.put('dir/same.txt', 'theirs');
    await world.root.write('dir/same.txt', 'mine');
    await world.sync();
    const [file, directory] = await states(world, 'dir/same.txt', 'dir/');
    expect([file, directory]).toEqual(['dir/same.txt: conflict', 'dir/: conflict']);
  });

  test('an object is renamed with its content, and never over another one', async () => {
    const { client, bucket } = await createWorld(access());
    const at = { account: 'test', bucket: bucket.name };
    await bucket.put('old.txt', 'content');
    await bucket.put('taken.txt', 'somebody');
    await client.call('object.move', { ...at, key: 'old.txt', newKey: 'sub/new.txt' });
    expect(await bucket.keys()).toEqual(['sub/new.txt', 'taken.txt']);
    expect(await bucket.text('sub/new.txt')).toBe('content');
    await expect(client.call('object.move', { ...at, key: 'sub/new.txt', newKey: 'taken.txt' })).rejects.toMatchObject({
      code: 'name-taken',
    });
    await expect(client.call('object.move', { ...at, key: 'none', newKey: 'x' })).rejects.toMatchObject({
      code: 'no-such-key',
    });
    await expect(client.call('object.move', { ...at, key: 'taken.txt', newKey: 'a//b' })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect(await bucket.text('taken.txt')).toBe('somebody');
  });

  test('a folder is made, shown while it is empty, and removed with all that is in it', async () => {
    const world = await createWorld(access());
    const { client, bucket } = world;
    const at = { account: 'test', bucket: bucket.name };
    await client.call('object.makeFolder', { ...at, prefix: 'drafts/' });
    expect((await page(world, '')).items).toEqual([{ kind: 'prefix', key: 'drafts/' }]);
    expect((await page(world, 'drafts/')).items).toEqual([]);
    for (let n = 0; n < 40; n++) await bucket.put(`drafts/${n}`, '');
    await bucket.put('drafts-other', 'stays');
    let removed = 0;
    for await (const step of client.stream('object.removeBelow', { ...at, prefix: 'drafts/' })) removed = step.removed;
    expect(removed).toBe(41);
    expect(await bucket.keys()).toEqual(['drafts-other']);
  });

  test('links are listed until they expire or are taken off, and can be had again', async () => {
    const { client, bucket } = await createWorld(access());
    await bucket.put('a.txt', 'shared');
    const target = { kind: 'object', account: 'test', bucket: bucket.name, key: 'a.txt' } as const;
    await makeShare(client, { target, expiresInSeconds: 600, downloadName: 'b.txt' });
    const [share] = await client.call('share.list', {});
    expect(share).toMatchObject({ account: 'test', bucket: bucket.name, key: 'a.txt', kind: 'download' });
    const id = share?.id ?? 0;
    const { url } = await client.call('share.link', { id });
    expect(await (await fetch(url)).text()).toBe('shared');
    await client.call('share.forget', { id });
    expect(await client.call('share.list', {})).toEqual([]);
    await expect(client.call('share.link', { id })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('all syncing is paused and goes on', async () => {
    const world = await createWorld(access(), { before: (root) => root.write('a.txt', 'a') });
    await world.watch();
    await world.client.call('setting.set', { paused: true });
    expect(await world.client.call('status.get', {})).toMatchObject({ paused: true, folders: [{ state: 'paused' }] });
    await world.root.write('b.txt', 'b');
    expect(await world.sync()).toMatchObject({ result: 'paused' });
    await world.client.call('setting.set', { paused: false });
    await pollUntil('b.txt', async () => (await world.bucket.keys()).includes('b.txt') || undefined);
  });

  test('a folder that is added paused does nothing until it is resumed', async () => {
    const { client, bucket, home } = await createWorld(access(), { prefix: 'one' });
    await client.call('sync.start', { ids: [] });
    const localRoot = `${home}-other`;
    await mkdir(localRoot);
    await writeFile(`${localRoot}/a.txt`, 'a');
    const folder = { localRoot, account: 'test', bucket: bucket.name, prefix: 'two', paused: true };
    const { id } = await client.call('folder.add', folder);
    expect(await client.call('folder.status', { id })).toMatchObject({ state: 'paused' });
    const planned = [];
    for await (const item of client.stream('folder.preview', { id })) planned.push(item);
    expect(planned).toMatchObject([{ kind: 'action', action: 'upload', path: 'a.txt' }]);
    expect(await bucket.keys()).toEqual([]);
    await client.call('folder.resume', { id });
    await pollUntil('a.txt', async () => (await bucket.keys()).includes('two/a.txt') || undefined);
  });

  test('the folders of this computer are listed and made', async () => {
    const { client, root } = await createWorld(access());
    await mkdir(root.at('beta'));
    await mkdir(root.at('.hidden'));
    await writeFile(root.at('file.txt'), '');
    const made = await client.call('disk.makeDirectory', { parent: root.path, name: 'alpha' });
    expect(made.path).toBe(root.at('alpha'));
    const listed = await client.call('disk.list', { path: root.path });
    expect(listed.directories.map(({ name }) => name)).toEqual(['alpha', 'beta']);
    expect(listed.parent).toBe(root.path.slice(0, root.path.lastIndexOf('/')));
    await expect(client.call('disk.makeDirectory', { parent: root.path, name: '../up' })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect((await client.call('disk.list', { path: '/' })).parent).toBeUndefined();
  });

  test('activity is searched by path', async () => {
    const world = await createWorld(access(), {
      before: async (root) => {
        await root.write('Report.txt', 'r');
        await root.write('notes.txt', 'n');
      },
    });
    await world.sync();
    const found = await world.client.call('activity.list', { text: 'report' });
    expect(found.map(({ path }) => path)).toEqual(['Report.txt']);
  });
});

test('a failed file is tried again at once when a person says so', async () => {
  const double = await useDouble();
  const world = await createWorld(double, { before: (root) => root.write('a.txt', 'a') });
  double.faults.add({ operation: 'PutObject', key: /a\.txt/, times: 1 }, { kind: 'error', code: 'AccessDenied' });
  await world.watch();
  await pollUntil('the problem', async () => (await world.problemCodes()).length > 0 || undefined);
  await world.client.call('transfer.retry', { folderId: world.folderId, path: 'a.txt' });
  await pollUntil('a.txt', async () => (await world.bucket.keys()).includes('a.txt') || undefined);
});
