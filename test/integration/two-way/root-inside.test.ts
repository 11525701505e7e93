import { expect, test } from 'vitest';
import { useDouble } from '../../support/engine-servers.ts';
import { createPair } from '../../support/two-way-team.ts';

/** What a synced folder brings along that is moved into another one. */
const OWN = ['album/.rustfs-sync/folder-id', 'album/.rustfs-sync/tmp/a1', 'album/.rustfs-sync/trash/2026/film'];

test('a synced folder that is moved into another one leaves its trash and its temporary files out of the bucket', async () => {
  const { a, b, bucket, settle } = await createPair(await useDouble());
  for (const path of ['kept', ...OWN, 'album/photo']) await a.root.write(path, path);
  await b.root.write('album/.rustfs-sync/folder-id', 'another');
  expect(Object.keys(await b.tree())).toHaveLength(1);
  expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 2 });
  expect(await b.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 2 });
  expect(await bucket.keys()).toEqual(['album/photo', 'kept']);
  expect((await b.root.read('album/.rustfs-sync/folder-id')).toString()).toBe('another');
  expect(await a.problemCodes()).toEqual([]);

  // A person who wants them says so.
  await a.root.write('.rustfsignore', '!.rustfs-sync/\n');
  await b.root.remove('album/.rustfs-sync');
  expect(Object.keys(await settle())).toEqual(expect.arrayContaining(OWN));
});

test('filter-change: rule 13: what was sent of such a folder before stays where it is, on both sides', async () => {
  const { a, b, bucket } = await createPair(await useDouble());
  // As it was before they were left out.
  await a.root.write('.rustfsignore', '!.rustfs-sync/\n');
  for (const path of [...OWN, 'album/photo']) await a.root.write(path, path);
  for (const one of [a, b]) expect(await one.sync()).toMatchObject({ result: 'in-sync' });
  const keys = await bucket.keys();
  expect(keys).toEqual(['.rustfsignore', ...OWN, 'album/photo']);

  await a.root.write('.rustfsignore', '');
  for (const one of [a, b, a, b]) expect(await one.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
  expect(await bucket.keys()).toEqual(keys);
  for (const one of [a, b]) expect(Object.keys(await one.tree())).toEqual(keys);

  await a.root.remove('album/.rustfs-sync');
  for (const one of [a, b]) expect(await one.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
  expect(await bucket.keys()).toEqual(keys);
  expect(Object.keys(await b.tree())).toEqual(keys);

  await bucket.remove('album/.rustfs-sync/trash/2026/film');
  expect(await b.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
  expect(Object.keys(await b.tree())).toEqual(keys);
});
