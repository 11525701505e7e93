import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecisionRules } from '../../../src/core/decide.ts';
import { createFilter } from '../../../src/core/filters.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { Phase, PlanItem } from '../../../src/core/plan.ts';
import { compareTrees } from '../../../src/engine/compare.ts';
import { PlanWriter } from '../../../src/engine/plan-writer.ts';
import type { StateStore } from '../../../src/state/index.ts';
import { SeededRandom } from '../../support/test-environment.ts';
import { account, folder, memoryStore } from '../state/stores.ts';
import { baseOf, PretendWorld, type PretendFile, type PretendObject } from './pretend-world.ts';

const FILTER = createFilter([], '');
/** More rounds than this are a circle. A conflict takes one for the copy; a move that was none, one more. */
const MAX_ROUNDS = 6;

/** One file that both sides agreed on, and what became of it on each. */
const fate = fc.record({
  local: fc.constantFrom('same', 'same', 'touched', 'edited', 'edited-same-size', 'gone', 'moved', 'became-directory'),
  remote: fc.constantFrom('same', 'same', 'edited', 'in-parts', 'gone', 'moved', 'became-directory', 'as-local'),
});
const paths = fc.uniqueArray(fc.constantFrom('a', 'b', 'c/a', 'c/b', 'c/d/a', 'c-d', 'e', 'f/a', 'f.txt', 'g'), {
  minLength: 1,
});
const fresh = fc.array(
  fc.record({
    path: fc.constantFrom('a', 'b', 'c', 'c/a', 'c/e', 'e/a', 'f', 'g', 'g/a', 'h'),
    side: fc.constantFrom('local', 'remote', 'both', 'both-differ'),
  }),
  { maxLength: 4 },
);
const rules: fc.Arbitrary<DecisionRules> = fc.record({
  mode: fc.constantFrom('two-way', 'two-way', 'upload', 'download'),
  mirrorDeletes: fc.boolean(),
});

interface Trees {
  readonly base: Map<string, { readonly file: PretendFile; readonly etag: string }>;
  readonly local: Map<string, PretendFile>;
  readonly remote: Map<string, PretendObject>;
}

/** Three trees of which the outer two were made from the middle one by edits. */
function growTrees(
  agreed: readonly string[],
  fates: readonly { local: string; remote: string }[],
  news: readonly { path: string; side: string }[],
): Trees {
  const trees: Trees = { base: new Map(), local: new Map(), remote: new Map() };
  let ticks = 0n;
  const file = (content: string, fileId = `id-${++ticks}`) => ({ content, mtimeNs: ++ticks, fileId });
  const putLocal = (path: string, one: PretendFile) => isFree(trees.local, path) && trees.local.set(path, one);
  const putRemote = (path: string, content: string, etag = content) =>
    isFree(trees.remote, path) && trees.remote.set(path, { content, etag });
  agreed.forEach((path, index) => {
    if (!isFree(trees.base, path)) return;
    const known = file(`old-${index}`);
    trees.base.set(path, { file: known, etag: known.content });
    const { local, remote } = fates[index % fates.length] ?? { local: 'same', remote: 'same' };
    const mine = { ...known };
    if (local === 'same') putLocal(path, mine);
    if (local === 'touched') putLocal(path, { ...mine, mtimeNs: ++ticks });
    if (local === 'edited') putLocal(path, file(`mine-${index}!`, known.fileId));
    if (local === 'edited-same-size') putLocal(path, file(`m-${index}`.padEnd(known.content.length, 'x')));
    if (local === 'moved') putLocal(`moved-${index}`, mine);
    if (local === 'became-directory') putLocal(`${path}/below`, file(`mine-below-${index}`));
    if (remote === 'same') putRemote(path, known.content);
    if (remote === 'edited') putRemote(path, `hers-${index}`);
    if (remote === 'in-parts') putRemote(path, known.content, `${known.content}-2`);
    if (remote === 'moved') putRemote(`hers-moved-${index}`, known.content);
    if (remote === 'became-directory') putRemote(`${path}/below`, `hers-below-${index}`);
    const own = trees.local.get(path);
    if (remote === 'as-local' && own !== undefined) putRemote(path, own.content);
  });
  news.forEach(({ path, side }, index) => {
    if (side !== 'remote') putLocal(path, file(`new-${index}`));
    if (side === 'remote' || side === 'both') putRemote(path, `new-${index}`);
    if (side === 'both-differ') putRemote(path, `other-${index}`);
  });
  return trees;
}

