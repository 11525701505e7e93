import type { WritableFile } from '../core/environment.ts';
import { cancelled, SyncError } from '../core/errors.ts';
import { compositeEtag, hexOfBytes, isContentMd5, partCountOf } from '../core/etag.ts';
import type { FetchedPart } from '../core/journal.ts';
import type { HeadResult, ListedObject } from '../core/object-store.ts';
import { partCount, partRange, partSizeFor } from '../core/parts.ts';
import { PART_REQUEST_UNITS } from './budget.ts';
import { USUAL_PART_BYTES, type EtagVerdict } from './content-equality.ts';
import type { DownloadContext, DownloadJob, Verified } from './download.ts';
import { BLOCK_BYTES } from './download-body.ts';
import { declaredMd5 } from './download-metadata.ts';

/** What was gathered, and what of it was hashed on its way. */
export interface Content {
  readonly file: Pick<WritableFile, 'read'>;
  /** In hex. */
  readonly wholeMd5: string | undefined;
  readonly parts: { readonly partSizeBytes: number; readonly fetched: ReadonlyMap<number, FetchedPart> } | undefined;
  /** Size of the first part of the upload that made the object, where the server told. */
  readonly objectPartSizeBytes: number | undefined;
}

/** What the content was found equal to, and the part size that is known by it. */
export interface Verdict {
  readonly verified: Verified;
  readonly partSizeBytes: number | undefined;
}

/** Size of the first part of the upload that made an object; undefined for a single PUT or where the server does not tell. */
export async function learnPartSize(
  context: DownloadContext,
  job: DownloadJob,
  signal: AbortSignal,
): Promise<number | undefined> {
  const count = partCountOf(job.remote.etag);
  if (count === undefined || count === 0) return undefined;
  if (count === 1) return job.remote.sizeBytes;
  return askPartSize(context, { key: job.key, etag: job.remote.etag }, 1, signal);
}

/**
 * Proves that a temporary file holds what the server does, by the best that is known of the object. Equality with the ETag
 * always proves it. A difference disproves it where the ETag is one of the content: that of an encrypted object is not, nor
 * is one that ends in `-1`, by which servers also mark an ETag that is no MD5.
 *
 * @throws SyncError bad-digest
 */
export async function verifyContent(
  context: DownloadContext,
  job: DownloadJob,
  head: HeadResult,
  content: Content,
  signal: AbortSignal,
): Promise<Verdict> {
  const { etag } = job.remote;
  const { verdict, partSizeBytes } = isContentMd5(etag)
    ? await compareMd5(context, job, content, etag, signal)
    : await compareComposite(context, job, head, content, signal);
  if (verdict === 'equal') return { verified: 'etag', partSizeBytes };
  if (verdict === 'different' && !head.encrypted) throw badDigest(job, `ETag ${etag}`);
  const declared = declaredMd5(head.metadata);
  if (declared === undefined) return { verified: 'length', partSizeBytes: undefined };
  const { verdict: declaredVerdict } = await compareMd5(context, job, content, declared, signal);
  if (declaredVerdict === 'equal') return { verified: 'metadata', partSizeBytes: undefined };
  throw badDigest(job, `declared MD5 ${declared}`);
}

/** MD5 in hex of consecutive slices of a file from `offset`, read back from the disk. */
export async function hashSlices(
  context: DownloadContext,
  file: Pick<WritableFile, 'read'>,
  offset: number,
  sizes: Iterable<number>,
  signal: AbortSignal,
): Promise<string[]> {
  const release = await context.budget.acquire(BLOCK_BYTES, PART_REQUEST_UNITS, signal);
  const block = context.budget.blocks.take(BLOCK_BYTES);
  try {
    const md5s: string[] = [];
    let position = offset;
    for (const sizeBytes of sizes) {
      const hash = context.environment.hash.startMd5Large();
      let md5: Uint8Array;
      try {
        for (const end = position + sizeBytes; position < end;) {
          if (signal.aborted) throw cancelled('The transfer');
          const slice = block.subarray(0, Math.min(block.length, end - position));
          const bytesRead = await file.read(slice, position);
          // A file that ends early hashes to something else.
          await hash.update(slice.subarray(0, bytesRead));
          position += slice.length;
        }
      } finally {
        md5 = await hash.digest();
      }
      md5s.push(hexOfBytes(md5));
    }
    return md5s;
  } finally {
    context.budget.blocks.giveBack(block);
    release();
  }
}

