import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { REQUEST_RETRIES } from '../../../src/core/retry.ts';
import { CircuitBreaker } from '../../../src/transfer/breaker.ts';
import { Requests } from '../../../src/transfer/requests.ts';
import { refusal } from '../../support/memory-store.ts';
import { SeededRandom } from '../../support/test-environment.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const never = new AbortController().signal;

function setUp() {
  const clock = new VirtualClock();
  const random = new SeededRandom(7);
  let changes = 0;
  const breaker = new CircuitBreaker(clock, random, () => changes++);
  return { clock, breaker, requests: new Requests(clock, random, breaker), changesSoFar: () => changes };
}

type World = ReturnType<typeof setUp>;

/** Opens the breaker: four requests in a row do not arrive. */
async function cutOff({ breaker }: World): Promise<void> {
  for (let n = 0; n < 4; n++) (await breaker.enter(never)).failed(refusal('unreachable'));
  expect(breaker.state.kind).toBe('unreachable');
}

describe('CircuitBreaker', () => {
  test('opens at the fourth failure in a row, not at four with an answer in between', async () => {
    const { breaker } = setUp();
    for (let n = 0; n < 3; n++) (await breaker.enter(never)).failed(refusal('timeout'));
    (await breaker.enter(never)).succeeded();
    for (let n = 0; n < 3; n++) (await breaker.enter(never)).failed(refusal('timeout'));
    expect(breaker.state.kind).toBe('reachable');
    (await breaker.enter(never)).failed(refusal('timeout'));
    expect(breaker.state).toMatchObject({ kind: 'unreachable', error: { code: 'timeout' }, sinceMs: 0 });
  });

  test('lets one probe through at a time, later and later, and everybody once it is answered', async () => {
    const world = setUp();
    await cutOff(world);
    let inside = 0;
    let most = 0;
    let probes = 0;
    const startMs = world.clock.monotonic();
    const visit = async () => {
      for (;;) {
        const pass = await world.breaker.enter(never);
        if (world.breaker.state.kind === 'reachable') {
          pass.succeeded();
          return;
        }
        most = Math.max(most, ++inside);
        probes += 1;
        await world.clock.sleep(500);
        inside -= 1;
        if (probes === 5) pass.succeeded();
        else pass.failed(refusal('unreachable'));
      }
    };
    await world.clock.run(Promise.all(Array.from({ length: 20 }, visit)));
    expect(most).toBe(1);
    expect(probes).toBe(5);
    expect(world.breaker.state.kind).toBe('reachable');
    expect(world.clock.monotonic() - startMs).toBeLessThan(40_000);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('hands the probe to another when the first one is called off', async () => {
    const world = setUp();
    await cutOff(world);
    const probe = await world.clock.run(world.breaker.enter(never));
    let isNextIn = false;
    void world.breaker.enter(never).then(() => (isNextIn = true));
    await world.clock.settle();
    expect(isNextIn).toBe(false);
    probe.abandoned();
    await world.clock.settle();
    expect(isNextIn).toBe(true);
  });

  test('a request from before the cut that is called off does not let a second probe in', async () => {
    const world = setUp();
    const early = await world.breaker.enter(never);
    await cutOff(world);
    await world.clock.run(world.breaker.enter(never));
    let isSecondIn = false;
    void world.breaker.enter(never).then(() => (isSecondIn = true));
    early.abandoned();
    await world.clock.advance(300_000);
    expect(isSecondIn).toBe(false);
  });

  test('a late answer to a request from before the cut opens the way for all', async () => {
    const world = setUp();
    const early = await world.breaker.enter(never);
    await cutOff(world);
    const waiting = [world.breaker.enter(never), world.breaker.enter(never)];
    early.succeeded();
    await Promise.all(waiting);
    expect(world.changesSoFar()).toBe(2);
  });

  test('a wait that is called off ends at once and leaves no timer', async () => {
    const world = setUp();
    await cutOff(world);
    const controller = new AbortController();
    const waiting = world.breaker.enter(controller.signal);
    await world.clock.settle();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(world.clock.pendingTimers).toBe(0);
    await expect(world.breaker.enter(controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('one that is called off does not become the probe', async () => {
    const world = setUp();
    await cutOff(world);
    await world.clock.advance(60_000);
    await expect(world.breaker.enter(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    await world.clock.run(world.breaker.enter(never));
  });

  test('probes at once when told to', async () => {
    const world = setUp();
    await cutOff(world);
    let isIn = false;
    void world.breaker.enter(never).then(() => (isIn = true));
    await world.clock.settle();
    expect(isIn).toBe(false);
    world.breaker.retryNow();
    await world.clock.settle();
    expect(isIn).toBe(true);
    expect(world.clock.monotonic()).toBe(0);
  });

  test('a pass counts once, however often it is ended', async () => {
    const { breaker } = setUp();
    const pass = await breaker.enter(never);
    for (let n = 0; n < 9; n++) pass.failed(refusal('unreachable'));
    expect(breaker.state.kind).toBe('reachable');
  });

  test('leaves nobody waiting for ever, whatever comes in whatever order', async () => {
    const step = fc.record({
      startMs: fc.nat(20_000),
      takesMs: fc.nat(5_000),
      outcome: fc.constantFrom('succeeded', 'failed', 'failed', 'failed', 'abandoned'),
      callOffMs: fc.option(fc.nat(30_000), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.array(fc.nat(60_000), { maxLength: 3 }),
        async (steps, nudges) => {
          const { clock, breaker } = setUp();
          let probesInside = 0;
          const tasks = steps.map(async ({ startMs, takesMs, outcome, callOffMs }) => {
            await clock.sleep(startMs);
            const controller = new AbortController();
            if (callOffMs !== undefined) clock.timer(callOffMs, () => controller.abort());
            const entering = await breaker.enter(controller.signal).catch(() => undefined);
            if (entering === undefined) return;
            const isProbe = breaker.state.kind === 'unreachable';
            if (isProbe) expect(++probesInside).toBe(1);
            await clock.sleep(takesMs);
            if (isProbe) probesInside -= 1;
            if (outcome === 'failed') entering.failed(refusal('unreachable'));
            else if (outcome === 'succeeded') entering.succeeded();
            else entering.abandoned();
          });
          for (const atMs of nudges) clock.timer(atMs, () => breaker.retryNow());
          await clock.run(Promise.all(tasks));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('Requests', () => {
  test.each<[ErrorCode, number]>([
    ['slow-down', REQUEST_RETRIES.attempts],
    ['server-error', REQUEST_RETRIES.attempts],
    ['access-denied', 1],
    ['precondition-failed', 1],
    ['no-such-upload', 1],
  ])('try %s %d times in all', async (code, times) => {
    const { clock, requests } = setUp();
    let calls = 0;
    const work = requests.run(async () => {
      calls += 1;
      throw refusal(code);
    }, never);
    await expect(clock.run(work)).rejects.toMatchObject({ code });
    expect(calls).toBe(times);
    expect(clock.monotonic()).toBeLessThan(30_000);
  });

  test('give the result as soon as one attempt succeeds', async () => {
    const { clock, requests } = setUp();
    let calls = 0;
    const work = requests.run(async () => {
      if (++calls < 3) throw refusal('slow-down');
      return 'done';
    }, never);
    expect(await clock.run(work)).toBe('done');
    expect(calls).toBe(3);
  });

  test('wait for a server that is away as long as it takes, at the price of a probe now and then', async () => {
    const world = setUp();
    let calls = 0;
    const awayMs = 8 * 3_600_000;
    const one = async () => {
      calls += 1;
      if (world.clock.monotonic() < awayMs) throw refusal('unreachable');
    };
    await world.clock.run(Promise.all(Array.from({ length: 200 }, () => world.requests.run(one, never))));
    expect(calls).toBeLessThan(200 + 4 + 200 + awayMs / 30_000);
    expect(world.clock.monotonic()).toBeLessThan(awayMs + 61_000);
  });

  test('find out by a small request of their own whether the server is back, so that a long one keeps nobody waiting', async () => {
    const world = setUp();
    let knocks = 0;
    const requests = new Requests(world.clock, new SeededRandom(7), world.breaker, async () => {
      if (++knocks < 3) throw refusal('unreachable');
      throw refusal('access-denied');
    });
    await cutOff(world);
    let isLongOver = false;
    const long = requests.run(() => world.clock.sleep(3_600_000), never).then(() => (isLongOver = true));
    await world.clock.run(requests.run(async () => 'done', never));
    expect(isLongOver).toBe(false);
    expect(knocks).toBe(3);
    expect(world.breaker.state.kind).toBe('reachable');
    await world.clock.run(long);
  });

  test('leave a server that answers a knock and nothing else alone for as long as one that is away', async () => {
    const world = setUp();
    const { clock } = world;
    const requests = new Requests(clock, new SeededRandom(7), world.breaker, async () => undefined);
    const controller = new AbortController();
    let calls = 0;
    const brokenOff = async () => {
      calls += 1;
      throw refusal('unreachable');
    };
    for (let n = 0; n < 32; n++) requests.run(brokenOff, controller.signal).catch(() => undefined);
    await clock.advance(600_000);
    controller.abort();
    await clock.settle();
    expect(calls).toBeLessThan(32 * 30);
  });

  test('fail each by itself where the server answers knocks, however many of them never go through at once', async () => {
    const world = setUp();
    const requests = new Requests(world.clock, new SeededRandom(7), world.breaker, async () => undefined);
    const brokenOff = async () => {
      throw refusal('unreachable');
    };
    const all = Promise.allSettled(Array.from({ length: 32 }, () => requests.run(brokenOff, never)));
    for (const one of await world.clock.run(all)) expect(one).toMatchObject({ reason: { code: 'unreachable' } });
    expect(world.clock.monotonic()).toBeLessThan(120_000);
  });

  test('take a server that answered for one that is there, however the rest of its answer ends', async () => {
    const { clock, requests, changesSoFar } = setUp();
    const brokenOff = async (onAnswer: () => void) => {
      onAnswer();
      throw refusal('unreachable');
    };
    await expect(clock.run(requests.run(brokenOff, never))).rejects.toMatchObject({ code: 'unreachable' });
    expect(changesSoFar()).toBe(0);
  });

  test('throw at once what did not come from the server, and learn nothing of the server by it', async () => {
    const world = setUp();
    await cutOff(world);
    const local = refusal('file-unreadable');
    await expect(world.clock.run(world.requests.attempt(async () => Promise.reject(local), never))).rejects.toBe(local);
    expect(world.breaker.state.kind).toBe('unreachable');
    // The probe was given back: the next one goes through.
    expect(await world.clock.run(world.requests.run(async () => 'there', never))).toBe('there');
  });

  test('give the probe back when there turns out to be nothing to send', async () => {
    const world = setUp();
    await cutOff(world);
    expect(await world.clock.run(world.requests.attempt(async () => 'unchanged', never))).toBe('unchanged');
    expect(world.breaker.state.kind).toBe('unreachable');
    expect(await world.clock.run(world.requests.run(async () => 'there', never))).toBe('there');
  });

  test.each(['before', 'in a request', 'between two requests', 'while the server is away'])(
    'called off %s, say so',
    async (when) => {
      const world = setUp();
      const controller = new AbortController();
      if (when === 'before') controller.abort(new Error('a reason of its own'));
      if (when === 'while the server is away') await cutOff(world);
      const work = world.requests.run(async () => {
        if (when !== 'in a request') throw refusal('slow-down');
        await world.clock.sleep(1e9, controller.signal);
      }, controller.signal);
      work.catch(() => undefined);
      await world.clock.settle();
      controller.abort(new Error('a reason of its own'));
      await expect(work).rejects.toMatchObject({ code: 'cancelled' });
      expect(world.clock.pendingTimers).toBe(0);
    },
  );

  test('pass a defect of ours on as it is, without trying again', async () => {
    const { clock, requests } = setUp();
    let calls = 0;
    const work = requests.run(async () => {
      calls += 1;
      throw new TypeError('x is undefined');
    }, never);
    await expect(clock.run(work)).rejects.toMatchObject({ code: 'internal' });
    expect(calls).toBe(1);
  });
});
