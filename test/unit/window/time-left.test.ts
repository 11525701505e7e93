import { describe, expect, test } from 'vitest';
import { timeLeftMs } from '../../../renderer/store/time-left.ts';
import { shareDone, type Totals } from '../../../renderer/store/totals.ts';
import type { Sample } from '../../../renderer/store/types.ts';

/** One sample a second, each as far as `doneAt` says. */
function samples(seconds: number, doneAt: (second: number) => Totals): readonly Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    atMs: second * 1_000,
    up: 0,
    down: 0,
    totals: doneAt(second),
  }));
}

const minutes = (ms: number | undefined) => (ms === undefined ? undefined : ms / 60_000);

describe('the time left', () => {
  const small = (second: number): Totals => ({
    files: 5_000,
    doneFiles: second * 10,
    bytes: 210_000_000,
    doneBytes: Math.min(210_000_000, second * 30_000_000),
  });

  test('is not told before a rate has settled', () => {
    expect(timeLeftMs([])).toBeUndefined();
    expect(timeLeftMs(samples(4, small))).toBeUndefined();
    expect(timeLeftMs(samples(5, small))).toBeDefined();
  });

  test('is that of the files where they are slower than their bytes', () => {
    expect(minutes(timeLeftMs(samples(20, small)))).toBeCloseTo(8, 1);
  });

  test('is that of the bytes where they are slower, or no file ends', () => {
    const large = (doneFiles: number) => (second: number) => ({
      files: 3,
      doneFiles,
      bytes: 7_200_000_000,
      doneBytes: second * 10_000_000,
    });
    expect(minutes(timeLeftMs(samples(60, large(0))))).toBeCloseTo(11, 1);
    expect(minutes(timeLeftMs(samples(60, large(2))))).toBeCloseTo(11, 1);
  });

  test('goes by the last half minute', () => {
    const slowAtFirst = (second: number) => ({
      files: 1_000,
      doneFiles: second < 60 ? 0 : (second - 60) * 10,
      bytes: 0,
      doneBytes: 0,
    });
    expect(minutes(timeLeftMs(samples(100, slowAtFirst)))).toBeCloseTo(1, 1);
  });

  test('begins anew with new work, and is not told where nothing moves or nothing is left', () => {
    const replanned = (second: number) => (second < 20 ? small(second) : { ...small(second - 20), files: 6_000 });
    expect(timeLeftMs(samples(23, replanned))).toBeUndefined();
    expect(timeLeftMs(samples(20, () => small(3)))).toBeUndefined();
    expect(timeLeftMs(samples(20, () => ({ files: 0, doneFiles: 0, bytes: 0, doneBytes: 0 })))).toBeUndefined();
  });
});

describe('the share that is done', () => {
  const share = (doneFiles: number, files: number, doneBytes: number, bytes: number) =>
    shareDone({ planned: { files, bytes }, done: { files: doneFiles, bytes: doneBytes } });

  test('is all of it only when no file is left', () => {
    expect(share(430, 5_000, 210_000_000, 210_000_000)).toBeLessThan(0.25);
    expect(share(4_999, 5_000, 210_000_000, 210_000_000)).toBeLessThan(1);
    expect(share(5_000, 5_000, 210_000_000, 210_000_000)).toBe(1);
  });

  test('grows with the files where they have no bytes, and with the bytes where the files are large', () => {
    expect(share(30, 60, 0, 0)).toBe(0.5);
    expect(share(0, 1, 5_000_000_000, 10_000_000_000)).toBeCloseTo(0.5, 3);
  });
});
