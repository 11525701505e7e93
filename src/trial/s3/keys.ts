import { compareUtf8 } from '../../core/text.ts';
import { S3Error } from './errors.ts';

const maxKeyBytes = 1_024;
const maxSegmentBytes = 255;

/**
 * RustFS's key rules: leading slashes collapse; the rest must be 1 to 1,024 UTF-8 bytes, with segments of at most 255
 * bytes, none of them `.` or `..`, no empty segment in the middle, no NUL, CR or LF.
 * @returns the key as the server stores it.
 * @throws S3Error KeyTooLongError or InvalidArgument.
 */
export function acceptKey(requested: string): string {
  const key = requested.replace(/^\/+/, '');
  if (Buffer.byteLength(key) > maxKeyBytes) throw new S3Error('KeyTooLongError');
  if (key === '') throw new S3Error('InvalidArgument', 'The key is empty.');
  if (/[\0\r\n]/.test(key)) throw new S3Error('InvalidArgument', 'The key has a NUL, CR or LF.');
  if (key.includes('//')) throw new S3Error('InvalidArgument', 'The key has an empty segment.');
  for (const segment of key.split('/')) {
    if (segment === '.' || segment === '..') throw new S3Error('InvalidArgument', 'The key has a dot segment.');
    if (Buffer.byteLength(segment) > maxSegmentBytes) {
      throw new S3Error('InvalidArgument', 'A segment of the key is longer than 255 bytes.');
    }
  }
  return key;
}

/** @throws S3Error InvalidBucketName */
export function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
  if (!wellFormed) throw new S3Error('InvalidBucketName');
}

/** A set of keys that can be read in UTF-8 order; cheap to fill in any order, as sorting waits for the first read. */
export class SortedKeys {
  #sorted: string[] = [];
  readonly #added = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #members = new Set<string>();

  add(key: string): void {
    if (this.#members.has(key)) return;
    this.#members.add(key);
    if (this.#gone.delete(key)) return;
    const last = this.#sorted.at(-1);
    if (this.#added.size === 0 && (last === undefined || compareUtf8(last, key) < 0)) this.#sorted.push(key);
    else this.#added.add(key);
  }

  delete(key: string): void {
    if (!this.#members.delete(key)) return;
    if (!this.#added.delete(key)) this.#gone.add(key);
  }

  /** All keys in order. The array is valid until the next change. */
  inOrder(): readonly string[] {
    if (this.#added.size > 0 || this.#gone.size > 0) {
      // Two sorted runs: the sort merges them in linear time.
      const kept = this.#sorted.filter((key) => !this.#gone.has(key));
      this.#sorted = [...kept, ...[...this.#added].sort(compareUtf8)].sort(compareUtf8);
      this.#added.clear();
      this.#gone.clear();
    }
    return this.#sorted;
  }
}

/** The index of the first of the sorted keys that is not below `bound`. */
export function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(keys[middle] ?? '', bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
