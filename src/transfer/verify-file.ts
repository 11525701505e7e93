import type { Fingerprint } from '../core/entries.ts';
import { isContentMd5, partCountOf } from '../core/etag.ts';
import type { HeadResult, ObjectStore } from '../core/object-store.ts';
import { compareWithEtag, hasChecksum, hashFile, type HashContext } from './content-equality.ts';
import { declaredMd5 } from './download-metadata.ts';
import type { Requests } from './requests.ts';

/** What is needed to hold a file against its object. */
export interface VerifyContext extends HashContext {
  readonly store: Pick<ObjectStore, 'head' | 'partSize' | 'contentChecksum'>;
  readonly requests: Requests;
  readonly bucket: string;
}

/** A file, and the ETag that its content had when it was synced. */
export interface VerifiedFile {
  readonly root: string;
  readonly diskPath: string;
  readonly local: Fingerprint;
  readonly key: string;
  readonly etag: string;
  readonly partSizeBytes: number | undefined;
}

/** Whether a file holds what was synced; `unknown` where nothing that is known of the object can tell. */
export type FileVerdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different' }
  | { readonly kind: 'unknown'; readonly reason: 'encrypted' | 'unknown-parts' | 'object-gone' };

/**
 * Reads a file and holds it against its object: by the ETag, with the part size that base or the server tells, and where
 * the ETag is not one of the content, by the MD5 that the object's metadata declare or a checksum that the server keeps. The
 * server is asked only where the ETag alone does not show that they are equal.
 *
 * @throws SyncError file-changed when the file is not as given, or is written meanwhile.
 */
export async function verifyFile(
  context: VerifyContext,
  file: VerifiedFile,
  signal: AbortSignal,
): Promise<FileVerdict> {
  if (await hasEtag(context, file, file.partSizeBytes, signal)) return { kind: 'equal' };
  const { requests, store, bucket } = context;
  const head = await requests.run(() => store.head(bucket, file.key, signal), signal);
  const isSameObject = head?.etag === file.etag;
  const declared = isSameObject ? declaredMd5(head.metadata) : undefined;
  if (declared !== undefined) {
    const md5 = await hashFile(context, file.root, file.diskPath, file.local, signal);
    return { kind: md5 === declared ? 'equal' : 'different' };
  }
  if (head === undefined) return { kind: 'unknown', reason: 'object-gone' };
  if (!head.encrypted && tellsContent(file)) return { kind: 'different' };
  const checksum = isSameObject
    ? await requests.run(() => store.contentChecksum(bucket, file.key, file.etag, signal), signal)
    : undefined;
  if (checksum !== undefined) {
    const isEqual = await hasChecksum(context, file.root, file.diskPath, file.local, checksum, signal);
    return { kind: isEqual ? 'equal' : 'different' };
  }
  if (head.encrypted) return { kind: 'unknown', reason: 'encrypted' };
  const isEqual = isSameObject && (await hasEtagInToldParts(context, file, head, signal));
  return isEqual ? { kind: 'equal' } : { kind: 'unknown', reason: 'unknown-parts' };
}

/** Whether a content of another ETag is another content. Servers also mark with `-1` what is no MD5. */
function tellsContent({ etag, partSizeBytes }: VerifiedFile): boolean {
  return isContentMd5(etag) || (partSizeBytes !== undefined && (partCountOf(etag) ?? 0) > 1);
}

async function hasEtag(
  context: VerifyContext,
  { root, diskPath, local, etag }: VerifiedFile,
  partSizeBytes: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  return (await compareWithEtag(context, root, diskPath, local, etag, signal, partSizeBytes)).verdict === 'equal';
}

async function hasEtagInToldParts(
  context: VerifyContext,
  file: VerifiedFile,
  { etag }: HeadResult,
  signal: AbortSignal,
): Promise<boolean> {
  const { requests, store, bucket } = context;
  const told = await requests.run(() => store.partSize(bucket, file.key, etag, 1, signal), signal);
  return told !== undefined && told > 0 && hasEtag(context, file, told, signal);
}