/** Whether a path is free, and no file or directory in its way. */
function isFree(side: ReadonlyMap<string, unknown>, path: string): boolean {
  return ![...side.keys()].some(
    (other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
  );
}

/** Compares, plans and carries out, once. @returns how many rows there were to carry out. */
async function round(
  state: StateStore,
  id: string,
  world: PretendWorld,
  { rules: folderRules, pass, order }: { rules: DecisionRules; pass: number; order: SeededRandom },
): Promise<number> {
  state.plans.clear(id);
  const writer = new PlanWriter(state, id, pass, 0);
  const trees = { base: state.base.stream(id), local: world.scan(), remote: world.list() };
  for await (const compared of compareTrees(trees, folderRules, FILTER)) writer.take(compared);
  writer.finish();
  let rows = 0;
  for (const phase of state.plans.phases(id)) {
    for (const item of shuffled(rowsOf(state, id, phase), order)) {
      if (world.told.has(item.path)) continue;
      rows += 1;
      const fromBase = item.from === undefined ? undefined : state.base.get(id, item.from);
      const change = world.perform(item, state.base.get(id, item.path), fromBase);
      for (const path of change.gone ?? []) state.base.delete(id, path);
      for (const entry of change.put ?? []) state.base.put(id, entry);
    }
  }
  return rows;
}

function rowsOf(state: StateStore, id: string, phase: Phase): PlanItem[] {
  return [...state.plans.page(id, phase, 'small', '', 1_000), ...state.plans.page(id, phase, 'large', '', 1_000)];
}

/** Within a phase the order is free. */
function shuffled(items: readonly PlanItem[], order: SeededRandom): PlanItem[] {
  return items
    .map((item) => ({ item, at: order.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

test('planning and doing comes to rest from any three trees, in any order, with both sides equal and nothing lost', async () => {
  const state = memoryStore();
  state.accounts.insert(account());
  let runs = 0;
  const property = fc.asyncProperty(
    paths,
    fc.array(fate, { minLength: 1, maxLength: 10 }),
    fresh,
    rules,
    fc.integer(),
    async (agreed, fates, news, folderRules, orderSeed) => {
      const trees = growTrees(agreed, fates, news);
      const id = `folder-${runs++}`;
      state.folders.insert({ ...folder(id), ...folderRules, prefix: '' });
      for (const [path, { file, etag }] of trees.base) state.base.put(id, baseOf(path as RelativePath, file, etag));
      const world = new PretendWorld(trees.local, trees.remote, folderRules);
      const order = new SeededRandom(orderSeed);
      let rounds = 0;
      while ((await round(state, id, world, { rules: folderRules, pass: rounds, order })) > 0) {
        rounds += 1;
        expect(rounds).toBeLessThanOrEqual(MAX_ROUNDS);
      }
      expectEqualSides(
        world,
        folderRules,
        state.problems.list(id, 100).map(({ path }) => path),
      );
      expectNothingLost(trees, world);
      state.folders.delete(id);
    },
  );
  await fc.assert(property, { numRuns: 600 });
});

function expectEqualSides(world: PretendWorld, { mode }: DecisionRules, problems: readonly string[]): void {
  const told = [...world.told, ...problems];
  for (const path of new Set([...world.local.keys(), ...world.remote.keys()])) {
    const [mine, hers] = [world.local.get(path)?.content, world.remote.get(path)?.content];
    if (mode === 'upload' && mine === undefined) continue;
    if (mode === 'download' && hers === undefined) continue;
    if (told.some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`))) continue;
    expect({ path, content: mine }).toEqual({ path, content: hers });
  }
}

/** What either side had and base did not know is on a side still; what base knew may lie in a trash. */
function expectNothingLost(trees: Trees, world: PretendWorld): void {
  const known = new Set([...trees.base.values()].map(({ file }) => file.content));
  const onSides = new Set([...world.local.values(), ...world.remote.values()].map(({ content }) => content));
  for (const { content } of [...trees.local.values(), ...trees.remote.values()]) {
    if (known.has(content)) expect(onSides.has(content) || world.trash.has(content)).toBe(true);
    else expect(onSides).toContain(content);
  }
}
