import { isCrc, startCrc, type ContentChecksum } from '../core/content-checksum.ts';
import type { Fingerprint } from '../core/entries.ts';
import type { FileSystem, Hashing, IncrementalHash, OpenFile } from '../core/environment.ts';
import { cancelled } from '../core/errors.ts';
import { compositeEtag, hexOfBytes, isContentMd5, partCountOf } from '../core/etag.ts';
import { MIN_PART_BYTES, partCount, partRange, partSizeFor } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import type { TransferContext } from './context.ts';
import { openAsPlanned, readUnchanged } from './read.ts';
import { isBaseUnderKey, type UploadContext, type UploadJob } from './upload.ts';

/** What is needed to read and hash a file; a {@link TransferContext} has all of it. */
export interface HashContext {
  readonly environment: { readonly fs: Pick<FileSystem, 'openFile' | 'readFile'>; readonly hash: Hashing };
  readonly budget: TransferContext['budget'];
}

/** Part sizes that other programs use by default, in bytes: rclone and the AWS SDKs 5 MiB, the AWS CLI 8, mc 16, s5cmd 50. */
export const USUAL_PART_BYTES: readonly number[] = [5, 8, 16, 50].map((mib) => mib * 1024 * 1024);

/** Whether a file holds an object's content: by its ETag, or not at all to be told from it. */
export type EtagVerdict = 'equal' | 'different' | 'unknown';

/** Whether a large file holds the very content that base knows and that is under the key. */
export async function hasBaseContent(
  context: UploadContext,
  job: UploadJob,
  file: OpenFile,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isBaseUnderKey(job) || job.base.sizeBytes !== job.local.sizeBytes) return false;
  const { base } = job;
  const partSizes = base.partSizeBytes === undefined ? [] : [base.partSizeBytes];
  return (await compareOpenFile(context, file, job.diskPath, job.local, base.etag, partSizes, signal)) === 'equal';
}

/**
 * Compares a file with an object of the same size by the object's ETag: an MD5, or the composite of any part size that the
 * ETag's part count allows and that is in use.
 *
 * @param knownPartSizeBytes the one part size to try, where it is known.
 * @throws SyncError file-changed when the file is not as planned.
 */
export async function compareWithEtag(
  context: HashContext,
  root: string,
  diskPath: string,
  local: Fingerprint,
  etag: string,
  signal: AbortSignal,
  knownPartSizeBytes?: number,
): Promise<{ readonly verdict: EtagVerdict; readonly partSizeBytes?: number }> {
  const file = await openAsPlanned(context.environment.fs, root, diskPath, local);
  try {
    if (partCountOf(etag) === undefined) {
      return { verdict: await compareOpenFile(context, file, diskPath, local, etag, [], signal) };
    }
    const usual = [partSizeFor(local.sizeBytes), ...USUAL_PART_BYTES];
    for (const partSizeBytes of new Set(knownPartSizeBytes === undefined ? usual : [knownPartSizeBytes])) {
      const verdict = await compareOpenFile(context, file, diskPath, local, etag, [partSizeBytes], signal);
      if (verdict === 'equal') return { verdict, partSizeBytes };
    }
    return { verdict: 'unknown' };
  } finally {
    await file.close();
  }
}

/** MD5 of a whole file in hex. @throws SyncError file-changed when it is not as planned. */
export async function hashFile(
  context: HashContext,
  root: string,
  diskPath: string,
  local: Fingerprint,
  signal: AbortSignal,
): Promise<string> {
  const file = await openAsPlanned(context.environment.fs, root, diskPath, local);
  try {
    return await hashRange(context, file, diskPath, local, 0, local.sizeBytes, signal);
  } finally {
    await file.close();
  }
}

/** Whether a file's content has a checksum. @throws SyncError file-changed when it is not as planned. */
export async function hasChecksum(
  context: HashContext,
  root: string,
  diskPath: string,
  local: Fingerprint,
  { algorithm, base64 }: ContentChecksum,
  signal: AbortSignal,
): Promise<boolean> {
  const hash = isCrc(algorithm) ? startCrc(algorithm) : context.environment.hash.startSha(algorithm);
  const file = await openAsPlanned(context.environment.fs, root, diskPath, local);
  try {
    const digest = await digestRange(context, hash, file, diskPath, local, 0, local.sizeBytes, signal);
    return Buffer.from(digest).toString('base64') === base64;
  } finally {
    await file.close();
  }
}

async function compareOpenFile(
  context: HashContext,
  file: OpenFile,
  path: string,
  local: Fingerprint,
  etag: string,
  partSizes: readonly number[],
  signal: AbortSignal,
): Promise<EtagVerdict> {
  if (isContentMd5(etag)) {
    const md5 = await hashRange(context, file, path, local, 0, local.sizeBytes, signal);
    return md5 === etag ? 'equal' : 'different';
  }
  const count = partCountOf(etag);
  for (const partSizeBytes of partSizes) {
    if (count !== partCount(local.sizeBytes, partSizeBytes)) continue;
    if ((await hashParts(context, file, path, local, partSizeBytes, signal)) === etag) return 'equal';
  }
  return 'unknown';
}

async function hashParts(
  context: HashContext,
  file: OpenFile,
  path: string,
  local: Fingerprint,
  partSizeBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const md5s: string[] = [];
  for (let n = 1; n <= partCount(local.sizeBytes, partSizeBytes); n++) {
    const { offset, sizeBytes } = partRange(n, local.sizeBytes, partSizeBytes);
    md5s.push(await hashRange(context, file, path, local, offset, sizeBytes, signal));
  }
  return compositeEtag(md5s, (bytes) => context.environment.hash.md5(bytes));
}

async function hashRange(
  context: HashContext,
  file: OpenFile,
  path: string,
  local: Fingerprint,
  offset: number,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const hash = context.environment.hash.startMd5();
  return hexOfBytes(await digestRange(context, hash, file, path, local, offset, sizeBytes, signal));
}

async function digestRange(
  context: HashContext,
  hash: IncrementalHash,
  file: OpenFile,
  path: string,
  local: Fingerprint,
  offset: number,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const release = await context.budget.acquire(Math.min(sizeBytes, MIN_PART_BYTES), PART_REQUEST_UNITS, signal);
  try {
    const buffer = new Uint8Array(Math.min(sizeBytes, MIN_PART_BYTES));
    for (let done = 0; done < sizeBytes; done += buffer.length) {
      if (signal.aborted) throw cancelled('The transfer');
      const slice = buffer.subarray(0, Math.min(buffer.length, sizeBytes - done));
      await readUnchanged(file, path, local, slice, offset + done);
      hash.update(slice);
    }
    return hash.digest();
  } finally {
    release();
  }
}
