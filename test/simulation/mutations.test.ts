import { describe, expect, test } from 'vitest';
import { runSimulation } from './child.ts';
import { MUTATIONS } from './mutations.ts';

/**
 * The first world that shows the mistake ends the search. The rarest shows in one of three hundred: any change of the engine
 * changes which, and so many worlds are enough all the same.
 */
const WITHIN_SEEDS = 2_000;

/** A simulation that can not fail proves nothing. */
describe.concurrent('the simulation notices an engine', { timeout: 1_200_000 }, () => {
  for (const { name, breaks, focus } of MUTATIONS) {
    test(`with the mistake ${name} (${breaks})`, async ({ expect: expectHere }) => {
      const options = ['--seeds', String(WITHIN_SEEDS), '--once', '--trace', '0', '--mutation', name];
      if (focus !== undefined) options.push('--focus', focus);
      const { exitCode, text } = await runSimulation(...options);
      // Not merely an error, such as a patch that the code has left behind throws.
      expectHere(text).toMatch(/^Seed \d+ breaks a rule: /m);
      expectHere(exitCode).toBe(1);
    });
  }
});

test('a mistake that the simulation does not know is no proof of anything', async () => {
  const { exitCode, text } = await runSimulation('--mutation', 'no-such-mistake');
  expect(text).not.toMatch(/breaks a rule|failed/);
  expect(exitCode).toBe(1);
});
