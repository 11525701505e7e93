import { describe, expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import type { PlanItem } from '../../../src/core/plan.ts';
import { LargeLane } from '../../../src/engine/large-lane.ts';

function large(path: string): PlanItem {
  return { path: path as RelativePath, kind: 'upload', local: undefined, expect: { kind: 'absent' }, sizeBytes: 1 };
}

/** Takes these files one after the other. */
function taking(...paths: string[]): () => PlanItem | undefined {
  const left = paths.map(large);
  return () => left.shift();
}

function makeLane() {
  const told: unknown[] = [];
  return { lane: new LargeLane((error) => told.push(error)), told };
}

describe('large files on their way', () => {
  test('a state that can not be written when one has ended is told, and leaves nothing on its way', async () => {
    const { lane, told } = makeLane();
    const full = new Error('disk full');
    const take = taking('a', 'b');
    lane.open({
      take,
      settle: async () => {
        throw full;
      },
    });
    await lane.settled();
    expect(told).toEqual([full, full]);
    expect([lane.size, lane.covers('a')]).toEqual([0, false]);
  });

  test('a plan that can not be read is told, and no more is taken before it is opened again', async () => {
    const { lane, told } = makeLane();
    const full = new Error('disk full');
    let asked = 0;
    const settled: string[] = [];
    lane.open({
      take: () => {
        asked += 1;
        if (asked === 1) return large('a');
        throw full;
      },
      settle: async ({ path }) => void settled.push(path),
    });
    await lane.settled();
    expect({ told, asked, settled }).toEqual({ told: [full], asked: 2, settled: ['a'] });
    lane.open({ take: taking('b'), settle: async ({ path }) => void settled.push(path) });
    await lane.settled();
    expect(settled).toEqual(['a', 'b']);
  });

  test('what comparisons leave alone because of one is known when it ends, above it and below it', async () => {
    const { lane } = makeLane();
    const missed: (readonly string[])[] = [];
    const gate = Promise.withResolvers<undefined>();
    lane.open({
      take: taking('d/film'),
      settle: async ({ path }) => {
        await gate.promise;
        missed.push(lane.missedBy(path));
      },
    });
    expect(['e', 'd/films', 'd/film-b', 'c/film'].filter((path) => lane.leavesOut(path))).toEqual([]);
    expect(lane.missedBy('d/film')).toEqual([]);
    // A file took the place of its directory; or it is a directory now itself.
    expect(['d', 'd/film/one', 'd/film/two'].filter((path) => !lane.leavesOut(path))).toEqual([]);
    gate.resolve(undefined);
    await lane.settled();
    expect(missed).toEqual([['d', 'd/film']]);
  });
});
