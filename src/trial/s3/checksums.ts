import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Checksum, ChecksumAlgorithm } from './bucket.ts';
import { S3Error } from './errors.ts';

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = ['crc32', 'crc32c', 'sha1', 'sha256'];

const digestLengthBytes: Readonly<Record<ChecksumAlgorithm, number>> = { crc32: 4, crc32c: 4, sha1: 20, sha256: 32 };

export interface RunningDigest {
  update(chunk: Uint8Array): void;
  base64(): string;
}

export function startDigest(algorithm: ChecksumAlgorithm): RunningDigest {
  if (algorithm === 'sha1' || algorithm === 'sha256') {
    const hash = createHash(algorithm);
    return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
  }
  const step = algorithm === 'crc32' ? crc32 : crc32c;
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

export function digestBase64(algorithm: ChecksumAlgorithm, chunks: readonly Uint8Array[]): string {
  const digest = startDigest(algorithm);
  for (const chunk of chunks) digest.update(chunk);
  return digest.base64();
}

/**
 * The checksum that a request (or its trailer) announces.
 * @throws S3Error InvalidArgument when it cannot be one, NotImplemented for an algorithm that this server does not know.
 */
export function announcedChecksum(headers: Readonly<Record<string, string | undefined>>): Checksum | undefined {
  if (headers['x-amz-checksum-crc64nvme'] !== undefined) {
    throw new S3Error('NotImplemented', 'This server does not compute CRC64NVME.');
  }
  for (const algorithm of checksumAlgorithms) {
    const base64 = headers[`x-amz-checksum-${algorithm}`];
    if (base64 === undefined) continue;
    if (Buffer.from(base64, 'base64').length !== digestLengthBytes[algorithm]) {
      throw new S3Error('InvalidArgument', 'Invalid checksum provided.');
    }
    return { algorithm, base64 };
  }
  return undefined;
}

/** @throws S3Error InvalidArgument for a name that is no algorithm of this server. */
export function checksumAlgorithmNamed(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((one) => one === name.toLowerCase());
  if (algorithm === undefined) throw new S3Error('InvalidArgument', `This server knows no checksum ${name}.`);
  return algorithm;
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(chunk: Uint8Array, previous: number): number {
  let value = ~previous;
  for (const byte of chunk) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}
