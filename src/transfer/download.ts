import type { BaseEntry, Fingerprint } from '../core/entries.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { DownloadJournal } from '../core/journal.ts';
import type { HeadResult } from '../core/object-store.ts';
import { MULTIPART_THRESHOLD_BYTES } from '../core/parts.ts';
import { PRIVATE_DIRECTORY, type RelativePath } from '../core/paths.ts';
import type { OnBytes, PartsDone, TransferContext } from './context.ts';
import { downloadInParts } from './download-parts.ts';
import { downloadSmall } from './download-small.ts';
import { abandonDownload } from './download-temporary.ts';
import { headObject } from './upload.ts';

/** All that a download needs besides its file. One object an account and bucket. */
export interface DownloadContext extends TransferContext {
  readonly journal: DownloadJournal;
}

/** One object to bring to the disk. */
export interface DownloadJob {
  readonly root: string;
  /** Where the object goes, below the root. */
  readonly path: RelativePath;
  /** The file that is replaced, as the disk spells it, where that is not `path`. */
  readonly diskPath?: string;
  readonly key: string;
  /** The object as it was when planned; anything else under the key ends the job. */
  readonly remote: { readonly etag: string; readonly sizeBytes: number };
  /** The file that is replaced, as it was when planned; undefined: nothing may be there. */
  readonly expectLocal: Fingerprint | undefined;
  /** Names the directory of the trash that the replaced file goes to, once it does; as `trashStamp` in the local room makes it. */
  readonly trashStamp: () => string;
  /** Called with what both sides will agree on, but for the file's ctime, before the file gets its name, which waits for this. */
  readonly onInstalling?: (agreed: BaseEntry) => Promise<void>;
  /** Bytes that arrived, since the last call; negative when they have to be fetched again. */
  readonly onProgress: OnBytes;
  /** Told of an object that comes in parts. */
  readonly onParts?: (parts: PartsDone) => void;
}

/**
 * What the content was checked against before the file got its name: the object's ETag, the MD5 that its metadata
 * declares, or, where the server tells neither, its length and that the object was the same from the first request to the
 * last.
 */
export type Verified = 'etag' | 'metadata' | 'length';

/** How a download ended, when it did not fail. */
export type DownloadResult =
  | {
      readonly kind: 'downloaded';
      /** What both sides now agree on. */
      readonly base: BaseEntry;
      readonly verified: Verified;
      /** Where in the trash the replaced file is, below the root. */
      readonly trashedAs: string | undefined;
    }
  /** Something else is under the key than the plan saw, or nothing. The disk was not changed. */
  | { readonly kind: 'overtaken'; readonly remote: HeadResult | undefined };

/**
 * Brings one object to the disk: beside, verified, flushed, and only then under its name; the file that it replaces goes to
 * the trash first. An object of {@link MULTIPART_THRESHOLD_BYTES} or more is fetched in parts and goes on where an earlier
 * attempt stopped, after a crash too.
 *
 * @throws SyncError file-changed when what is on the disk is not as planned; type-clash when a directory is where the file
 * is to go, or a file where one of its directories is; bad-digest when what arrived is not what the server holds (the next
 * attempt starts anew); disk-full; whatever the server said otherwise.
 */
export async function downloadFile(
  context: DownloadContext,
  job: DownloadJob,
  signal: AbortSignal,
): Promise<DownloadResult> {
  refusePrivatePath(job.path);
  try {
    return job.remote.sizeBytes < MULTIPART_THRESHOLD_BYTES
      ? await downloadSmall(context, job, signal)
      : await downloadInParts(context, job, signal);
  } catch (error) {
    if (!hasCode(error, 'precondition-failed', 'no-such-key')) throw error;
    const remote = await headObject(context, job.key, signal);
    // What was fetched belongs to an object that is no more.
    if (remote?.etag !== job.remote.etag) await abandonDownload(context, job);
    return { kind: 'overtaken', remote };
  }
}

/** What a bucket holds must not get at our own files, however the disk treats case. */
function refusePrivatePath(path: RelativePath): void {
  const [first = ''] = path.split('/', 1);
  if (first.toLowerCase() !== PRIVATE_DIRECTORY) return;
  throw new SyncError({
    code: 'invalid-argument',
    message: `${path} is refused: ${PRIVATE_DIRECTORY} is where RustFS Sync keeps its own files.`,
    advice: 'Rename the object. Nothing was written.',
  });
}
