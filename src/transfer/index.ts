import { MULTIPART_THRESHOLD_BYTES } from '../core/parts.ts';
import type { UploadContext, UploadJob, UploadResult } from './upload.ts';
import { uploadInParts } from './upload-multipart.ts';
import { uploadSmall } from './upload-small.ts';

export { RateLimiter } from './bandwidth.ts';
export { CircuitBreaker, isUnreachable, type Reachability } from './breaker.ts';
export { TransferBudget } from './budget.ts';
export { runConcurrently } from './concurrency.ts';
export { compareWithEtag, hashFile, type EtagVerdict } from './content-equality.ts';
export { contentTypeOf } from './content-type.ts';
export { declaredMd5 } from './download-metadata.ts';
export {
  downloadFile,
  type DownloadContext,
  type DownloadJob,
  type DownloadResult,
  type Verified,
} from './download.ts';
export { checkTarget, moveToTrash, type TrashedFile } from './download-install.ts';
export { abandonDownload, cleanTemporary, MAX_INTERRUPTED_MS, TEMPORARY_DIRECTORY } from './download-temporary.ts';
export { abandonUpload, abortStrays, endUpload, isSameContent } from './multipart-journal.ts';
export { openObject } from './open-object.ts';
export { hasMoved, readObjects, type ReadContext } from './read-object.ts';
export { Requests } from './requests.ts';
export type { OnBytes, PartsDone, TransferContext } from './context.ts';
export { verifyFile, type FileVerdict, type VerifiedFile, type VerifyContext } from './verify-file.ts';
export {
  headObject,
  writeAsPlanned,
  type UploadContext,
  type UploadJob,
  type UploadResult,
  type WriteContext,
} from './upload.ts';
export { uploadStream, type StreamJob } from './upload-stream.ts';

/** Brings one file into the bucket, in one request or in parts. See {@link uploadSmall} and {@link uploadInParts}. */
export async function uploadFile(context: UploadContext, job: UploadJob, signal: AbortSignal): Promise<UploadResult> {
  return job.local.sizeBytes < MULTIPART_THRESHOLD_BYTES
    ? uploadSmall(context, job, signal)
    : uploadInParts(context, job, signal);
}
