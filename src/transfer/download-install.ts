import { sameFingerprint, type BaseEntry, type Fingerprint } from '../core/entries.ts';
import type { Environment, FileStat } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { parentOf } from '../core/paths.ts';
import { trashPath } from '../core/trash-path.ts';
import type { DownloadContext, DownloadJob, DownloadResult } from './download.ts';
import type { Verdict } from './download-verify.ts';

/** A stamp ends in so many random letters, which keep two of the same second apart. */
const STAMP_LETTERS = 4;
/** So many stamps are tried. */
const MAX_STAMPS = 8;

/** A file in the trash. */
export interface TrashedFile {
  /** Below the root. */
  readonly path: string;
  readonly stat: FileStat;
}

/**
 * Gives a verified and flushed temporary file its name. The file that it replaces goes to the trash before; both moves
 * check that they move what they were meant to, and neither replaces anything.
 *
 * Whatever happens in between, nothing is lost. After a crash between the two moves the old version is in the trash and
 * the new one, if it is large, complete in its temporary file and in the journal: the next comparison finds no file and a
 * changed object, and downloads again without fetching. Somebody who writes a new file under the name in that moment keeps
 * it: the second move fails, and the next comparison sees that file.
 *
 * @throws SyncError file-changed, type-clash, or what the disk said.
 */
export async function installFile(
  context: DownloadContext,
  job: DownloadJob,
  temporaryPath: string,
  temporary: FileStat,
  { verified, partSizeBytes }: Verdict,
): Promise<Extract<DownloadResult, { kind: 'downloaded' }>> {
  const { fs } = context.environment;
  const { root, path, expectLocal } = job;
  const diskPath = job.diskPath ?? path;
  await job.onInstalling?.(agreedOn(job, temporary, partSizeBytes));
  const trashed =
    expectLocal &&
    (await orExplained(context, job, diskPath, expectLocal, () =>
      moveToTrash(context.environment, root, diskPath, expectLocal, job.trashStamp()),
    ));
  let placed: FileStat;
  try {
    placed = await orExplained(context, job, path, undefined, () => fs.move(root, temporaryPath, path, temporary));
  } catch (error) {
    if (trashed !== undefined) await putBack(context, job, trashed, diskPath);
    throw error;
  }
  return { kind: 'downloaded', base: agreedOn(job, placed, partSizeBytes), verified, trashedAs: trashed?.path };
}

/** What both sides agree on once a file has its name. */
function agreedOn({ path, remote }: DownloadJob, file: Fingerprint, partSizeBytes: number | undefined): BaseEntry {
  const { sizeBytes, mtimeNs, ctimeNs, fileId } = file;
  return {
    path,
    sizeBytes,
    mtimeNs,
    ctimeNs,
    fileId,
    etag: remote.etag,
    ...(partSizeBytes !== undefined && { partSizeBytes }),
    retained: false,
  };
}

/**
 * Moves a file to the trash, if it is as expected.
 *
 * @param stamp names the directory in the trash and ends in four random letters. Where that directory holds something else
 * of this path already, they are replaced by others.
 * @throws SyncError file-changed when the file is not as expected; what the disk said.
 */
export async function moveToTrash(
  { fs, random }: Pick<Environment, 'fs' | 'random'>,
  root: string,
  diskPath: string,
  expect: Fingerprint,
  stamp: string,
): Promise<TrashedFile> {
  for (let tried = 1, current = stamp; ; tried++) {
    const path = trashPath(current, diskPath);
    try {
      return { path, stat: await fs.move(root, diskPath, path, expect) };
    } catch (error) {
      if (!hasCode(error, 'name-taken') || tried >= MAX_STAMPS) throw error;
    }
    current = stamp.slice(0, -STAMP_LETTERS) + random.id(STAMP_LETTERS);
  }
}

/**
 * Looks whether a file can be put where it is to go.
 *
 * @param expect what is to be at `diskPath`; undefined: nothing, below directories or in none yet.
 * @throws SyncError file-changed when something else is; type-clash when that is a directory, or when a file is where one
 * of its directories has to be.
 */
export async function checkTarget(
  { environment }: DownloadContext,
  job: DownloadJob,
  diskPath: string,
  expect: Fingerprint | undefined,
): Promise<void> {
  const { fs } = environment;
  const target = await fs.stat(job.root, diskPath);
  if (target?.kind === 'directory') throw typeClash(job, `${diskPath} is a directory on this computer`);
  if (expect !== undefined) {
    if (target === undefined || !sameFingerprint(target, expect)) throw targetChanged(job);
    return;
  }
  if (target !== undefined) throw targetChanged(job);
  for (let above = parentOf(diskPath); above !== ''; above = parentOf(above)) {
    const parent = await fs.stat(job.root, above);
    if (parent?.kind === 'directory') return;
    if (parent !== undefined) throw typeClash(job, `${above} is a file on this computer`);
  }
}

/** Runs a move; where it fails, looks at the target for a reason that says more. */
async function orExplained<T>(
  context: DownloadContext,
  job: DownloadJob,
  diskPath: string,
  expect: Fingerprint | undefined,
  move: () => Promise<T>,
): Promise<T> {
  try {
    return await move();
  } catch (error) {
    if (!hasCode(error, 'disk-full', 'link-in-path')) await checkTarget(context, job, diskPath, expect);
    throw hasCode(error, 'name-taken') ? targetChanged(job, error) : error;
  }
}

/** Undoes the first move where the second failed, unless somebody has taken the name: then the old file stays in the trash. */
async function putBack(
  { environment }: DownloadContext,
  { root }: DownloadJob,
  trashed: TrashedFile,
  diskPath: string,
): Promise<void> {
  try {
    await environment.fs.move(root, trashed.path, diskPath, trashed.stat);
  } catch (error) {
    environment.log.warn('a replaced file stays in the trash', { root, path: trashed.path, error });
  }
}

/** Not a failure: the path is compared again. */
function targetChanged(job: DownloadJob, cause?: unknown): SyncError {
  return new SyncError({
    code: 'file-changed',
    message: `${job.path} changed on this computer while it was being downloaded.`,
    advice: 'Nothing was overwritten; both sides are compared again.',
    retryable: true,
    cause,
  });
}

function typeClash(job: DownloadJob, because: string): SyncError {
  return new SyncError({
    code: 'type-clash',
    message: `${job.path} can not be downloaded: ${because}.`,
    advice: 'Rename one of the two, here or in the bucket. Nothing was changed.',
  });
}
