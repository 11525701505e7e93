import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { startCrc } from '../../core/content-checksum.ts';
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
  if (algorithm === 'crc32c') {
    const crc = startCrc(algorithm);
    return { update: (chunk) => crc.update(chunk), base64: () => Buffer.from(crc.digest()).toString('base64') };
  }
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
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
