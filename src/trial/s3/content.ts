import { createHash } from 'node:crypto';

/** Some bytes that are not in memory but can be read from where they lie. */
export interface KeptChunk {
  readonly length: number;
  /** The bytes from `start` up to but not including `end`. */
  subarray(start: number, end: number): KeptChunk;
  read(): Uint8Array;
}

export type Chunk = Uint8Array | KeptChunk;

/** Takes bytes that arrive into keeping. @throws S3Error when there is no place for them. */
export type Keep = (bytes: Uint8Array) => Chunk;

export const keepInMemory: Keep = (bytes) => bytes;

export function readChunk(chunk: Chunk): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : chunk.read();
}

export function joined(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat(chunks.map(readChunk));
}

/** The bytes of an object or part; `chunks` is undefined where the server was told to keep no content. */
export interface Content {
  readonly sizeBytes: number;
  readonly chunks: readonly Chunk[] | undefined;
  /** Undefined for the joined content of a multipart object: nobody has hashed it as a whole. */
  readonly md5Hex: string | undefined;
}

export function contentOf(bytes: Uint8Array | string): Content {
  const chunk = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  return { sizeBytes: chunk.length, chunks: [chunk], md5Hex: createHash('md5').update(chunk).digest('hex') };
}

/** One content after the other, without copying a byte. */
export function joinContents(contents: readonly Content[]): Content {
  const chunks: Chunk[] = [];
  let sizeBytes = 0;
  let complete = true;
  for (const content of contents) {
    sizeBytes += content.sizeBytes;
    if (content.chunks === undefined) complete = false;
    else for (const chunk of content.chunks) chunks.push(chunk);
  }
  return { sizeBytes, chunks: complete ? chunks : undefined, md5Hex: undefined };
}

/** The bytes from `start` to `end`, both inclusive; undefined where no content was kept. */
export function sliceChunks(content: Content, start: number, end: number): Chunk[] | undefined {
  if (content.chunks === undefined) return undefined;
  const slices: Chunk[] = [];
  let offset = 0;
  for (const chunk of content.chunks) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end + 1 - offset, chunk.length);
    if (from < to) slices.push(chunk.subarray(from, to));
    offset += chunk.length;
  }
  return slices;
}

/** The MD5 of the content in hex; undefined where neither it nor the bytes were kept. */
export function md5HexOf(content: Content): string | undefined {
  if (content.md5Hex !== undefined || content.chunks === undefined) return content.md5Hex;
  const hash = createHash('md5');
  for (const chunk of content.chunks) hash.update(readChunk(chunk));
  return hash.digest('hex');
}

/** All bytes in one piece. @throws Error where no content was kept. */
export function bytesOf(content: Content): Buffer {
  if (content.chunks === undefined) throw new Error('This content was discarded; only its size and MD5 are known.');
  return joined(content.chunks);
}
