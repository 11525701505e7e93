import { expect, test } from 'vitest';
import { startCrc, type CrcAlgorithm } from '../../../src/core/content-checksum.ts';

/** The check values of the catalogues: of the nine digits, whose CRC everybody gives. */
const DIGITS = new TextEncoder().encode('123456789');

test.each<[CrcAlgorithm, string, string]>([
  ['crc32', 'cbf43926', '00000000'],
  ['crc32c', 'e3069283', '00000000'],
  ['crc64nvme', 'ae8b14860a799888', '0000000000000000'],
])('%s is that of the standard, in one piece and in several, and of nothing', (algorithm, hex, empty) => {
  for (const cut of [0, 1, 5, 9]) {
    const crc = startCrc(algorithm);
    crc.update(DIGITS.subarray(0, cut));
    crc.update(DIGITS.subarray(cut));
    expect(Buffer.from(crc.digest()).toString('hex')).toBe(hex);
  }
  expect(Buffer.from(startCrc(algorithm).digest()).toString('hex')).toBe(empty);
});
