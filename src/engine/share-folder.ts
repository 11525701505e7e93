import { Readable } from 'node:stream';
import type { ShareStep } from '../api/index.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { ListedObject } from '../core/object-store.ts';
import { checkSegment, checkUnsafeName, pathOfKey, REMOTE_SHARE_PREFIX } from '../core/paths.ts';
import { partSizeFor } from '../core/parts.ts';
import { listObjects } from '../remote/index.ts';
import type { StoredShare } from '../state/index.ts';
import { hasMoved, readObjects, uploadStream, type ReadContext, type StreamJob } from '../transfer/index.ts';
import type { Connection } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';
import { sharePage } from './share-page.ts';
import { zipOf } from './share-zip.ts';
import { writeContext } from './write-context.ts';

/** A page of more links than this is no use to anybody; each link is signed by itself, too. */
const MAX_PAGE_FILES = 5_000;
/** Their names are held in memory while the zip is made. */
const MAX_ZIP_FILES = 100_000;
/** What a zip takes for each file beside its content: the longest name twice, and what goes with it. */
const ZIP_ENTRY_BYTES = 2_300;
/** Names that nobody guesses: 32 to the power of 26. */
const RANDOM_LENGTH = 26;

export type FolderForm = 'page' | 'zip';

/** What of a folder is shared. */
export interface FolderContent {
  readonly prefix: string;
  readonly files: readonly FolderFile[];
  /** Objects whose name can be no file's. */
  readonly leftOut: number;
}

export interface FolderFile extends ListedObject {
  /** Below the folder. */
  readonly path: string;
}

type Packing = Extract<ShareStep, { kind: 'packing' }>;

/** Where it is put. */
export interface MadeTarget {
  readonly bucket: string;
  readonly key: string;
}

/** What a page needs beside the files. */
export interface PageLinks {
  readonly title: string;
  readonly expiresMs: number;
  readonly sign: (file: FolderFile) => Promise<string>;
}

/** The key under which a folder's page or zip is put: in nobody's way, and to be guessed by nobody. */
export function madeKey(randomId: (length: number) => string, form: FolderForm, title: string): string {
  // The longest names have no room for the ending; the link itself says what a browser saves it as.
  const zip = checkSegment(`${title}.zip`) === undefined ? `${title}.zip` : 'folder.zip';
  const name = form === 'page' ? 'index.html' : zip;
  return `${REMOTE_SHARE_PREFIX}${randomId(RANDOM_LENGTH)}/${name}`;
}

/**
 * What lies below a prefix, without what is ours alone.
 *
 * @throws SyncError no-such-key when there is nothing; too-large.
 */
export async function folderContent(
  { store, requests }: Connection,
  bucket: string,
  prefix: string,
  form: FolderForm,
  signal: AbortSignal,
): Promise<FolderContent> {
  const limit = form === 'page' ? MAX_PAGE_FILES : MAX_ZIP_FILES;
  const files: FolderFile[] = [];
  let leftOut = 0;
  for await (const object of listObjects(store, { bucket, prefix }, signal, (page) => requests.run(page, signal))) {
    const listed = pathOfKey(prefix, object.key);
    if (listed.kind === 'internal') continue;
    if (listed.kind === 'refused' || isUnsafe(listed.path, form)) leftOut += 1;
    else files.push({ ...object, path: listed.path });
    if (files.length > limit) throw tooMany(form, limit);
  }
  if (files.length === 0) throw nothingThere(bucket, prefix);
  return { prefix, files, leftOut };
}

/** What begins like a drive of Windows would be unpacked there, wherever the zip is. */
function isUnsafe(path: string, form: FolderForm): boolean {
  return checkUnsafeName(path) !== undefined || (form === 'zip' && /^[a-z]:/i.test(path));
}

/** Puts a page with a link to each file. @returns its ETag. */
export async function* putPage(
  parts: EngineParts,
  connection: Connection,
  target: MadeTarget,
  { files }: FolderContent,
  { title, expiresMs, sign }: PageLinks,
  signal: AbortSignal,
): AsyncGenerator<Packing, string, undefined> {
  const linked: { path: string; sizeBytes: number; url: string }[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    linked.push({ path: file.path, sizeBytes: file.sizeBytes, url: await sign(file) });
    if (linked.length % 500 === 0) yield { kind: 'packing', files: files.length, doneBytes: 0, sizeBytes: 0 };
  }
  const page = Buffer.from(sharePage(title, linked, expiresMs));
  const job = madeJob(target, 'text/html; charset=utf-8', page.length);
  return uploadStream(writeContext(parts, connection, target.bucket), job, Readable.from([page]), signal);
}

