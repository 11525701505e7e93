const MIB = 1024 * 1024;

/** From this size on a file goes up in parts, in bytes. */
export const MULTIPART_THRESHOLD_BYTES = 16 * MIB;
/** Smallest part that we make, in bytes (the server's own minimum is 5 MiB). */
export const MIN_PART_BYTES = 8 * MIB;
/**
 * Up to this size, in bytes, a file is read or written in one go. The transfers' memory does not count it: as many of them as a
 * folder works on at once are 10 MiB.
 */
export const IN_MEMORY_BYTES = 128 * 1024;
/** Largest object, in bytes. */
export const MAX_OBJECT_BYTES = 5 * 1024 * 1024 * MIB;
/** Largest part that a server takes, in bytes. */
export const MAX_PART_BYTES = 5 * 1024 * MIB;
/** Largest source of one plain CopyObject, in bytes; beyond it a copy is made part by part. */
export const MAX_COPY_BYTES = 5 * 1024 * MIB;

/** How long RustFS keeps an unfinished upload, from its start; what comes later starts again. */
export const UNFINISHED_UPLOAD_MS = 24 * 3_600_000;

/**
 * What a person puts goes from a process of its own, which may be at it still: sending a large file may take days, where the
 * server lets it. After this nobody is.
 */
export const PUT_BY_HAND_MS = 7 * 24 * 3_600_000;

/** We plan for 9,000 parts, so that a file that the server's limit of 10,000 would just hold keeps a margin. */
const PLANNED_PARTS = 9_000;

/** One part of a file. */
export interface PartRange {
  /** From 1. */
  readonly partNumber: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Part size for a file: at least 8 MiB, a whole number of MiB, at most 9,000 parts. */
export function partSizeFor(sizeBytes: number): number {
  return Math.max(MIN_PART_BYTES, Math.ceil(sizeBytes / PLANNED_PARTS / MIB) * MIB);
}

/** Number of parts of a file; a file of 0 bytes has one empty part. */
export function partCount(sizeBytes: number, partSizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / partSizeBytes));
}

/** Where part `partNumber` (from 1) lies in the file. */
export function partRange(partNumber: number, sizeBytes: number, partSizeBytes: number): PartRange {
  const offset = (partNumber - 1) * partSizeBytes;
  return { partNumber, offset, sizeBytes: Math.min(partSizeBytes, sizeBytes - offset) };
}
