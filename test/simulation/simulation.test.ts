import { expect, test } from 'vitest';
import { runSimulation } from './child.ts';

/** In so many processes side by side. */
const PROCESSES = 2;
const SEEDS_EACH = 100;

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
