import type { Environment } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { hexOfBytes } from '../core/etag.ts';
import type { DownloadJournal, DownloadSource, JournalledDownload } from '../core/journal.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { DownloadContext, DownloadJob } from './download.ts';

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

/** Ends what the journal has of a download into this root: its temporary file, then its row. */
export async function abandonDownload(context: DownloadContext, job: DownloadJob): Promise<void> {
  const journalled = context.journal.find(sourceOf(context, job));
  if (journalled === undefined) return;
  await context.environment.fs.removeFile(job.root, journalled.temporaryPath);
  context.journal.delete(journalled.id);
}

/**
 * Removes what no download will go on with: temporary files that the journal does not know, rows whose file is gone, and
 * both where they are a month old, or where the file has its name already, since a crash in the middle of a move leaves it
 * with two. To be called while nothing is being downloaded into this root.
 */
export async function cleanTemporary(
  environment: Pick<Environment, 'fs' | 'clock'>,
  root: string,
  journal: DownloadJournal,
): Promise<void> {
  const { fs } = environment;
  const found = new Set(await temporaryFiles(fs, root));
  for (const download of journal.listRoot(root)) {
    if (!found.has(download.temporaryPath)) journal.delete(download.id);
    else if (await mayGoOn(environment, root, download)) found.delete(download.temporaryPath);
  }
  for (const path of found) await fs.removeFile(root, path);
  for (const { id, temporaryPath } of journal.listRoot(root)) if (found.has(temporaryPath)) journal.delete(id);
}

async function mayGoOn(
  { fs, clock }: Pick<Environment, 'fs' | 'clock'>,
  root: string,
  { path, temporaryPath, startedMs }: JournalledDownload,
): Promise<boolean> {
  // A wall clock that was set back makes a download young, never old.
  if (clock.now() - startedMs >= MAX_INTERRUPTED_MS) return false;
  const temporary = await fs.stat(root, temporaryPath);
  return temporary !== undefined && temporary.fileId !== (await placedFileId(fs, root, path));
}

/** Where a link or a directory that can not be read is in the way, the file has no name that we could see. */
async function placedFileId(fs: Environment['fs'], root: string, path: string): Promise<string | undefined> {
  try {
    return (await fs.stat(root, path))?.fileId;
  } catch (error) {
    if (hasCode(error, 'link-in-path', 'file-unreadable')) return undefined;
    throw error;
  }
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
