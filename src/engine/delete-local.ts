import type { FileSystem } from '../core/environment.ts';
import type { PlanItem } from '../core/plan.ts';
import { trashPath } from '../local/trash.ts';
import { headRemote, type FolderContext } from './folder-context.ts';
import { localOf, type Step } from './outcome.ts';

/**
 * Takes away the file of an object that is gone: only after a second look at the bucket (one listing proves nothing), only
 * if the file is the one that was compared, and only into the folder's trash.
 */
export async function deleteLocal(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { environment, folder } = context;
  const local = localOf(item);
  const remote = await headRemote(context, item.path, signal);
  if (remote !== undefined) return { kind: 'overtaken', remote };
  const diskPath = local.diskPath ?? item.path;
  await environment.fs.move(folder.localRoot, diskPath, trashPath(context.trashStamp, item.path), local);
  await removeEmptyParents(environment.fs, folder.localRoot, diskPath);
  return { kind: 'deleted-local', sizeBytes: local.sizeBytes };
}

/** A bucket has no directories: the ones that held nothing else go with their last file. */
export async function removeEmptyParents(fs: FileSystem, root: string, diskPath: string): Promise<void> {
  for (let slash = diskPath.lastIndexOf('/'); slash > 0; slash = diskPath.lastIndexOf('/', slash - 1)) {
    if (!(await fs.removeEmptyDirectory(root, diskPath.slice(0, slash)))) return;
  }
}
