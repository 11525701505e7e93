import { expect, test } from 'vitest';
import { exitCodeOfError, exitCodeOfOutcome } from '../../../src/cli/exit-codes.ts';

test.each([
  ['unreachable', 2],
  ['timeout', 2],
  ['untrusted-certificate', 2],
  ['wrong-secret-key', 2],
  ['unknown-access-key', 2],
  ['access-denied', 2],
  ['wrong-region', 2],
  ['clock-skew', 2],
  ['not-s3', 2],
  ['no-such-bucket', 2],
  ['invalid-argument', 1],
  ['unknown-account', 1],
  ['unknown-folder', 1],
  ['folder-overlap', 1],
  ['held-by-brake', 4],
  ['plan-changed', 4],
  ['no-such-key', 3],
  ['disk-full', 3],
  ['internal', 3],
  ['a-code-of-a-newer-engine', 3],
  ['toString', 3],
])('the error %s ends with %i', (code, exitCode) => expect(exitCodeOfError(code)).toBe(exitCode));

test('outcomes of a sync', () => {
  const results = ['in-sync', 'unreachable', 'problems', 'paused', 'held'] as const;
  expect(results.map(exitCodeOfOutcome)).toEqual([0, 2, 3, 3, 4]);
});
