import { expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import { REMOVED, RemoteHints } from '../../../src/engine/remote-hints.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const path = (text: string) => text as RelativePath;

/** Hints beside a base of ETags by path. */
function createHints() {
  const clock = new VirtualClock();
  const base = new Map<string, string>();
  const seen = { dueAtMs: [] as number[], asked: 0 };
  const hints = new RemoteHints({
    clock,
    isKnown: (one, told) => {
      seen.asked += 1;
      return told === REMOVED ? !base.has(one) : base.get(one) === told;
    },
    onDue: () => seen.dueAtMs.push(clock.monotonic()),
  });
  return { clock, base, hints, seen };
}

test('what follows closely is handed out together', async () => {
  const { clock, hints, seen } = createHints();
  hints.add(path('a'), 'new');
  await clock.advance(60);
  hints.add(path('b'), 'new');
  await clock.advance(1_000);
  expect(seen.dueAtMs).toEqual([360]);
  expect(hints.take()).toEqual({ kind: 'paths', paths: ['a', 'b'] });
  expect(hints.take()).toBeUndefined();
});

test('a stream that does not pause is handed out after a second, and only told again once it was taken', async () => {
  const { clock, hints, seen } = createHints();
  for (let i = 0; i < 40; i++) {
    hints.add(path(`${i}`), 'new');
    await clock.advance(50);
  }
  expect(seen.dueAtMs).toEqual([1_000]);
  hints.take();
  hints.add(path('later'), 'new');
  await clock.advance(300);
  expect(seen.dueAtMs).toEqual([1_000, 2_300]);
});

test('what base has already is no hint, whether it was written before the event or after it', async () => {
  const { clock, base, hints, seen } = createHints();
  base.set('before', 'e1');
  hints.add(path('before'), 'e1');
  hints.add(path('never-there'), REMOVED);
  hints.add(path('after'), 'e2');
  base.set('after', 'e2');
  await clock.advance(1_000);
  expect(seen.dueAtMs).toHaveLength(1);
  expect(hints.take()).toBeUndefined();
});

test('a file that is gone before its arrival was written down is asked about', () => {
  const { base, hints } = createHints();
  hints.add(path('moved-here'), REMOVED);
  base.set('moved-here', 'e1');
  expect(hints.take()).toEqual({ kind: 'paths', paths: ['moved-here'] });
});

test('a path of which two things are told is asked about, whichever came last', () => {
  const { base, hints } = createHints();
  hints.add(path('a'), 'e1');
  hints.add(path('a'), 'e2');
  base.set('a', 'e2');
  expect(hints.take()).toEqual({ kind: 'paths', paths: ['a'] });
});

test('a path whose ETag is not told is asked about', () => {
  const { base, hints } = createHints();
  base.set('a', 'e1');
  hints.add(path('a'), undefined);
  expect(hints.take()).toEqual({ kind: 'paths', paths: ['a'] });
});

test('more paths than can be asked about are many, and nothing is kept of them', async () => {
  const { clock, hints, seen } = createHints();
  for (let i = 0; i < 10_000; i++) hints.add(path(`${i}`), 'new');
  expect(seen.asked).toBeLessThan(3_000);
  await clock.advance(1_000);
  expect(seen.dueAtMs).toHaveLength(1);
  expect(hints.take()).toEqual({ kind: 'many' });
  hints.add(path('a'), 'new');
  expect(hints.take()).toEqual({ kind: 'paths', paths: ['a'] });
});

test('any number of our own writes is not many, though each event overtakes its answer', () => {
  const { base, hints, seen } = createHints();
  for (let i = 0; i < 10_000; i++) {
    hints.add(path(`${i}`), `e${i}`);
    base.set(`${i}`, `e${i}`);
  }
  expect(hints.take()).toBeUndefined();
  expect(seen.asked).toBeLessThan(30_000);
});
