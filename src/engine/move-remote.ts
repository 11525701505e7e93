import type { BaseEntry } from '../core/entries.ts';
import { hasCode } from '../core/errors.ts';
import type { PlanItem } from '../core/plan.ts';
import { compareWithEtag, writeAsPlanned } from '../transfer/index.ts';
import { deleteIfStill, isThere } from './delete-remote.ts';
import { headRemote, keyIn, type FolderContext } from './folder-context.ts';
import { baseEntry, localOf, type Step } from './outcome.ts';
import { announceUpload } from './under-way.ts';

/** For so long a copy is not asked for: a request less for each renamed file, unless its deletion had to wait or is tried again. */
const JUST_MADE_MS = 500;

/**
 * A file has another name on disk: its object is copied to the new key by the server and the old one deleted, without
 * sending the content again. Only if the file still holds what both sides agreed on: a rename proves nothing about content. And
 * the old one only as long as the copy is there: the deletion may have to wait for the server for hours.
 *
 * A crash between copy and deletion leaves both keys; the next comparison adopts the new one and deletes the old one.
 */
export async function moveRemote(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { upload, folder, state, keyTurns } = context;
  const local = localOf(item);
  const from = item.from;
  const known = from && state.base.get(folder.id, from);
  if (from === undefined || known === undefined) return { kind: 'no-move', instead: 'upload', remote: undefined };

  const { verdict } = await compareWithEtag(
    upload,
    folder.localRoot,
    local.diskPath ?? item.path,
    local,
    known.etag,
    signal,
  );
  if (verdict !== 'equal') return { kind: 'no-move', instead: 'upload', remote: undefined };
  const keys = [keyIn(context, from), keyIn(context, item.path)];
  return keyTurns.take(upload.bucket, keys, () => copyThenDelete(context, item, known, signal), signal);
}

async function copyThenDelete(
  context: FolderContext,
  item: PlanItem,
  known: BaseEntry,
  signal: AbortSignal,
): Promise<Step> {
  const { upload } = context;
  const local = localOf(item);
  const from = known.path;
  const found = { isBack: false };
  const isWanted = async () => (found.isBack = await isThere(context, from, signal));
  if (await isWanted()) return { kind: 'stale' };
  const copy = {
    bucket: upload.bucket,
    sourceKey: keyIn(context, from),
    key: keyIn(context, item.path),
    sourceEtag: known.etag,
    sizeBytes: known.sizeBytes,
    ...(known.partSizeBytes !== undefined && { partSizeBytes: known.partSizeBytes }),
    expect: { kind: 'absent' } as const,
  };
  await announceUpload(context, item.path, local)(known.etag, known.partSizeBytes);
  let etag: string;
  try {
    // Not every server honours a condition on the target of a copy: each attempt looks first.
    const attempt = () => writeAsPlanned(upload, copy, false, signal, () => upload.store.copy(copy, signal));
    ({ etag } = await upload.requests.run(attempt, signal));
  } catch (error) {
    if (!hasCode(error, 'precondition-failed', 'no-such-key')) throw error;
    // Somebody else's object, or the copy of an earlier attempt whose answer was lost: neither is to be written over.
    const remote = await headRemote(context, item.path, signal);
    return remote === undefined ? { kind: 'no-move', instead: 'upload', remote } : { kind: 'overtaken', remote };
  }
  const { clock } = context.environment;
  const copiedMs = clock.monotonic();
  const copied: { etag: string | undefined; wasAsked: boolean } = { etag, wasAsked: false };
  const isKept = async () => {
    const isJustMade = !copied.wasAsked && clock.monotonic() - copiedMs < JUST_MADE_MS;
    copied.wasAsked = true;
    if (isJustMade) return true;
    copied.etag = (await upload.store.head(upload.bucket, copy.key, signal))?.etag;
    return copied.etag === etag;
  };
  await deleteIfStill(upload, copy.sourceKey, known.etag, signal, { isWanted, isKept });
  // Somebody took the copy away: the file is sent, or its object copied once more.
  if (copied.etag === undefined) return { kind: 'stale' };
  const partSizeBytes = etag === known.etag ? known.partSizeBytes : undefined;
  const base = baseEntry(item.path, local, etag, partSizeBytes);
  // Somebody wrote over the copy: what goes from under the old name is kept then, and that is decided by itself.
  if (copied.etag !== etag) return { kind: 'adopted', base, wasKnown: false };
  // What is under the old name again is decided by itself, and by what both sides agreed on of it: without that, another content
  // would be a conflict. Only if the old object stayed: the answer to an attempt before may have been lost.
  const isBackWithObject = found.isBack && (await headRemote(context, from, signal))?.etag === known.etag;
  return isBackWithObject ? { kind: 'adopted', base, wasKnown: false } : { kind: 'moved', base, from };
}
