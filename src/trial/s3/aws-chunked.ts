import { createHash } from 'node:crypto';
import { S3Error } from './errors.ts';
import type { Authenticated } from './sigv4.ts';

const emptySha256 = createHash('sha256').digest('hex');

/**
 * Decodes an `aws-chunked` body: `size[;chunk-signature=...]\r\n bytes \r\n ... 0\r\n trailers \r\n`. Chunk signatures
 * are verified for the signed kinds of stream.
 * @param take gets the payload, piece by piece.
 * @returns the trailing headers, in lower case.
 * @throws S3Error IncompleteBody for a body that ends early or is not framed so, SignatureDoesNotMatch.
 */
export async function decodeAwsChunks(
  source: AsyncIterable<Buffer>,
  authenticated: Authenticated,
  take: (chunk: Uint8Array) => void,
): Promise<Record<string, string>> {
  const isSigned = authenticated.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const reader = new FrameReader(source);
  let previousSignature = authenticated.signature;
  for (;;) {
    const [size = '', extension = ''] = (await reader.line()).split(';');
    if (!/^[0-9a-f]+$/i.test(size)) throw new S3Error('IncompleteBody');
    const chunk = await reader.bytes(Number.parseInt(size, 16));
    if (isSigned) {
      const signature = extension.replace(/^chunk-signature=/, '');
      if (signature !== signChunk(authenticated, previousSignature, chunk)) throw new S3Error('SignatureDoesNotMatch');
      previousSignature = signature;
    }
    if (chunk.length === 0) return readTrailers(reader);
    take(chunk);
    if ((await reader.line()) !== '') throw new S3Error('IncompleteBody');
  }
}

function signChunk({ signText, timestamp, scope }: Authenticated, previous: string, chunk: Buffer): string {
  const chunkHash = createHash('sha256').update(chunk).digest('hex');
  return signText(['AWS4-HMAC-SHA256-PAYLOAD', timestamp, scope, previous, emptySha256, chunkHash].join('\n'));
}

async function readTrailers(reader: FrameReader): Promise<Record<string, string>> {
  const trailers: Record<string, string> = {};
  for (;;) {
    const line = await reader.lineOrEnd();
    if (line === undefined || line === '') return trailers;
    const colon = line.indexOf(':');
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
}

/** Reads lines and counted bytes from a stream. */
class FrameReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async bytes(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#buffer.length === 0 && !(await this.#fill())) throw new S3Error('IncompleteBody');
      const piece = this.#buffer.subarray(0, missing);
      this.#buffer = this.#buffer.subarray(piece.length);
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw new S3Error('IncompleteBody');
    return line;
  }

  async lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end !== -1) {
        const line = this.#buffer.toString('latin1', 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (!(await this.#fill())) return undefined;
    }
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
    return true;
  }
}
