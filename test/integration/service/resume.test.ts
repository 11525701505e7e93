import { describe, expect, test } from 'vitest';
import type { Clock, Environment } from '../../../src/core/environment.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';

const DAY_MS = 86_400_000;
const SPEED = 20;

/** A clock that runs twenty times as fast, and whose wall time jumps when told to. */
class HastyClock implements Clock {
  readonly #real: Clock;
  #jumpMs = 0;

  constructor(real: Clock) {
    this.#real = real;
  }

  now(): number {
    return Math.round(this.#real.now() + this.monotonic() + this.#jumpMs);
  }

  monotonic(): number {
    return this.#real.monotonic() * SPEED;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.#real.sleep(delayMs / SPEED, signal);
  }

  timer(delayMs: number, callback: () => void) {
    return this.#real.timer(delayMs / SPEED, callback);
  }

  jump(byMs: number): void {
    this.#jumpMs += byMs;
  }
}

function hasty() {
  let clock: HastyClock | undefined;
  const wrap = (environment: Environment): Environment => {
    clock = new HastyClock(environment.clock);
    return { ...environment, clock };
  };
  return { wrap, jump: (byMs: number) => clock?.jump(byMs) };
}

describe('after sleep', () => {
  test('what hangs on a dead connection is sent on a new one at once, and everything is compared', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    const content = randomContent(64 * MIB);
    const hang = double.faults.add({ operation: 'UploadPart', times: 4 }, { kind: 'hang' });
    await world.root.write('film', content);
    await pollUntil('parts that hang', () => (hang.hits === 4 ? true : undefined));
    const comparedMs = (await world.client.call('folder.status', { id: world.folderId })).lastFullPassMs;
    const startMs = performance.now();
    await world.client.call('engine.resumed', { from: 'sleep' });
    await pollUntil('the object', async () => ((await world.bucket.etag('film')) === undefined ? undefined : true));
    // The time limit for a silent server is half a minute.
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect((await world.bucket.get('film')).equals(content)).toBe(true);
    await pollUntil('a full comparison', async () => {
      const status = await world.client.call('folder.status', { id: world.folderId });
      return status.lastFullPassMs !== comparedMs && status.state === 'in-sync' ? true : undefined;
    });
    expect(await world.problemCodes()).toEqual([]);
  });
});

describe('clock-jump', () => {
  test.each([
    ['a day back', -DAY_MS],
    ['less than an hour back', -50 * 60_000],
    ['a day forward', DAY_MS],
  ])('%s: files that failed are tried again, and changes still found', async (_way, byMs) => {
    const double = await useDouble();
    const clock = hasty();
    const world = await createWorld(double, { wrap: clock.wrap });
    await world.watch();
    double.faults.add({ operation: 'PutObject' }, { kind: 'error', code: 'InternalError' });
    await world.root.write('failed', 'x');
    await pollUntil('the problem', async () =>
      (await world.problems())[0]?.retryAtMs === undefined ? undefined : true,
    );
    clock.jump(byMs);
    double.faults.clear();
    await pollUntil('the object', async () => ((await world.bucket.etag('failed')) === undefined ? undefined : true));
    await world.root.write('later', 'y');
    await pollUntil('the next one', async () => ((await world.bucket.etag('later')) === undefined ? undefined : true));
    await pollUntil('peace', async () => {
      const { state } = await world.client.call('folder.status', { id: world.folderId });
      return state === 'in-sync' ? true : undefined;
    });
    expect(await world.problemCodes()).toEqual([]);
  });
});
