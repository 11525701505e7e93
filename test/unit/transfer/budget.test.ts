import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUFFER_BYTES, REQUEST_UNITS, TransferBudget } from '../../../src/transfer/budget.ts';
import { RateLimiter } from '../../../src/transfer/bandwidth.ts';
import { runConcurrently } from '../../../src/transfer/concurrency.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const settle = () => new VirtualClock().settle();

describe('TransferBudget', () => {
  test('gives the memory back when the wait for a place is called off', async () => {
    const budget = new TransferBudget();
    const never = new AbortController().signal;
    const holdPlaces = await budget.acquire(0, REQUEST_UNITS, never);
    const controller = new AbortController();
    const waiting = budget.acquire(BUFFER_BYTES, 1, controller.signal);
    await settle();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    holdPlaces();
    (await budget.acquire(BUFFER_BYTES, REQUEST_UNITS, never))();
  });
});

describe('RateLimiter', () => {
  test('lets everything through without a limit', async () => {
    const clock = new VirtualClock();
    await new RateLimiter(clock).take(1e12);
    expect(clock.monotonic()).toBe(0);
  });

  test('keeps to the rate over any mix of pieces and takers', async () => {
    const piece = fc.integer({ min: 1, max: 50_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(piece, { minLength: 5, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        async (takers) => {
          const clock = new VirtualClock();
          const limiter = new RateLimiter(clock);
          limiter.setLimit(10_000);
          const left: { atMs: number; bytes: number }[] = [];
          const work = takers.map(async (pieces) => {
            for (const bytes of pieces) {
              await limiter.take(bytes);
              left.push({ atMs: clock.monotonic(), bytes });
            }
          });
          await clock.run(Promise.all(work));
          // Up to any moment: what left before its last piece fits the rate and the burst of a quarter of a second.
          let sum = 0;
          for (const { atMs, bytes } of left) {
            expect(sum).toBeLessThanOrEqual(10_000 * (atMs / 1_000 + 0.25) + 1);
            sum += bytes;
          }
          const last = left.at(-1);
          if (last !== undefined) expect(last.atMs).toBeLessThanOrEqual((sum / 10_000) * 1_000);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('saves up no more than a quarter of a second while it is idle', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(clock);
    limiter.setLimit(1_000);
    await clock.advance(3_600_000);
    const startMs = clock.monotonic();
    await clock.run(
      (async () => {
        for (let n = 0; n < 10; n++) await limiter.take(250);
      })(),
    );
    expect(clock.monotonic() - startMs).toBe(2_000);
  });

  test('a body that is on its way when a limit is set goes on in pieces that fit it', () => {
    const limiter = new RateLimiter(new VirtualClock());
    const pace = limiter.pace(() => undefined, new AbortController().signal);
    expect(pace.pieceBytes).toBe(512 * 1024);
    limiter.setLimit(300_000);
    expect(pace.pieceBytes).toBe(75_000);
    limiter.setLimit(0);
    expect(pace.pieceBytes).toBe(512 * 1024);
  });

  test('ends the wait of one that is called off', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(clock);
    limiter.setLimit(1);
    await limiter.take(1_000);
    const controller = new AbortController();
    const waiting = limiter.take(1, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('runConcurrently', () => {
  test('never runs more than the limit at once, and runs everything', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await runConcurrently(
      Array.from({ length: 50 }, (_, n) => n),
      4,
      async (n) => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < 20 + (n % 5); turn++) await Promise.resolve();
        running -= 1;
        done.push(n);
      },
    );
    expect(most).toBe(4);
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('after a failure starts nothing new, lets the rest end, and then throws the first', async () => {
    const ended: number[] = [];
    const work = runConcurrently([1, 2, 3, 4, 5, 6], 3, async (n) => {
      for (let turn = 0; turn < n * 5; turn++) await Promise.resolve();
      if (n === 1) throw new Error('first');
      ended.push(n);
      if (n === 2) throw new Error('second');
    });
    await expect(work).rejects.toThrow('first');
    expect(ended).toEqual([2, 3]);
  });

  test('lets what is under way end also when the source of items fails', async () => {
    const ended: number[] = [];
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error('no more pages');
    }
    const work = runConcurrently(source(), 3, async (n) => {
      await settle();
      ended.push(n);
    });
    await expect(work).rejects.toThrow('no more pages');
    expect(ended).toEqual([1]);
  });

  test('takes an item from its source only when there is room for it', async () => {
    let taken = 0;
    let ended = 0;
    async function* source(): AsyncGenerator<number> {
      for (; taken < 20;) yield taken++;
    }
    await runConcurrently(source(), 3, async () => {
      expect(taken - ended).toBeLessThanOrEqual(3);
      await Promise.resolve();
      ended += 1;
    });
    expect(ended).toBe(20);
  });

  test('closes its source after a failure', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let n = 0; n < 20; n++) yield n;
      } finally {
        isClosed = true;
      }
    }
    const work = runConcurrently(source(), 1, async () => Promise.reject(new Error('work')));
    await expect(work).rejects.toThrow('work');
    expect(isClosed).toBe(true);
  });
});
