/**
 * The records of a zip (PKWARE's APPNOTE 6.3). Each is made of fields of two, four and eight bytes, lowest byte first.
 */

/** Beyond these a zip needs the larger records of ZIP64. */
export interface ZipLimits {
  readonly bytes: number;
  readonly entries: number;
}

export const ZIP_LIMITS: ZipLimits = { bytes: 0xffff_ffff, entries: 0xffff };

/** What is said of an entry before its content. */
export interface ZipEntryHead {
  readonly path: string;
  readonly modifiedMs: number;
  /** Whether its sizes may need eight bytes. */
  readonly isLarge: boolean;
}

/** What is known of it after its content. */
export interface ZipEntryTail {
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

export interface ZipEntryRecord extends ZipEntryHead, ZipEntryTail {
  /** Where its first record begins. */
  readonly offset: number;
}

type Field = readonly [size: 2 | 4 | 8, value: number];

const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Made under Unix, so that the file's mode counts. */
const MADE_BY = (3 << 8) | VERSION_ZIP64;
/** The checksum and the sizes follow the content; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const REGULAR_FILE = 0o100644 * 2 ** 16;
const ELSEWHERE = 0xffff_ffff;
const ELSEWHERE_SHORT = 0xffff;

/** Stands before an entry's content. */
export function localHeader({ path, modifiedMs, isLarge }: ZipEntryHead): Buffer {
  const name = Buffer.from(path);
  const size = isLarge ? ELSEWHERE : 0;
  const large = isLarge ? zip64Extra([0, 0]) : Buffer.alloc(0);
  const extra = Buffer.concat([large, timeExtra(modifiedMs)]);
  return Buffer.concat([
    fields(
      [4, 0x0403_4b50],
      ...common({ modifiedMs, isLarge }),
      [4, 0],
      [4, size],
      [4, size],
      [2, name.length],
      [2, extra.length],
    ),
    name,
    extra,
  ]);
}

/** Stands behind an entry's content. */
export function dataDescriptor({ isLarge }: ZipEntryHead, { crc32, packedBytes, sizeBytes }: ZipEntryTail): Buffer {
  const size = isLarge ? 8 : 4;
  return fields([4, 0x0807_4b50], [4, crc32], [size, packedBytes], [size, sizeBytes]);
}

/** Says where an entry is; they stand at the end, in a row. */
export function directoryEntry(entry: ZipEntryRecord, limits: ZipLimits): Buffer {
  const { path, modifiedMs, crc32, packedBytes, sizeBytes, offset } = entry;
  const name = Buffer.from(path);
  const isLarge = entry.isLarge || offset >= limits.bytes;
  const large = isLarge ? zip64Extra([sizeBytes, packedBytes, offset]) : Buffer.alloc(0);
  const extra = Buffer.concat([large, timeExtra(modifiedMs)]);
  return Buffer.concat([
    fields(
      [4, 0x0201_4b50],
      [2, MADE_BY],
      ...common({ modifiedMs, isLarge }),
      [4, crc32],
      [4, isLarge ? ELSEWHERE : packedBytes],
      [4, isLarge ? ELSEWHERE : sizeBytes],
      [2, name.length],
      [2, extra.length],
      // No comment, on the first disk, nothing to say of its content.
      [2, 0],
      [2, 0],
      [2, 0],
      [4, REGULAR_FILE],
      [4, isLarge ? ELSEWHERE : offset],
    ),
    name,
    extra,
  ]);
}

/** The last records: how many entries there are, and where the directory of them is. */
export function directoryEnd(
  entries: number,
  directory: { readonly offset: number; readonly sizeBytes: number },
  limits: ZipLimits,
): Buffer {
  const { offset, sizeBytes } = directory;
  const isLarge = entries >= limits.entries || sizeBytes >= limits.bytes || offset >= limits.bytes;
  const end = fields(
    [4, 0x0605_4b50],
    [2, 0],
    [2, 0],
    [2, isLarge ? ELSEWHERE_SHORT : entries],
    [2, isLarge ? ELSEWHERE_SHORT : entries],
    [4, isLarge ? ELSEWHERE : sizeBytes],
    [4, isLarge ? ELSEWHERE : offset],
    [2, 0],
  );
  if (!isLarge) return end;
  const large = fields(
    [4, 0x0606_4b50],
    // The length of what follows.
    [8, 44],
    [2, MADE_BY],
    [2, VERSION_ZIP64],
    [4, 0],
    [4, 0],
    [8, entries],
    [8, entries],
    [8, sizeBytes],
    [8, offset],
  );
  const locator = fields([4, 0x0706_4b50], [4, 0], [8, offset + sizeBytes], [4, 1]);
  return Buffer.concat([large, locator, end]);
}

/** What the headers of an entry begin with, both of them. */
function common({ modifiedMs, isLarge }: Pick<ZipEntryHead, 'modifiedMs' | 'isLarge'>): Field[] {
  const { date, time } = dosTime(modifiedMs);
  return [
    [2, isLarge ? VERSION_ZIP64 : VERSION],
    [2, FLAGS],
    [2, DEFLATED],
    [2, time],
    [2, date],
  ];
}

function zip64Extra(values: readonly number[]): Buffer {
  return fields([2, 0x0001], [2, values.length * 8], ...values.map((value) => [8, value] as const));
}

/** The time in UTC seconds, for whoever reads it; the headers hold local time alone. */
function timeExtra(modifiedMs: number): Buffer {
  const seconds = Math.min(0x7fff_ffff, Math.max(0, Math.floor(modifiedMs / 1_000)));
  return Buffer.concat([fields([2, 0x5455], [2, 5]), Buffer.from([1]), fields([4, seconds])]);
}

/** Years before 1980 and after 2107 can not be told. */
function dosTime(modifiedMs: number): { date: number; time: number } {
  const at = new Date(modifiedMs);
  const year = Math.min(2107, Math.max(1980, at.getFullYear()));
  return {
    date: ((year - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate(),
    time: (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1),
  };
}

function fields(...all: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(all.reduce((sum, [size]) => sum + size, 0));
  let offset = 0;
  for (const [size, value] of all) {
    if (size === 8) bytes.writeBigUInt64LE(BigInt(value), offset);
    else bytes.writeUIntLE(value, offset, size);
    offset += size;
  }
  return bytes;
}