interface Comparison {
  readonly verdict: EtagVerdict;
  readonly partSizeBytes: number | undefined;
}

async function compareMd5(
  context: DownloadContext,
  job: DownloadJob,
  content: Content,
  expected: string,
  signal: AbortSignal,
): Promise<Comparison> {
  const [md5] =
    content.wholeMd5 === undefined
      ? await hashSlices(context, content.file, 0, [job.remote.sizeBytes], signal)
      : [content.wholeMd5];
  return { verdict: md5 === expected ? 'equal' : 'different', partSizeBytes: undefined };
}

async function compareComposite(
  context: DownloadContext,
  job: DownloadJob,
  head: HeadResult,
  content: Content,
  signal: AbortSignal,
): Promise<Comparison> {
  const { etag, sizeBytes } = job.remote;
  const unknown = { verdict: 'unknown', partSizeBytes: undefined } as const;
  const count = partCountOf(etag);
  if (count === undefined) return unknown;
  const told = content.objectPartSizeBytes;
  const candidates = told === undefined ? [partSizeFor(sizeBytes), ...USUAL_PART_BYTES] : [told];
  for (const partSizeBytes of new Set(candidates)) {
    if (partCount(sizeBytes, partSizeBytes) !== count) continue;
    const sizes = evenSizes(sizeBytes, partSizeBytes);
    const md5s = ownMd5s(content, partSizeBytes, count) ?? (await hashSlices(context, content.file, 0, sizes, signal));
    if (compositeOf(context, md5s) === etag) return { verdict: 'equal', partSizeBytes };
  }
  if (told === undefined || count === 1 || head.encrypted) return unknown;
  return compareUneven(context, job, content, count, signal);
}

/** Some programs make parts of several sizes: before content is called damaged, the server is asked for each. */
async function compareUneven(
  context: DownloadContext,
  job: DownloadJob,
  content: Content,
  count: number,
  signal: AbortSignal,
): Promise<Comparison> {
  const sizes: number[] = [];
  for (let n = 1; n <= count; n++) {
    const sizeBytes = await askPartSize(context, { key: job.key, etag: job.remote.etag }, n, signal);
    if (sizeBytes === undefined) return { verdict: 'unknown', partSizeBytes: undefined };
    sizes.push(sizeBytes);
  }
  const totalBytes = sizes.reduce((sum, one) => sum + one, 0);
  if (totalBytes !== job.remote.sizeBytes) return { verdict: 'unknown', partSizeBytes: undefined };
  const md5s = await hashSlices(context, content.file, 0, sizes, signal);
  const verdict = compositeOf(context, md5s) === job.remote.etag ? 'equal' : 'different';
  return { verdict, partSizeBytes: undefined };
}

/** Size of one part, from 1, of the upload that made an object; undefined where the server does not tell. */
export async function askPartSize(
  { requests, store, bucket }: Pick<DownloadContext, 'requests' | 'store' | 'bucket'>,
  { key, etag }: Pick<ListedObject, 'key' | 'etag'>,
  partNumber: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const told = await requests.run(() => store.partSize(bucket, key, etag, partNumber, signal), signal);
  return told === undefined || told <= 0 ? undefined : told;
}

/** MD5s of the object's parts where they were fetched as such. */
function ownMd5s({ parts }: Content, partSizeBytes: number, count: number): string[] | undefined {
  if (parts?.partSizeBytes !== partSizeBytes || parts.fetched.size !== count) return undefined;
  const inOrder = [...parts.fetched.values()].sort((a, b) => a.partNumber - b.partNumber);
  const md5s = inOrder.flatMap(({ md5 }) => md5 ?? []);
  return md5s.length === count ? md5s : undefined;
}

function* evenSizes(sizeBytes: number, partSizeBytes: number): Generator<number, void, undefined> {
  for (let n = 1; n <= partCount(sizeBytes, partSizeBytes); n++) yield partRange(n, sizeBytes, partSizeBytes).sizeBytes;
}

function compositeOf({ environment }: DownloadContext, md5s: readonly string[]): string {
  return compositeEtag(md5s, (bytes) => environment.hash.md5(bytes));
}

function badDigest(job: DownloadJob, detail: string): SyncError {
  return new SyncError({
    code: 'bad-digest',
    message: `What arrived of ${job.key} is not what the server holds.`,
    advice: 'It is fetched again. If it goes on, check the disk of the server and the network in between.',
    retryable: true,
    detail: `the content does not match the ${detail}`,
  });
}
