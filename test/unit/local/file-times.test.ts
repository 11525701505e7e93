import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settableTime } from '../../../src/local/file-times.ts';

const SECOND_NS = 1_000_000_000n;

describe('the time that Node can set', () => {
  test('is exact for whole seconds, before 1970 too', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }), (seconds) => {
        expect(settableTime(seconds * SECOND_NS).mtimeNs).toBe(seconds * SECOND_NS);
      }),
    );
  });

  test('is the same microsecond, and never before the time that was asked for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_294_967_295n * 1_000_000n }), (us) => {
        const { mtimeNs } = settableTime(us * 1000n);
        expect(mtimeNs).toBeGreaterThanOrEqual(us * 1000n);
        expect(mtimeNs / 1000n).toBe(us);
      }),
    );
  });

  test('lies less than 239 ns after the one that was asked for until 2038', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2_147_483_647n * SECOND_NS }), (wantedNs) => {
        const { mtimeNs } = settableTime(wantedNs);
        expect(mtimeNs).toBeGreaterThanOrEqual(wantedNs);
        expect(mtimeNs - wantedNs).toBeLessThan(239n);
      }),
    );
  });
});
