import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineHost } from '../../../main/engine-host.ts';
import { startEngineServer } from '../../../main/engine-server.ts';
import * as electron from '../../support/electron/index.ts';
import { CollectedLog } from '../../support/test-environment.ts';
import { FakeEngine, first, reset, soon } from './support.ts';

let engine: FakeEngine;
let log: CollectedLog;
let host: EngineHost;

beforeEach(() => {
  reset();
  engine = new FakeEngine();
  log = new CollectedLog();
  electron.onFork.run = (child) => startEngineServer(child.parentPort, engine.host(), log, () => child.exit(0));
  host = new EngineHost('/app/engine-process.js', log, () => undefined);
});

afterEach(async () => {
  await host.stop();
  vi.useRealTimers();
});

const child = () => first(electron.forked, -1);

test('starts one process, which syncs', async () => {
  host.start();
  host.start();
  expect(electron.forked.map(({ program }) => program)).toEqual(['/app/engine-process.js']);
  await soon(() => expect(engine.calls).toEqual([['sync.start', { ids: [] }]]));
});

test('a client speaks with the engine over a port', async () => {
  host.start();
  const client = host.connect();
  expect(await client.call('activity.list', {})).toEqual([]);
  expect(engine.calls).toContainEqual(['activity.list', {}]);
  client.close();
});

describe('after a crash', () => {
  test('it is started again, later each time, and at once again after a healthy while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    host.start();
    const waits: number[] = [];
    for (let crash = 0; crash < 8; crash++) {
      const before = electron.forked.length;
      child().exit(1);
      let waitedMs = 0;
      for (; electron.forked.length === before; waitedMs += 1_000) await vi.advanceTimersByTimeAsync(1_000);
      waits.push(waitedMs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await vi.advanceTimersByTimeAsync(61_000);
    const before = electron.forked.length;
    child().exit(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(electron.forked).toHaveLength(before + 1);
    expect(log.lines.filter(({ message }) => message.includes('ended by itself'))).toHaveLength(9);
  });

  test('clients learn that it is gone, and what they ask meanwhile waits for the next one', async () => {
    host.start();
    const lost = host.connect();
    await lost.ready;
    child().exit(1);
    expect((await lost.lost).code).toBe('engine-lost');
    const next = host.connect();
    expect(await next.call('activity.list', {})).toEqual([]);
    expect(electron.forked).toHaveLength(2);
    next.close();
  });
});

describe('a stop', () => {
  test('lets the engine close and resolves when its process is gone', async () => {
    host.start();
    const client = host.connect();
    await client.ready;
    await host.stop();
    expect(engine.closed).toBe(1);
    expect(child().isKilled).toBe(false);
    expect((await client.lost).code).toBe('engine-lost');
    host.start();
    expect(electron.forked).toHaveLength(1);
  });

  test('does not wait for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    electron.onFork.run = () => undefined;
    host.start();
    const stopped = host.stop();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(child().isKilled).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    await stopped;
    expect(child().isKilled).toBe(true);
  });

  test('while it waits to be started again means that it is not', async () => {
    host.start();
    child().exit(1);
    await host.stop();
    const client = host.connect();
    expect((await client.lost).code).toBe('engine-lost');
    expect(electron.forked).toHaveLength(1);
  });
});
