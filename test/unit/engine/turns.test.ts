import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Turns } from '../../../src/engine/turns.ts';

test('who does not want to wait any more is let go at once, and nobody comes before their turn for that', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const first = Promise.withResolvers<undefined>();
  const work = (name: string) => async () => void told.push(name);
  const all = [turns.take(async () => first.promise)];
  const gone = new AbortController();
  const left = turns.take(work('left'), gone.signal);
  all.push(turns.take(work('last')).then(() => undefined));
  gone.abort();
  await expect(Promise.race([left, delay(1_000, 'waits')])).rejects.toMatchObject({ code: 'cancelled' });
  await delay(20);
  expect(told).toEqual([]);
  first.resolve(undefined);
  await Promise.all(all);
  expect(told).toEqual(['last']);
});

test('of work that is over nothing is kept, however much there was', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const turns = new Turns();
  const heldAfter = async (pieces: number) => {
    for (let piece = 0; piece < pieces; piece++) await turns.take(async () => undefined);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await heldAfter(1_000);
  expect((await heldAfter(200_000)) - before).toBeLessThan(4_000_000);
});