/**
 * Sends a zip of the files through this computer into the bucket, piece by piece. What breaks off on either side goes on
 * where it broke off.
 *
 * @returns its ETag.
 */
export async function* putZip(
  parts: EngineParts,
  connection: Connection,
  target: MadeTarget,
  { files }: FolderContent,
  signal: AbortSignal,
): AsyncGenerator<Packing, string, undefined> {
  const { environment, downloadLimiter } = parts;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  let doneBytes = 0;
  const { store, requests } = connection;
  const source: ReadContext = { environment, store, requests, limiter: downloadLimiter, bucket: target.bucket };
  const read = readObjects(source, files, until);
  async function* counted(file: FolderFile) {
    for await (const chunk of read(file)) {
      doneBytes += chunk.length;
      yield chunk;
    }
  }
  const zip = zipOf(
    files.map((file) => ({ ...file, modifiedMs: file.lastModifiedMs })),
    counted,
  );
  const job = madeJob(target, 'application/zip', sizeBytes + files.length * ZIP_ENTRY_BYTES);
  const state = { isOver: false };
  const sending = uploadStream(writeContext(parts, connection, target.bucket), job, zip, until);
  // Told below; until then nobody listens.
  const over = sending.then(noteOver, noteOver);
  function noteOver() {
    state.isOver = true;
  }
  try {
    while (!state.isOver) {
      yield { kind: 'packing', files: files.length, doneBytes, sizeBytes };
      await Promise.race([over, environment.clock.sleep(200, until)]);
    }
    return await sending;
  } catch (error) {
    throw hasMoved(error) ? changedMeanwhile(error) : error;
  } finally {
    // Whoever stops listening calls it off; what was begun on the server is aborted before this ends.
    ended.abort();
    await over;
  }
}

/** Nothing is replaced: the name is new. */
function madeJob({ key }: MadeTarget, contentType: string, sizeBytes: number): StreamJob {
  return { key, metadata: {}, contentType, expect: { kind: 'absent' }, partSizeBytes: partSizeFor(sizeBytes) };
}

/**
 * Removes what was made for a folder's link: the object if it is still ours, and what of an upload was left by a crash. What
 * somebody else put there stays.
 */
export async function removeMade(
  { store }: Connection,
  { bucket, key, madeEtag, folder }: StoredShare,
  signal: AbortSignal,
): Promise<void> {
  // Nothing but our own is ever removed, whatever the ledger says.
  if (folder === undefined || !key.startsWith(REMOTE_SHARE_PREFIX)) return;
  try {
    const found = await store.head(bucket, key, signal);
    const isOurs = found !== undefined && (madeEtag === undefined || found.etag === madeEtag);
    if (isOurs) await store.delete(bucket, key, found.etag, signal);
    if (madeEtag !== undefined) return;
    for (const upload of await store.listUploads(bucket, key, signal)) {
      if (upload.key === key) await store.abortUpload({ bucket, key, uploadId: upload.uploadId }, signal);
    }
  } catch (error) {
    if (!hasCode(error, 'no-such-bucket', 'no-such-key', 'precondition-failed')) throw error;
  }
}

function tooMany(form: FolderForm, limit: number): SyncError {
  return new SyncError({
    code: 'too-large',
    message: `The folder has more than ${limit.toLocaleString('en')} files: too many for a ${form}.`,
    advice: form === 'page' ? 'Share it as a zip, or share the folders in it.' : 'Share the folders in it one by one.',
  });
}

function nothingThere(bucket: string, prefix: string): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: `There is no file below ${JSON.stringify(prefix)} in the bucket ${JSON.stringify(bucket)}.`,
    advice: 'Put files into the folder first, and wait until they are uploaded.',
  });
}

function changedMeanwhile(cause: unknown): SyncError {
  return new SyncError({
    code: 'file-changed',
    message: 'A file of the folder was changed or deleted while the zip was made, so that it was thrown away.',
    advice: 'Try again once nobody changes the folder.',
    retryable: true,
    cause,
  });
}
