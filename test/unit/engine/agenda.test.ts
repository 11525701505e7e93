import { expect, onTestFinished, test } from 'vitest';
import { Agenda } from '../../../src/engine/agenda.ts';
import { EVERYTHING } from '../../../src/engine/scope.ts';
import { SeededRandom } from '../../support/test-environment.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { storeWithFolders } from '../state/stores.ts';

const HOUR_MS = 3_600_000;
const TOTALS = { known: 20, deletions: 20, replacements: 0, diskChanged: false };

/** A folder that was compared as a whole, and what there is reason to look at in it. */
function compared() {
  const clock = new VirtualClock();
  const state = storeWithFolders();
  const bucket = { takeHints: () => [], untilListingMs: () => Number.POSITIVE_INFINITY };
  const parts = { clock, random: new SeededRandom(1), state, bucket, large: { hasRoom: true }, wake: () => undefined };
  const agenda = new Agenda(parts, 'f1');
  onTestFinished(() => agenda.close());
  const folder = () => {
    const found = state.folders.byId('f1');
    if (found === undefined) throw new Error('There is no such folder.');
    return found;
  };
  agenda.noteBegun(EVERYTHING);
  state.folders.finishFullPass('f1', clock.now());
  return {
    clock,
    state,
    agenda,
    due: () => agenda.takeScope(folder())?.kind,
    pauseMs: (last?: 'held') => agenda.pauseMs(folder(), last),
  };
}

test('everything is compared once an hour', async () => {
  const { clock, due, pauseMs } = compared();
  await clock.advance(HOUR_MS - 1);
  expect([due(), pauseMs()]).toEqual([undefined, 1]);
  await clock.advance(1);
  expect([due(), pauseMs()]).toEqual(['everything', 0]);
});

test('a plan that is held is compared anew once an hour as well, and not with each waking', async () => {
  const { clock, state, agenda, due, pauseMs } = compared();
  state.folders.setHold('f1', 'deletes-most', TOTALS, true);
  for (let hours = 0; hours < 3; hours++) {
    await clock.advance(HOUR_MS - 1);
    expect([due(), pauseMs()]).toEqual([undefined, 1]);
    await clock.advance(1);
    expect([due(), pauseMs()]).toEqual(['everything', 0]);
    agenda.noteBegun(EVERYTHING);
    expect(pauseMs('held')).toBe(HOUR_MS);
  }
});
