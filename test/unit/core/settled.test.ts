import { describe, expect, test } from 'vitest';
import { isSettled } from '../../../src/core/entries.ts';

const NOW_MS = 1_800_000_000_000;
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;

describe('a file is left to whoever writes it', () => {
  test.each([
    ['written now', NOW_NS - 1n, false],
    ['written a second ago', NOW_NS - 1_000_000_001n, true],
    ['written almost a second ago', NOW_NS - 999_999_999n, false],
    ['on a file server whose clock is a little ahead', NOW_NS + 500_000_000n, false],
    ['on a disk that rounds up to the next two seconds', NOW_NS + 2_000_000_000n, false],
    ['with a time in the future', NOW_NS + 3_600_000_000_001n, true],
    ['on a disk with whole seconds, two seconds ago', NOW_NS - 2_000_000_000n, false],
    ['on a disk with whole seconds, three seconds ago', NOW_NS - 3_000_000_000n, true],
  ])('%s', (_when, mtimeNs, settled) => {
    expect(isSettled({ mtimeNs }, NOW_MS)).toBe(settled);
  });
});
