import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import {
  dataDescriptor,
  directoryEnd,
  directoryEntry,
  localHeader,
  ZIP_LIMITS,
  type ZipEntryRecord,
  type ZipEntryTail,
  type ZipLimits,
} from './zip-records.ts';

/** One file of a zip. */
export interface ZipEntry {
  /** With `/` between segments; neither absolute nor with `..` in it. */
  readonly path: string;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
}

/** What is compressed already: trying again costs time and saves nothing. */
const COMPRESSED =
  /\.(7z|aac|avi|avif|br|bz2|docx|epub|flac|gif|gz|heic|jar|jpe?g|m4a|m4v|mkv|mov|mp3|mp4|ods|odt|ogg|opus|png|pptx|rar|tgz|webm|webp|xlsx|xz|zip|zst)$/i;
const LEVEL = 6;

/**
 * The bytes of a zip of any size, made while they are read: one file at a time is open, and of the others only their
 * records are in memory. Whoever stops reading closes what is open.
 *
 * @param open gives the content of an entry when its turn comes, as long as the entry says.
 * @param limits other ones for tests, so that the records of a large zip are seen in a small one.
 * @throws what a content fails with.
 */
export async function* zipOf<E extends ZipEntry>(
  entries: readonly E[],
  open: (entry: E) => AsyncIterable<Uint8Array>,
  limits: ZipLimits = ZIP_LIMITS,
): AsyncGenerator<Uint8Array, void, undefined> {
  const records: ZipEntryRecord[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { path, modifiedMs, sizeBytes } = entry;
    const head = { path, modifiedMs, isLarge: atMostPacked(sizeBytes) >= limits.bytes };
    const before = localHeader(head);
    yield before;
    const tail = yield* packed(open(entry), COMPRESSED.test(path) ? 0 : LEVEL);
    if (tail.sizeBytes !== sizeBytes) throw new Error(`${path} has ${tail.sizeBytes} bytes in place of ${sizeBytes}.`);
    const after = dataDescriptor(head, tail);
    yield after;
    records.push({ ...head, ...tail, offset });
    offset += before.length + tail.packedBytes + after.length;
  }
  let directoryBytes = 0;
  for (const record of records) {
    const said = directoryEntry(record, limits);
    directoryBytes += said.length;
    yield said;
  }
  yield directoryEnd(records.length, { offset, sizeBytes: directoryBytes }, limits);
}

/** What can not be compressed grows by five bytes for each block of it. */
function atMostPacked(sizeBytes: number): number {
  return sizeBytes + Math.ceil(sizeBytes / 1_000) + 1_000;
}

/** Content as it stands in the zip. Of level 0 it is not compressed, and still says itself where it ends. */
async function* packed(
  content: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, ZipEntryTail, undefined> {
  const tail = { crc32: 0, packedBytes: 0, sizeBytes: 0 };
  async function* measured() {
    for await (const chunk of content) {
      tail.crc32 = crc32(chunk, tail.crc32);
      tail.sizeBytes += chunk.length;
      yield chunk;
    }
  }
  const deflate = createDeflateRaw({ level });
  // What fails in there is thrown by whoever reads what comes out.
  const feeding = pipeline(measured, deflate).catch(() => undefined);
  try {
    for await (const chunk of deflate as AsyncIterable<Buffer>) {
      tail.packedBytes += chunk.length;
      yield chunk;
    }
  } finally {
    deflate.destroy();
    await feeding;
  }
  return tail;
}
