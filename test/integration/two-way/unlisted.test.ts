import { expect, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';
import { afterNextListing, useListedDouble } from '../../support/listed-double.ts';
import { Computer, createPair, withWallClock } from '../../support/two-way-team.ts';

const HOUR_MS = 3_600_000;

test('listing-says-gone-but-object-is-there: what no listing shows for long is told, and not asked of with each', async () => {
  const double = await useListedDouble();
  const team = await createPair(double, { adapt: withWallClock(() => HOUR_MS) });
  const { a, b, settle } = team;
  for (const path of ['d/hidden', 'one', 'two', 'three']) await a.root.write(path, path);
  const before = await settle();
  const hidden = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hideKeys', keys: /^d\// });
  expect(await b.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
  expect(await b.problemCodes()).toEqual(['d/hidden: not-listed']);
  await b.watch();
  for (const name of ['first', 'second']) await afterNextListing(team, b, name);
  const asked = () => double.requests.of('HeadObject').filter(({ key }) => key === 'd/hidden').length;
  const askedBefore = asked();
  for (const name of ['third', 'fourth']) await afterNextListing(team, b, name);
  expect(asked()).toBe(askedBefore);
  expect(await b.problemCodes()).toEqual(['d/hidden: not-listed']);
  hidden.remove();
  expect(await settle()).toMatchObject(before);
  expect(await b.problemCodes()).toEqual([]);
  expect(await b.trash()).toEqual({});
});

test.skipIf(isWithoutRealServer)(
  'versioned-delete-marker: where a server lists nothing below the name of a deleted object, that is told (real server)',
  async () => {
    const bucket = await makeBucket(sharedServer(), true);
    const a = await Computer.make(sharedServer(), bucket, { adapt: withWallClock(() => HOUR_MS) });
    for (const path of ['name', 'other', 'more']) await a.root.write(path, path);
    await a.sync();
    await a.root.remove('name');
    await a.sync();
    await a.root.write('name/in', 'in a folder now');
    await a.sync();
    await a.sync();
    expect(await bucket.text('name/in')).toBe('in a folder now');
    const isListed = (await bucket.keys()).includes('name/in');
    expect(await a.problemCodes()).toEqual(isListed ? [] : ['name/in: not-listed']);
    await a.root.move('name', 'another name');
    await a.sync();
    await a.sync();
    expect(await bucket.keys()).toEqual(['another name/in', 'more', 'other']);
    expect(await a.problemCodes()).toEqual([]);
  },
);
