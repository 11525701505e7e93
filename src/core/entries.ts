import type { NameProblem, RelativePath } from './paths.ts';

/** What a file on disk looked like: enough to notice that it is not the same any more. */
export interface Fingerprint {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** Inode number or Windows file id, in decimal. */
  readonly fileId: string;
}

/** A file as the scan saw it. */
export interface LocalEntry extends Fingerprint {
  readonly path: RelativePath;
  /** The path as the disk spells it, where that is not NFC. */
  readonly diskPath?: string;
  /** Whether the file has another name too: a hard link. */
  readonly hasOtherNames?: boolean;
}

/** An object as a listing or a HEAD saw it. */
export interface RemoteEntry {
  readonly path: RelativePath;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
}

/** What both sides last agreed on. */
export interface BaseEntry extends Fingerprint {
  readonly path: RelativePath;
  readonly etag: string;
  /** Part size of the multipart upload that made the object; absent for a single PUT or where it is not known. */
  readonly partSizeBytes?: number;
  /**
   * True once the local file is gone while the object is kept on purpose (upload mode without mirrorDeletes), and of a path
   * that an ignore rule leaves out.
   */
  readonly retained: boolean;
}

/** Why something on disk is not synced. Each has a text for people in `problems.ts`. */
export type SkipReason =
  NameProblem | 'symlink' | 'special-file' | 'unreadable' | 'unicode-clash' | 'other-filesystem' | 'vanished';

/** One thing that a scan met, in key order (a directory sorts as if its name ended in a slash). */
export type ScanItem = ScannedFile | SkippedItem;

export interface ScannedFile {
  readonly kind: 'file';
  readonly path: RelativePath;
  readonly entry: LocalEntry;
}

export interface SkippedItem {
  readonly kind: 'skipped';
  /** NFC; ends in a slash for a directory, whose whole subtree is then unknown. */
  readonly path: string;
  readonly reason: SkipReason;
  /** True when another file holds this path (two names equal after NFC), so that the path itself is not excluded. */
  readonly shadowed: boolean;
}

/** A file is left to whoever writes it for this long after the last change. */
const QUIET_NS = 1_000_000_000n;
/** Disks that keep times in steps of up to two seconds (FAT) show times without a fraction. */
const COARSE_QUIET_NS = 2_100_000_000n;

/**
 * Whether a file has been quiet for long enough to be read. Only writing moves mtime: a file that was merely renamed, or whose
 * permissions changed, need not wait. Times far in the future say nothing, and do not hold a file back; a little
 * ahead of our clock are those of a file server, and those that FAT rounds up.
 *
 * @param nowMs wall time of this computer, in milliseconds.
 */
export function isSettled({ mtimeNs }: Pick<Fingerprint, 'mtimeNs'>, nowMs: number): boolean {
  const ageNs = BigInt(Math.round(nowMs)) * 1_000_000n - mtimeNs;
  const isCoarse = mtimeNs % 1_000_000_000n === 0n;
  const quietNs = isCoarse ? COARSE_QUIET_NS : QUIET_NS;
  return ageNs >= quietNs || ageNs <= -quietNs;
}

/**
 * Whether a file could be written once more without any of its times showing it: on a disk with coarse times, and within
 * the same tick. What is remembered of such a file proves nothing yet.
 *
 * @param nowMs wall time of this computer, in milliseconds.
 */
export function mayHideAnEdit({ mtimeNs }: Pick<Fingerprint, 'mtimeNs'>, nowMs: number): boolean {
  return mtimeNs % 1_000_000_000n === 0n && !isSettled({ mtimeNs }, nowMs);
}

/** Whether two looks at a file saw the same: nothing that a write changes has moved. */
export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.fileId === b.fileId;
}
