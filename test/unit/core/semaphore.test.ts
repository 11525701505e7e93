import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Semaphore, type Release } from '../../../src/core/semaphore.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const settle = () => new VirtualClock().settle();

describe('Semaphore', () => {
  test('gives out in the order of asking: many small ones do not pass a large one, nor the reverse', async () => {
    const semaphore = new Semaphore(4);
    const order: string[] = [];
    const hold = await semaphore.acquire(3);
    const held: Release[] = [];
    const ask = (name: string, units: number) =>
      void semaphore.acquire(units).then((release) => {
        order.push(name);
        held.push(release);
      });
    ask('large', 4);
    ask('small', 1);
    ask('small too', 1);
    await settle();
    expect(order).toEqual([]);
    hold();
    await settle();
    expect(order).toEqual(['large']);
    held.pop()?.();
    await settle();
    expect(order).toEqual(['large', 'small', 'small too']);
    expect(semaphore.used).toBe(2);
  });

  test('made smaller, takes nothing back and gives out less; made larger, gives out at once', async () => {
    const semaphore = new Semaphore(4);
    const held = [await semaphore.acquire(2), await semaphore.acquire(2)];
    let given = 0;
    const ask = () => void semaphore.acquire(2).then(() => (given += 1));
    ask();
    ask();
    semaphore.resize(2);
    held.pop()?.();
    await settle();
    // Two of two are in use still.
    expect(given).toBe(0);
    held.pop()?.();
    await settle();
    expect(given).toBe(1);
    semaphore.resize(4);
    await settle();
    expect(given).toBe(2);
    expect(semaphore.used).toBe(4);
  });

  test('lets one that is larger than everything run alone', async () => {
    const semaphore = new Semaphore(4);
    const release = await semaphore.acquire(1_000);
    expect(semaphore.used).toBe(4);
    let isSecondIn = false;
    void semaphore.acquire(1).then(() => (isSecondIn = true));
    await settle();
    expect(isSecondIn).toBe(false);
    release();
    await settle();
    expect(isSecondIn).toBe(true);
  });

  test('lets those behind go on when the first in the queue is called off', async () => {
    const semaphore = new Semaphore(2);
    await semaphore.acquire(1);
    const controller = new AbortController();
    const large = semaphore.acquire(2, controller.signal);
    let isSmallIn = false;
    void semaphore.acquire(1).then(() => (isSmallIn = true));
    await settle();
    expect(isSmallIn).toBe(false);
    controller.abort();
    await expect(large).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    expect(isSmallIn).toBe(true);
    expect(semaphore.used).toBe(2);
  });

  test('refuses at once when it is already called off, and keeps nothing', async () => {
    const semaphore = new Semaphore(2);
    await expect(semaphore.acquire(1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(semaphore.used).toBe(0);
  });

  test('throws when something is released twice', async () => {
    const release = await new Semaphore(2).acquire(1);
    release();
    expect(release).toThrow();
  });

  test('never gives out more than it has and never forgets anybody', async () => {
    const ask = fc.record({ units: fc.integer({ min: 0, max: 12 }), isCalledOff: fc.boolean(), turns: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 30 }), async (asks) => {
        const semaphore = new Semaphore(10);
        let inUse = 0;
        let ended = 0;
        const controllers = asks.map(() => new AbortController());
        const tasks = asks.map(async ({ units, turns }, index) => {
          try {
            const release = await semaphore.acquire(units, controllers[index]?.signal);
            inUse += Math.min(units, 10);
            expect(inUse).toBeLessThanOrEqual(10);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            inUse -= Math.min(units, 10);
            release();
          } finally {
            ended += 1;
          }
        });
        const all = Promise.allSettled(tasks);
        await Promise.resolve();
        asks.forEach(({ isCalledOff }, index) => isCalledOff && controllers[index]?.abort());
        await settle();
        expect(ended).toBe(asks.length);
        expect(semaphore.used).toBe(0);
        await all;
      }),
      { numRuns: 300 },
    );
  });
});
