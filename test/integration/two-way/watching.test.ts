import { link } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { createPair, type Team, type Tree } from '../../support/two-way-team.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

/** What the bucket and all computers hold, or undefined where something went away while it was read. */
async function look(team: Team): Promise<Tree[] | undefined> {
  try {
    const trees = [await team.remote()];
    for (const computer of team.computers) trees.push(await computer.tree());
    return trees;
  } catch (error) {
    if (error instanceof Error && /ENOENT|NoSuchKey/.test(`${error.name} ${error.message}`)) return undefined;
    throw error;
  }
}

function textOf(tree: Tree): string {
  return JSON.stringify(Object.entries(tree).sort());
}

/** Waits until all computers and the bucket hold this. */
async function arrive(team: Team, expected: Tree): Promise<void> {
  await pollUntil(`${Object.keys(expected).join(', ')} on all sides`, async () => {
    const trees = await look(team);
    return trees?.every((tree) => textOf(tree) === textOf(expected)) === true ? true : undefined;
  });
}

test('while both watch, what one computer does arrives at the other one', async () => {
  const team = await createPair(await useDouble());
  const { a, b } = team;
  for (const name of ['d/one', 'd/two', 'stays']) await a.root.write(name, name);
  const before = { 'd/one': hashOf('d/one'), 'd/two': hashOf('d/two'), stays: hashOf('stays') };
  await team.settle();
  await a.watch();
  await b.watch();
  await b.root.write('new', 'from b');
  await arrive(team, { ...before, new: hashOf('from b') });
  await a.root.write('new', 'edited on a');
  await arrive(team, { ...before, new: hashOf('edited on a') });
  await b.root.remove('d/one');
  await arrive(team, { 'd/two': hashOf('d/two'), stays: hashOf('stays'), new: hashOf('edited on a') });
  expect(await a.trash()).toEqual({ 'd/one': hashOf('d/one') });
  await b.root.move('new', 'far/away');
  await arrive(team, { 'd/two': hashOf('d/two'), stays: hashOf('stays'), 'far/away': hashOf('edited on a') });
  expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
});

test('while it is watched, an edit of a file is seen under all its names (hard links)', async () => {
  const team = await createPair(await useDouble());
  const { a, b } = team;
  await a.root.write('d/one', 'content');
  await link(a.root.at('d/one'), a.root.at('two'));
  await a.root.write('other', 'x');
  await team.settle();
  await a.watch();
  await b.watch();
  // The comparison of everything with which watching begins is over then.
  await a.root.write('other', 'y');
  await arrive(team, { 'd/one': hashOf('content'), two: hashOf('content'), other: hashOf('y') });
  await a.root.write('two', 'edited');
  await arrive(team, { 'd/one': hashOf('edited'), two: hashOf('edited'), other: hashOf('y') });
});

test('while both watch, two edits of the same file are both kept everywhere', async () => {
  const team = await createPair(await useDouble());
  const { a, b } = team;
  await a.root.write('doc', 'as it was');
  await team.settle();
  await a.watch();
  await b.watch();
  await Promise.all([a.root.write('doc', 'edited on a'), b.root.write('doc', 'edited on b, and longer')]);
  const kept = await pollUntil('both versions on all sides', async () => {
    const [first, ...others] = (await look(team)) ?? [];
    if (first === undefined || Object.keys(first).length !== 2) return undefined;
    return others.every((tree) => textOf(tree) === textOf(first)) ? first : undefined;
  });
  expect(new Set(Object.values(kept))).toEqual(new Set(['edited on a', 'edited on b, and longer'].map(hashOf)));
  const problems = [...(await a.problemCodes()), ...(await b.problemCodes())];
  expect(problems).toEqual(['doc: conflict-copy']);
});

test('while it watches, a bucket emptied by somebody else is held and deletes nothing', async () => {
  const team = await createPair(await useDouble());
  const { a } = team;
  for (let i = 0; i < 12; i++) await a.root.write(`d/${i}`, `content ${i}`);
  await team.settle();
  await a.watch();
  await pollUntil('a first look', async () =>
    (await a.client.call('folder.status', { id: a.folderId })).state === 'in-sync' ? true : undefined,
  );
  for (const key of await team.bucket.keys()) await team.bucket.remove(key);
  await pollUntil('the brake', async () =>
    (await a.client.call('folder.status', { id: a.folderId })).state === 'held' ? true : undefined,
  );
  // What was let through before the bucket was quite empty is no more than the brake lets through at once.
  expect(Object.keys(await a.tree()).length).toBeGreaterThanOrEqual(2);
});
