import type { FileSystem } from '../core/environment.ts';
import type { PlanItem } from '../core/plan.ts';
import { trashPath } from '../local/trash.ts';
import { headObject } from '../transfer/index.ts';
import { keyIn, type FolderContext } from './folder-context.ts';
import { localOf, type Step } from './outcome.ts';

/** A listing shows what was written so long ago, or it will not show it at all. The server's clock may be wrong by minutes. */
const LISTED_BY_MS = 1_800_000;

/**
 * Takes away the file of an object that is gone: only after a second look at the bucket (one listing proves nothing), only
 * if the file is the one that was compared, and only into the folder's trash.
 */
export async function deleteLocal(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { environment, folder, state } = context;
  const { path } = item;
  const local = localOf(item);
  const head = await headObject(context.upload, keyIn(context, path), signal);
  if (head !== undefined) {
    const { etag, sizeBytes, lastModifiedMs } = head;
    const isAsKnown = state.base.get(folder.id, path)?.etag === etag;
    if (isAsKnown && environment.clock.now() - lastModifiedMs > LISTED_BY_MS) return { kind: 'unlisted' };
    return { kind: 'overtaken', remote: { path, sizeBytes, etag } };
  }
  const diskPath = local.diskPath ?? path;
  await environment.fs.move(folder.localRoot, diskPath, trashPath(context.trashStamp(), path), local);
  await removeEmptyParents(environment.fs, folder.localRoot, diskPath);
  return { kind: 'deleted-local', sizeBytes: local.sizeBytes };
}

/** A bucket has no directories: the ones that held nothing else go with their last file. */
export async function removeEmptyParents(fs: FileSystem, root: string, diskPath: string): Promise<void> {
  for (let slash = diskPath.lastIndexOf('/'); slash > 0; slash = diskPath.lastIndexOf('/', slash - 1)) {
    if (!(await fs.removeEmptyDirectory(root, diskPath.slice(0, slash)))) return;
  }
}
