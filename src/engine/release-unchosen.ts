import { onlyUnchosen } from '../core/chosen.ts';
import { isSettled, type LocalEntry, type SkippedItem } from '../core/entries.ts';
import { hasCode } from '../core/errors.ts';
import { problemText } from '../core/problems.ts';
import { utf8ByteLength } from '../core/text.ts';
import { scanTree } from '../local/scan.ts';
import { removeEmptyStamp } from '../local/trash.ts';
import { moveToTrash, runConcurrently } from '../transfer/index.ts';
import { removeEmptyParents } from './delete-local.ts';
import { headRemote, keyIn, type FolderContext } from './folder-context.ts';
import { sidesOf } from './outcome.ts';
import { hasContentOf } from './reconcile.ts';
import { recordFinding } from './record.ts';

/** Files looked at side by side. */
const AT_ONCE = 16;

/**
 * Takes files that are not chosen for this computer off its disk, each only once the bucket is proved to hold just that
 * content. What the bucket does not hold stays and is told. Part of every whole comparison, so that it goes on wherever it
 * was cut off; before the comparison, so that what is told is told in its pass.
 */
export async function releaseUnchosen(context: FolderContext, signal: AbortSignal): Promise<void> {
  const { environment, folder, ignores } = context;
  if (folder.chosen === undefined) return;
  const filter = onlyUnchosen(ignores, folder.chosen);
  const prefixBytes = utf8ByteLength(folder.prefix);
  const scan = scanTree(environment.fs, folder.localRoot, { filter, prefixBytes, signal });
  await runConcurrently(scan, AT_ONCE, async (item) => {
    if (item.kind === 'skipped') tellSkipped(context, item);
    // A file that is written just now is looked at by the next whole comparison.
    else if (isSettled(item.entry, environment.clock.now())) await releaseOne(context, item.entry, signal);
  });
  await removeEmptyStamp(environment.fs, folder.localRoot, context.trashStamp());
}

async function releaseOne(context: FolderContext, local: LocalEntry, signal: AbortSignal): Promise<void> {
  const { upload, state, folder } = context;
  const { requests, store, bucket } = upload;
  const { path } = local;
  const head = await requests.run(() => store.head(bucket, keyIn(context, path), signal), signal);
  const planned = {
    path,
    kind: 'delete-local',
    local,
    expect: { kind: 'absent' },
    sizeBytes: local.sizeBytes,
  } as const;
  const sides = sidesOf(planned, head);
  const known = state.problems.get(folder.id, path, 'comparison');
  const isKnownToDiffer = known?.code === 'not-chosen' && known.detail === sides;
  try {
    const isThere = head?.sizeBytes === local.sizeBytes && !isKnownToDiffer;
    if (isThere && (await hasContentOf(context, planned, head, 'content', signal)).equal) {
      await takeAway(context, local, head.etag, signal);
    } else tell(context, path, sides);
  } catch (error) {
    if (!hasCode(error, 'file-changed', 'file-vanished', 'file-unreadable')) throw error;
    if (!hasCode(error, 'file-vanished')) tell(context, path, '');
  }
}

/**
 * Outright, and not into the trash, since people unchoose to get room, and the content was just proved to be in the bucket: but
 * through the trash, where it stays if anything about that has changed by then.
 */
async function takeAway(context: FolderContext, local: LocalEntry, etag: string, signal: AbortSignal): Promise<void> {
  const { environment, folder, state } = context;
  const { fs, clock } = environment;
  const { localRoot: root, id: folderId } = folder;
  const { path, sizeBytes } = local;
  // Were it still known, choosing the path again would take the missing file for a deleted one.
  context.commit.flush();
  state.base.delete(folderId, path);
  const diskPath = local.diskPath ?? path;
  const trashed = await moveToTrash(environment, root, diskPath, local, context.trashStamp());
  const remote = await headRemote(context, path, signal);
  const now = await fs.stat(root, trashed.path);
  const isUntouched = now?.mtimeNs === trashed.stat.mtimeNs && now.sizeBytes === trashed.stat.sizeBytes;
  const isSafe = remote?.etag === etag && isUntouched;
  if (isSafe) await fs.removeFile(root, trashed.path);
  context.done[isSafe ? 'releasedFiles' : 'deletedFiles'] += 1;
  await removeEmptyParents(fs, root, diskPath);
  state.activity.add({
    atMs: clock.now(),
    folderId,
    kind: isSafe ? 'released' : 'deleted-local',
    path,
    sizeBytes,
    detail: '',
  });
}

/** What hides files, so that they stay, is told as anywhere else. */
function tellSkipped(context: FolderContext, { path, reason }: SkippedItem): void {
  if (problemText(reason).severity !== 'notice')
    recordFinding(context, path.replace(/\/$/, ''), 'comparison', reason, '');
}

function tell(context: FolderContext, path: string, sides: string): void {
  recordFinding(context, path, 'comparison', 'not-chosen', sides);
}
