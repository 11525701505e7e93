import { describe, expect, it } from 'vitest';
import { inGroups, settleEach } from '../../../src/local/groups.ts';

describe('work in groups', () => {
  it('takes together what is asked for while a group is at work, and starts it only then', async () => {
    const groups: number[][] = [];
    const gates: (() => void)[] = [];
    const ask = inGroups(async (items: readonly number[]) => {
      groups.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return settleEach(items, async (item) => item * 2);
    });
    const first = ask('a', 1);
    const others = [ask('a', 2), ask('a', 3)];
    expect(groups).toEqual([[1]]);
    gates.shift()?.();
    expect(await first).toBe(2);
    await expect.poll(() => groups).toEqual([[1], [2, 3]]);
    gates.shift()?.();
    expect(await Promise.all(others)).toEqual([4, 6]);
    const later = ask('a', 4);
    await expect.poll(() => groups).toEqual([[1], [2, 3], [4]]);
    gates.shift()?.();
    expect(await later).toBe(8);
  });

  it('keeps the keys apart', async () => {
    const groups: string[][] = [];
    const ask = inGroups(async (items: readonly string[]) => {
      groups.push([...items]);
      return settleEach(items, async (item) => item);
    });
    await Promise.all([ask('a', 'x'), ask('b', 'y')]);
    expect(groups).toEqual([['x'], ['y']]);
  });

  it('tells each member how it came out, and all of them when the whole group failed', async () => {
    let isBroken = false;
    const ask = inGroups(async (items: readonly number[]) => {
      if (isBroken) throw new Error('all');
      return settleEach(items, async (item) => {
        if (item === 2) throw new Error('two');
        return item;
      });
    });
    const outcomes = await Promise.allSettled([ask('a', 1), ask('a', 2), ask('a', 3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    isBroken = true;
    await expect(ask('a', 1)).rejects.toThrow('all');
    isBroken = false;
    expect(await ask('a', 3)).toBe(3);
  });
});
