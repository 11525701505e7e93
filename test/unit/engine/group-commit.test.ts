import { expect, test } from 'vitest';
import { GroupCommit } from '../../../src/engine/group-commit.ts';
import type { StateStore } from '../../../src/state/index.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** What was written, a line a transaction. */
function makeCommit() {
  const clock = new VirtualClock();
  const log: string[] = [];
  const told: unknown[] = [];
  let written: string[] = [];
  let failure: Error | undefined;
  const state = {
    transaction(work: () => void) {
      if (failure !== undefined) throw failure;
      work();
      log.push(written.join(' '));
      written = [];
    },
  } as unknown as StateStore;
  const commit = new GroupCommit(
    state,
    clock,
    () => told.push('written'),
    (error) => told.push(error),
  );
  return {
    clock,
    commit,
    log,
    told,
    step: (name: string) => () => void written.push(name),
    fail: (error: Error) => (failure = error),
  };
}

test('what an effect waits for is written soon, and what came about waits to be more', async () => {
  const { clock, commit, log, step, told } = makeCommit();
  commit.add('a', step('a came about'));
  const waiting = Promise.all([commit.ahead('b', step('b')), commit.ahead('c', step('c'))]);
  await clock.advance(10);
  await waiting;
  expect(log).toEqual(['b c']);
  commit.add('b', step('b came about'));
  await clock.advance(1_000);
  expect(log).toEqual(['b c', 'a came about b came about']);
  expect(told).toEqual(['written']);
});

test('that something came about is told also where it is written before its time', async () => {
  const { clock, commit, log, step, told } = makeCommit();
  commit.add('a', step('a came about'));
  commit.flush();
  commit.flush();
  await clock.advance(1_000);
  expect({ log, told }).toEqual({ log: ['a came about'], told: ['written'] });
});

test('what came of a path is written before what is to come of it', async () => {
  const { clock, commit, log, step } = makeCommit();
  commit.add('a', step('a came about'));
  const waiting = commit.ahead('a', step('a again'));
  await clock.advance(10);
  await waiting;
  expect(log).toEqual(['a came about', 'a again']);
});

test('what can not be written when it is asked for is told as what a timer can not write', async () => {
  const { clock, commit, log, step, told, fail } = makeCommit();
  const full = new Error('disk full');
  fail(full);
  commit.add('a', step('a'));
  expect(() => commit.flush()).toThrow(full);
  expect(told).toEqual([full]);
  commit.add('b', step('b'));
  await clock.advance(1_000);
  expect({ told, log }).toEqual({ told: [full, full], log: [] });
});

test('an effect whose note can not be written does not come about', async () => {
  const { clock, commit, step, told, fail } = makeCommit();
  const full = new Error('disk full');
  fail(full);
  const waiting = expect(commit.ahead('a', step('a'))).rejects.toBe(full);
  await clock.advance(10);
  await waiting;
  expect(told).toEqual([full]);
});
