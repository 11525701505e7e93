import type { FileStat, WritableFile } from '../core/environment.ts';
import { hasCode } from '../core/errors.ts';
import { isContentMd5 } from '../core/etag.ts';
import type { FetchedPart, JournalledDownload } from '../core/journal.ts';
import type { HeadResult } from '../core/object-store.ts';
import { partCount, partRange, partSizeFor, type PartRange } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import { runConcurrently } from './concurrency.ts';
import type { DownloadContext, DownloadJob, DownloadResult } from './download.ts';
import { BLOCK_BYTES, fetchInto, isAsPlanned, objectMoved } from './download-body.ts';
import { checkTarget, installFile } from './download-install.ts';
import { isExecutable, modifiedNsOf } from './download-metadata.ts';
import { abandonDownload, sourceOf, temporaryPathOf } from './download-temporary.ts';
import { hashSlices, learnPartSize, verifyContent, type Verdict } from './download-verify.ts';
import { headObject } from './upload.ts';

/** Parts of one object on their way at once; the budget may allow fewer. */
const PARTS_AT_ONCE = 8;

/** The object's own parts are fetched one by one up to this size, in bytes, so that their MD5s need not be read back. */
const MAX_OWN_PART_BYTES = 64 * 1024 * 1024;

/**
 * Downloads an object in parts, going on where an earlier attempt stopped: every part that was written and still is on the
 * disk is kept. However it is interrupted, the temporary file and its journal stay, also when the disk is full; only
 * content that turns out to be wrong is thrown away.
 *
 * @throws as `downloadFile`; precondition-failed, no-such-key when the object is not as planned.
 */
export async function downloadInParts(
  context: DownloadContext,
  job: DownloadJob,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const head = await headObject(context, job.key, signal);
  if (!isAsPlanned(head, job)) throw objectMoved(job);
  // Looked at before gigabytes are fetched; the moves at the end are still what proves it.
  await checkTarget(context, job, job.expectLocal);
  const objectPartSizeBytes = await learnPartSize(context, job, head.etag, signal);
  const download = begin(context, job, objectPartSizeBytes);
  try {
    const { stat, verdict } = await gather(context, job, head, download, objectPartSizeBytes, signal);
    const result = await installFile(context, job, download.temporaryPath, stat, verdict);
    context.journal.delete(download.id);
    return result;
  } catch (error) {
    if (hasCode(error, 'bad-digest')) await abandonDownload(context, job);
    throw error;
  }
}

type OpenDownload = Pick<JournalledDownload, 'id' | 'temporaryPath' | 'partSizeBytes'>;

