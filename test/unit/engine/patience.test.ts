import { describe, expect, test } from 'vitest';
import { withPatience, type PatienceOptions } from '../../../src/engine/patience.ts';
import { CircuitBreaker, Requests } from '../../../src/transfer/index.ts';
import { refusal } from '../../support/memory-store.ts';
import { SeededRandom } from '../../support/test-environment.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

/** A server that work for folders waits for; whether it is there, and how long it takes to answer, is up to the test. */
function setUp() {
  const clock = new VirtualClock();
  const random = new SeededRandom(7);
  const breaker = new CircuitBreaker(clock, random, () => undefined);
  const server = { isThere: true, answersInMs: 10 };
  const ask = async () => {
    await clock.sleep(server.answersInMs);
    if (!server.isThere) throw refusal('unreachable');
    return 'answer';
  };
  const requests = new Requests(clock, random, breaker, ask);
  const patiently = (options?: PatienceOptions) =>
    withPatience(clock, { breaker }, never, (signal) => requests.run(ask, signal), options);
  return { clock, breaker, server, patiently, background: () => requests.run(ask, never) };
}

describe('what a person waits for', () => {
  test.each([10, 2_000])(
    'is done where the server was away for long and is back, and answers in %d ms',
    async (answersInMs) => {
      const { clock, breaker, server, patiently, background } = setUp();
      await clock.run(background());
      server.isThere = false;
      const waiting = background();
      await clock.advance(20 * MINUTE_MS);
      expect(breaker.state.kind).toBe('unreachable');
      Object.assign(server, { isThere: true, answersInMs });
      expect(await clock.run(patiently())).toBe('answer');
      expect(await clock.run(waiting)).toBe('answer');
    },
  );

  test('fails within seconds where the server has been away for long', async () => {
    const { clock, server, patiently, background } = setUp();
    await clock.run(background());
    server.isThere = false;
    void background();
    await clock.advance(20 * MINUTE_MS);
    const startMs = clock.monotonic();
    await expect(clock.run(patiently())).rejects.toMatchObject({ code: 'unreachable' });
    expect(clock.monotonic() - startMs).toBeLessThan(5_000);
  });

  test('waits for a minute where the server goes away meanwhile', async () => {
    const { clock, server, patiently, background } = setUp();
    await clock.run(background());
    server.isThere = false;
    const startMs = clock.monotonic();
    await expect(clock.run(patiently())).rejects.toMatchObject({ code: 'unreachable' });
    expect(clock.monotonic() - startMs).toBeGreaterThan(MINUTE_MS);
  });

  test('who waits without end hears once an outage that there is no server, and why', async () => {
    const { clock, server, patiently, background } = setUp();
    await clock.run(background());
    const heard: string[] = [];
    for (let outage = 1; outage <= 2; outage += 1) {
      server.isThere = false;
      const waiting = patiently({ waitsOnceReached: true, onAway: ({ code }) => void heard.push(code) });
      await clock.advance(20 * MINUTE_MS);
      expect(heard).toEqual(Array(outage).fill('unreachable'));
      server.isThere = true;
      expect(await clock.run(waiting)).toBe('answer');
    }
  });
});
