import type { Environment, FileStat } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { hexOfBytes } from '../core/etag.ts';
import type { DownloadJournal, DownloadSource, JournalledDownload } from '../core/journal.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { DownloadContext, DownloadJob } from './download.ts';
import { movedUnderUs } from './read.ts';

/** Where downloads are gathered, below each root: on the same disk as where they go. */
export const TEMPORARY_DIRECTORY = `${PRIVATE_DIRECTORY}/tmp`;

/** An interrupted download that nobody took up for so long gives its room back: 30 days. */
export const MAX_INTERRUPTED_MS = 30 * 24 * 3_600_000;

/** The file that this version of an object is gathered in, below the root. */
export function temporaryPathOf({ environment, bucket }: DownloadContext, job: DownloadJob): string {
  const identity = new TextEncoder().encode([bucket, job.key, job.remote.etag].join('\0'));
  return `${TEMPORARY_DIRECTORY}/${hexOfBytes(environment.hash.md5(identity))}`;
}

/** Under which a download is journalled. */
export function sourceOf({ accountId, bucket }: DownloadContext, { key, root }: DownloadJob): DownloadSource {
  return { accountId, bucket, key, root };
}

/**
 * What was written, once it is closed: some disks give a file its times only then.
 *
 * @throws SyncError file-changed when it is not that file any more.
 */
export async function statClosed(
  { environment }: DownloadContext,
  { root }: DownloadJob,
  path: string,
  written: FileStat,
): Promise<FileStat> {
  const closed = await environment.fs.stat(root, path);
  if (closed?.fileId === written.fileId && closed.sizeBytes === written.sizeBytes) return closed;
  throw movedUnderUs(path);
}

/** Ends what the journal has of a download into this root: its temporary file, then its row. */
export async function abandonDownload(context: DownloadContext, job: DownloadJob): Promise<void> {
  const journalled = context.journal.find(sourceOf(context, job));
  if (journalled === undefined) return;
  await context.environment.fs.removeFile(job.root, journalled.temporaryPath);
  context.journal.delete(journalled.id);
}

/**
 * Removes what no download will go on with: temporary files that the journal does not know, rows whose file is gone, and
 * both where they are a month old, of what is not to come any more, or where the file has its name already, since a crash in the
 * middle of a move leaves it with two. Downloads may begin meanwhile: a file is made first and then its row, so that a row which
 * was there before the files were listed and has none lost it, and a file that has no row after that will get none.
 *
 * @param isUnwanted whether what a download fetches is not to come to this computer any more.
 * @returns the first failure to look at or to remove one of them, which stays then and holds up no other.
 * @throws SyncError when they can not be listed.
 */
export async function cleanTemporary(
  environment: Pick<Environment, 'fs' | 'clock'>,
  root: string,
  journal: DownloadJournal,
  isUnwanted: (download: JournalledDownload) => boolean | Promise<boolean> = () => false,
): Promise<SyncError | undefined> {
  const { fs } = environment;
  const before = journal.listRoot(root);
  const found = await temporaryFiles(fs, root);
  const journalled = new Map(journal.listRoot(root).map((download) => [download.temporaryPath, download]));
  let problem: SyncError | undefined;
  for (const path of found) {
    const download = journalled.get(path);
    try {
      const isWanted = download !== undefined && !(await isUnwanted(download));
      if (isWanted && (await mayGoOn(environment, root, download))) continue;
      await fs.removeFile(root, path);
      if (download !== undefined) journal.delete(download.id);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      problem ??= error;
    }
  }
  const isThere = new Set(found);
  for (const { id, temporaryPath } of before) if (!isThere.has(temporaryPath)) journal.delete(id);
  return problem;
}

async function mayGoOn(
  { fs, clock }: Pick<Environment, 'fs' | 'clock'>,
  root: string,
  { path, temporaryPath, startedMs }: JournalledDownload,
): Promise<boolean> {
  // A wall clock that was set back makes a download young, never old.
  if (clock.now() - startedMs >= MAX_INTERRUPTED_MS) return false;
  const temporary = await fs.stat(root, temporaryPath);
  return temporary !== undefined && temporary.fileId !== (await fs.stat(root, path))?.fileId;
}

async function temporaryFiles(fs: Environment['fs'], root: string): Promise<string[]> {
  try {
    const entries = await fs.readDirectory(root, TEMPORARY_DIRECTORY);
    return entries
      .filter(({ kind }) => kind === 'file' || kind === 'unknown')
      .map(({ name }) => `${TEMPORARY_DIRECTORY}/${name}`);
  } catch (error) {
    if (hasCode(error, 'file-vanished')) return [];
    throw error;
  }
}
