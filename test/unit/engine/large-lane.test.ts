import { describe, expect, test } from 'vitest';
import { ancestors, type RelativePath } from '../../../src/core/paths.ts';
import type { PlanItem } from '../../../src/core/plan.ts';
import { LargeLane, type LargeEnd, type LargeWork } from '../../../src/engine/large-lane.ts';

function large(path: string): PlanItem {
  return { path: path as RelativePath, kind: 'upload', local: undefined, expect: { kind: 'absent' }, sizeBytes: 1 };
}

/** Takes these files one after the other. */
function taking(...paths: string[]): () => PlanItem | undefined {
  const left = paths.map(large);
  return () => left.shift();
}

/** Files that end at once, when the test lets them. */
function work(parts: Partial<LargeWork> & Pick<LargeWork, 'take'>): LargeWork {
  return { settle: async () => 'settled', ended: () => undefined, ...parts };
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
    const settle = async () => {
      throw full;
    };
    lane.open(work({ take, settle }));
    await lane.settled();
    expect(told).toEqual([full, full]);
    expect([lane.size, lane.covers('a')]).toEqual([0, false]);
  });

  test('a plan that can not be read is told, and no more is taken before it is opened again', async () => {
    const { lane, told } = makeLane();
    const full = new Error('disk full');
    let asked = 0;
    const settled: string[] = [];
    const ended = ({ path }: PlanItem) => void settled.push(path);
    const take = () => {
      asked += 1;
      if (asked === 1) return large('a');
      throw full;
    };
    lane.open(work({ take, ended }));
    await lane.settled();
    expect({ told, asked, settled }).toEqual({ told: [full], asked: 2, settled: ['a'] });
    lane.open(work({ take: taking('b'), ended }));
    await lane.settled();
    expect(settled).toEqual(['a', 'b']);
  });

  test('what comparisons leave alone because of one is known when it ends, above it and below it', async () => {
    const { lane } = makeLane();
    const ends: LargeEnd[] = [];
    const gate = Promise.withResolvers<'settled'>();
    lane.open(work({ take: taking('d/film'), settle: () => gate.promise, ended: (_, how) => void ends.push(how) }));
    expect(['e', 'd/films', 'd/film-b', 'c/film'].filter((path) => lane.leavesOut(path))).toEqual([]);
    // A file took the place of its directory; or it is a directory now itself.
    expect(['d', 'd/film/one', 'd/film/two'].filter((path) => !lane.leavesOut(path))).toEqual([]);
    gate.resolve('settled');
    await lane.settled();
    expect(ends).toEqual([{ ending: 'settled', missed: ['d', 'd/film'] }]);
  });

  test('what a comparison leaves alone while one ends is known too, up to the moment from which it leaves nothing alone', async () => {
    const { lane } = makeLane();
    const missed: string[] = [];
    const gate = Promise.withResolvers<'settled'>();
    const ended = (_: PlanItem, how: LargeEnd) => void missed.push(...how.missed);
    lane.open(work({ take: taking('1/2/3/4/5/6/7/film'), settle: () => gate.promise, ended }));
    gate.resolve('settled');
    const leftAlone: string[] = [];
    // It goes on in the very pauses in which the file ends.
    for (const path of ancestors('1/2/3/4/5/6/7/film')) {
      if (lane.leavesOut(path)) leftAlone.push(path);
      await Promise.resolve();
    }
    await lane.settled();
    expect(leftAlone.length).toBeGreaterThan(0);
    expect(missed).toEqual(leftAlone);
  });
});
