import type { CommandOutput, TrashItem } from '../api/index.ts';
import { restoredPath } from '../core/conflict-name.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { nameOf, parseRelativePath } from '../core/paths.ts';
import { parseBucketTrashStamp } from '../core/trash-path.ts';
import { emptyTrash, listTrash, parseTrashStamp, restoreFromTrash, trashPath } from '../local/trash.ts';
import type { FolderRow } from '../state/index.ts';
import { emptyBucketTrash, listBucketTrash, restoreFromBucketTrash } from './bucket-trash.ts';
import { deleteTargetOf, type DeleteTarget } from './delete-remote.ts';
import type { EngineParts } from './engine-parts.ts';
import { withPatience } from './patience.ts';
import { proveLocalRoot } from './roots.ts';
import { spellOnDisk } from './spelling.ts';

/** So many names beside one that is taken are tried. */
const MAX_NAMES = 20;

/**
 * What a folder has in its two trashes: first on this computer, the newest first, then in the bucket, the oldest first.
 *
 * @throws SyncError root-missing, root-replaced; what the server says, after what is on this computer was told.
 */
export async function* listFolderTrash(
  parts: EngineParts,
  folder: FolderRow,
  signal: AbortSignal,
): AsyncGenerator<TrashItem, void, undefined> {
  const { environment, state } = parts;
  const root = folder.localRoot;
  const reasonOf = (path: string, trashedMs: number) =>
    state.activity.firstSince(folder.id, path.normalize('NFC'), trashedMs);
  await proveLocalRoot(environment.fs, folder);
  for await (const { stamp, path, sizeBytes, trashedMs } of listTrash(environment.fs, root)) {
    signal.throwIfAborted();
    const happened = reasonOf(path, trashedMs);
    const reason =
      happened === 'deleted-local' ? 'deleted-in-bucket' : happened === 'downloaded' ? 'replaced-by-bucket' : 'unknown';
    const location = `${root}/${trashPath(stamp, path)}`;
    const item = { folderId: folder.id, place: 'computer', entry: `${stamp}/${path}` } as const;
    yield { ...item, path, sizeBytes, trashedMs, reason, location };
  }
  const target = await bucketTarget(parts, folder);
  for await (const { stamp, path, trashedMs, object } of listBucketTrash(target, folder.prefix, signal)) {
    const reason = reasonOf(path, trashedMs) === 'deleted-remote' ? 'deleted-here' : 'unknown';
    const item = { folderId: folder.id, place: 'bucket', entry: `${stamp}/${path}` } as const;
    yield { ...item, path, sizeBytes: object.sizeBytes, trashedMs, reason, location: object.key };
  }
}

/**
 * Takes one entry out of the trash and puts it where it was; beside it, under a name that says so, where something else is
 * there.
 *
 * @param entry `STAMP/PATH`, as the list shows it: the two trashes have stamps of their own form.
 * @throws SyncError invalid-argument for what is no entry; file-vanished, no-such-key when it is not there any more.
 */
export async function restoreEntry(
  parts: EngineParts,
  folder: FolderRow,
  entry: string,
  signal: AbortSignal,
): Promise<CommandOutput<'trash.restore'>> {
  const slash = entry.indexOf('/');
  const [stamp, path] = [entry.slice(0, slash), entry.slice(slash + 1)];
  if (parseBucketTrashStamp(stamp) !== undefined && path !== '') {
    const restored = await inBucket(parts, folder, signal, (target, patient) => {
      const restore = () => restoreFromBucketTrash(target, folder, { stamp, path }, patient);
      return parts.keyTurns.take(folder.bucket, [folder.prefix + path], restore, patient);
    });
    return { place: 'bucket', path: restored, isBeside: restored !== path };
  }
  const trashedMs = parseTrashStamp(stamp);
  if (trashedMs === undefined || path === '') throw noEntry(entry);
  await proveLocalRoot(parts.environment.fs, folder);
  const restored = await restoreHere(parts, folder, { stamp, path, trashedMs });
  return { place: 'computer', path: restored, isBeside: restored !== path };
}

async function restoreHere(
  { environment: { fs } }: EngineParts,
  { localRoot: root }: FolderRow,
  entry: { readonly stamp: string; readonly path: string; readonly trashedMs: number },
): Promise<string> {
  const relative = parseRelativePath(entry.path);
  if (relative === undefined) throw noEntry(`${entry.stamp}/${entry.path}`);
  for (let attempt = 0; ; attempt++) {
    const to = attempt === 0 ? relative : restoredPath(relative, entry.trashedMs, attempt);
    const name = nameOf(attempt === 0 ? entry.path : to);
    // In another Unicode form it would be a second file or directory of what looks like the same name.
    const spelled = await spellOnDisk(fs, root, to);
    const isTaken = (await fs.stat(root, spelled)) !== undefined;
    const place = isTaken ? spelled : spelled.slice(0, spelled.lastIndexOf('/') + 1) + name;
    try {
      await restoreFromTrash(fs, root, entry, place);
      return attempt === 0 ? entry.path : to;
    } catch (error) {
      if (!hasCode(error, 'name-taken') || attempt === MAX_NAMES) throw error;
    }
  }
}

/** Removes for good what a folder has in its two trashes. What fails in one does not hold up the other. */
export async function emptyFolderTrash(
  parts: EngineParts,
  folder: FolderRow,
  olderThanMs: number | undefined,
  signal: AbortSignal,
): Promise<CommandOutput<'trash.empty'>> {
  const { fs, clock } = parts.environment;
  await proveLocalRoot(fs, folder);
  const computer = { removedFiles: 0, freedBytes: 0 };
  const problems: CommandOutput<'trash.empty'>['problems'] = [];
  for (let isDone = false; !isDone;) {
    signal.throwIfAborted();
    const part = await emptyTrash(fs, folder.localRoot, olderThanMs, clock.now());
    computer.removedFiles += part.removedFiles;
    computer.freedBytes += part.freedBytes;
    // What could not be removed would be tried for ever.
    isDone = !part.hasMore || part.removedFiles === 0;
    if (isDone && part.problem !== undefined) problems.push(wordsOf(part.problem));
  }
  const { problem, ...bucket } = await inBucket(parts, folder, signal, (target, patient) =>
    emptyBucketTrash(target, folder.prefix, olderThanMs, clock.now(), patient),
  );
  if (problem !== undefined) problems.push(wordsOf(problem));
  return { computer, bucket, problems };
}

/** Work that a person waits for. */
async function inBucket<T>(
  parts: EngineParts,
  folder: FolderRow,
  signal: AbortSignal,
  work: (target: DeleteTarget, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const target = await bucketTarget(parts, folder);
  const connection = await parts.connections.byId(folder.accountId);
  return withPatience(parts.environment.clock, connection, signal, (patient) => work(target, patient));
}

function bucketTarget(parts: EngineParts, { accountId, bucket }: FolderRow): Promise<DeleteTarget> {
  return deleteTargetOf(parts, accountId, bucket);
}

function wordsOf({ code, message, advice }: SyncError): CommandOutput<'trash.empty'>['problems'][number] {
  return { code, message, advice };
}

function noEntry(entry: string): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(entry)} is no entry of the trash.`,
    advice: 'Copy it from the list.',
    command: 'rustfs-sync trash list',
  });
}
