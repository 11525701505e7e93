import { expect, test } from 'vitest';
import { Rate } from '../../../src/engine/rate.ts';

test('a rate is of the last seconds, of as many as there are yet, and never negative', () => {
  const rate = new Rate();
  expect(rate.bytesPerSecond(10_000)).toBe(0);
  rate.add(1_000, 10_000);
  // Less than a second counts as one.
  expect(rate.bytesPerSecond(10_100)).toBe(1_000);
  rate.add(3_000, 11_500);
  expect(rate.bytesPerSecond(12_000)).toBe(2_000);
  rate.add(-8_000, 12_500);
  expect(rate.bytesPerSecond(13_000)).toBe(0);
  expect(rate.bytesPerSecond(60_000)).toBe(0);
});
