import { expect, test } from 'vitest';
import { runSimulation } from './child.ts';
import { FOCUSES } from './focus.ts';

/** In so many processes side by side. */
const PROCESSES = 2;
const SEEDS_EACH = 100;
/** Of worlds that are full of one hazard. */
const SEEDS_OF_A_FOCUS = 20;

test('in two hundred worlds full of faults all get in step, nothing is lost, and each goes the same way twice', async () => {
  const firsts = Array.from({ length: PROCESSES }, (_value, index) => 1 + index * SEEDS_EACH);
  const results = await Promise.all(
    firsts.map((first) => runSimulation('--first', String(first), '--seeds', String(SEEDS_EACH))),
  );
  for (const { exitCode, text } of results) {
    expect(exitCode, text).toBe(0);
    expect(text).toContain(`${SEEDS_EACH} seeds`);
  }
}, 600_000);

test.each(Object.entries(FOCUSES))(
  'so they do in worlds with the focus %s: %s',
  async (focus) => {
    const { exitCode, text } = await runSimulation('--once', '--focus', focus, '--seeds', String(SEEDS_OF_A_FOCUS));
    expect(exitCode, text).toBe(0);
    expect(text).toContain(`${SEEDS_OF_A_FOCUS} seeds`);
  },
  600_000,
);

test.each([
  ['--seeds', 'abc'],
  ['--seeds', '0'],
  ['--seed', ''],
  ['--twice-every', '0'],
])('%s %j is refused, rather than no world that failed', async (option, value) => {
  const { exitCode, text } = await runSimulation(option, value);
  expect(exitCode).toBe(1);
  expect(text).toMatch(/is no whole number/);
});
