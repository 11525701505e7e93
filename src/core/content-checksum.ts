import type { IncrementalHash } from './environment.ts';

/** Checksums that S3 servers keep of a whole object, beside or instead of an ETag that says something of its content. */
export const CHECKSUM_ALGORITHMS = ['sha256', 'sha1', 'crc64nvme', 'crc32c', 'crc32'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export interface ContentChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Of the digest's bytes, the most significant first. */
  readonly base64: string;
}

export type CrcAlgorithm = Extract<ChecksumAlgorithm, `crc${string}`>;

export function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcAlgorithm {
  return algorithm.startsWith('crc');
}

/** The generator polynomials, bits in reverse, as halves of 64 bits. */
const POLYNOMIALS: Readonly<
  Record<CrcAlgorithm, { readonly bytes: 4 | 8; readonly high: number; readonly low: number }>
> = {
  crc32: { bytes: 4, high: 0, low: 0xedb88320 },
  crc32c: { bytes: 4, high: 0, low: 0x82f63b78 },
  crc64nvme: { bytes: 8, high: 0x9a6c9329, low: 0xac4bc9b5 },
};

/** Begins a cyclic redundancy check of content that comes piece by piece. */
export function startCrc(algorithm: CrcAlgorithm): IncrementalHash {
  const { bytes, high: polynomialHigh, low: polynomialLow } = POLYNOMIALS[algorithm];
  const { highs, lows } = tableOf(polynomialHigh, polynomialLow);
  let high = bytes === 8 ? 0xffffffff : 0;
  let low = 0xffffffff;
  return {
    update(content) {
      for (const byte of content) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
        high = (high >>> 8) ^ (highs[index] ?? 0);
      }
    },
    digest() {
      const view = new DataView(new ArrayBuffer(8));
      view.setUint32(0, ~high);
      view.setUint32(4, ~low);
      return new Uint8Array(view.buffer, 8 - bytes);
    },
  };
}

function tableOf(polynomialHigh: number, polynomialLow: number): { highs: Int32Array; lows: Int32Array } {
  const highs = new Int32Array(256);
  const lows = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (!isOdd) continue;
      low ^= polynomialLow;
      high ^= polynomialHigh;
    }
    highs[byte] = high;
    lows[byte] = low;
  }
  return { highs, lows };
}
