import type { RemoteExpectation } from '../core/decide.ts';
import type { BaseEntry, Fingerprint } from '../core/entries.ts';
import type { FileStat } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { isContentMd5, partCountOf } from '../core/etag.ts';
import type { UploadJournal, UploadNotes, UploadOwner } from '../core/journal.ts';
import type { HeadResult, ObjectMetadata, ServerCapabilities } from '../core/object-store.ts';
import type { OnBytes, PartsDone, TransferContext } from './context.ts';

/** All that writing an object needs. */
export interface WriteContext extends TransferContext {
  readonly capabilities: ServerCapabilities;
  /** Where what can not be taken up is noted while it is sent. */
  readonly notes: UploadNotes;
}

/** All that an upload needs besides its file. One object an account and bucket. */
export interface UploadContext extends WriteContext {
  /** The folder that the upload is for; undefined for a file that a person puts. */
  readonly owner: UploadOwner;
  readonly journal: UploadJournal;
  /**
   * Whether the disk keeps for each file whether it may be executed. Asked only of a file of which it says so: one that keeps no
   * such thing may say so of all.
   */
  readonly keepsExecutable: () => Promise<boolean>;
}

/** One file to bring into the bucket. */
export interface UploadJob {
  readonly root: string;
  /** Below the root, as the disk spells it. */
  readonly diskPath: string;
  readonly key: string;
  /** The file as it was when planned; anything else on disk ends the job. */
  readonly local: Fingerprint;
  /** What must be under the key for the upload to go through. */
  readonly expect: RemoteExpectation;
  /** What both sides agreed on, where they did: equal content is then not sent again. */
  readonly base: BaseEntry | undefined;
  /** Called with the ETag that the object will have, before the write that makes it, which waits for this. */
  readonly onSending?: (etag: string, partSizeBytes: number | undefined) => Promise<void>;
  /** Bytes that left, since the last call; negative when they have to be sent again. */
  readonly onProgress: OnBytes;
  /** Told of a file that goes in parts. */
  readonly onParts?: (parts: PartsDone) => void;
}

/** How an upload ended, when it did not fail. */
export type UploadResult =
  | { readonly kind: 'uploaded'; readonly etag: string; readonly partSizeBytes: number | undefined }
  /** The content is what base already has: only the file's times had moved. */
  | { readonly kind: 'unchanged' }
  /** Something else is under the key than the plan saw. Nothing was written. */
  | { readonly kind: 'overtaken'; readonly remote: HeadResult | undefined };

/**
 * Headers kept with each object: the modification time and, as a mode, whether the file may be executed, both as rclone writes
 * them. Undefined: this system or this disk does not know, and the object says nothing of it.
 */
export function objectMetadata(local: Fingerprint, executable: boolean | undefined): ObjectMetadata {
  const mtime = secondsOfNs(local.mtimeNs);
  if (executable === undefined) return { mtime };
  return { mtime, mode: executable ? '100755' : '100644' };
}

/** Whether a file may be executed; undefined where its system or its disk does not know. */
export async function mayBeExecuted(
  { keepsExecutable }: Pick<UploadContext, 'keepsExecutable'>,
  { executable }: FileStat,
): Promise<boolean | undefined> {
  return executable === true && !(await keepsExecutable()) ? undefined : executable;
}

/** Nanoseconds since 1970 as seconds with a nine-digit fraction. */
export function secondsOfNs(ns: bigint): string {
  const sign = ns < 0n ? '-' : '';
  const digits = (ns < 0n ? -ns : ns).toString().padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/**
 * Makes one write. Where the server honours no conditions on it, looks right before, each time that it is tried, whether
 * the key is as planned.
 *
 * @throws SyncError precondition-failed, as a server that honours conditions does.
 */
export async function writeAsPlanned<T>(
  context: WriteContext,
  job: Pick<UploadJob, 'key' | 'expect'>,
  isConditional: boolean,
  signal: AbortSignal,
  write: (expect: RemoteExpectation | undefined) => Promise<T>,
): Promise<T> {
  if (isConditional) return write(job.expect);
  const remote = await context.store.head(context.bucket, job.key, signal);
  if (isAsExpected(remote, job.expect)) return write(undefined);
  throw new SyncError({
    code: 'precondition-failed',
    message: `${job.key} is not what it was when the upload was planned.`,
    advice: 'Nothing was written; both sides are compared again.',
  });
}

/** Whether what is under a key is what a plan saw. */
export function isAsExpected(remote: HeadResult | undefined, expect: RemoteExpectation): boolean {
  return expect.kind === 'absent' ? remote === undefined : remote?.etag === expect.etag;
}

/** Whether base says what is under the key, so that a file with base's content need not be sent. */
export function isBaseUnderKey(job: UploadJob): job is UploadJob & { readonly base: BaseEntry } {
  const { base, expect } = job;
  return base !== undefined && expect.kind === 'etag' && expect.etag === base.etag;
}

/** What is under a key now. */
export async function headObject(
  context: TransferContext,
  key: string,
  signal: AbortSignal,
): Promise<HeadResult | undefined> {
  return context.requests.run(() => context.store.head(context.bucket, key, signal), signal);
}

/**
 * Settles a refused precondition. The write may be our own whose answer was lost: then what is under the key is what we
 * sent, byte for byte, and the upload has succeeded.
 */
export async function settleRefusal(
  context: UploadContext,
  job: UploadJob,
  ours: { readonly etag: string; readonly partSizeBytes: number | undefined },
  signal: AbortSignal,
): Promise<UploadResult> {
  const remote = await headObject(context, job.key, signal);
  if (remote?.etag === ours.etag && remote.sizeBytes === job.local.sizeBytes) {
    // What base knows was there all along, although the plan, after a listing that left it out, saw nothing.
    if (job.expect.kind === 'absent' && job.base?.etag === remote.etag) return { kind: 'unchanged' };
    return { kind: 'uploaded', etag: ours.etag, partSizeBytes: ours.partSizeBytes };
  }
  return { kind: 'overtaken', remote };
}

/** Whether an error says that the key is not as the plan saw it. If-Match on a missing key is "not found" to some servers. */
export function isRefusal(error: unknown, expect: RemoteExpectation): error is SyncError {
  return hasCode(error, 'precondition-failed') || (expect.kind === 'etag' && hasCode(error, 'no-such-key'));
}

/**
 * Checks what a finished write answered. An ETag that is not the one computed is right for an encrypted object, whose
 * length we then check, and wrong for any other.
 *
 * @throws SyncError bad-digest
 */
export async function verifyAnsweredEtag(
  context: WriteContext,
  { key, sizeBytes }: { readonly key: string; readonly sizeBytes: number },
  answered: string,
  computed: string,
  signal: AbortSignal,
): Promise<void> {
  if (answered === computed) return;
  const head = await headObject(context, key, signal);
  const isWhole = head?.etag === answered && head.sizeBytes === sizeBytes;
  if (isWhole && (head.encrypted || !isMd5Like(answered))) return;
  throw new SyncError({
    code: 'bad-digest',
    message: `The server stored something else under ${key} than was sent.`,
    advice: 'Check the server and the network in between; the upload is tried again.',
    retryable: true,
    detail: `ETag answered ${answered}, computed ${computed}`,
  });
}

function isMd5Like(etag: string): boolean {
  return isContentMd5(etag) || partCountOf(etag) !== undefined;
}
