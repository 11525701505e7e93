import { conflictPath } from '../core/conflict-name.ts';
import { hasCode } from '../core/errors.ts';
import type { RelativePath } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import type { FolderContext } from './folder-context.ts';
import { localOf } from './outcome.ts';

/** So many copies of one conflict are more than anybody made on purpose. */
const MAX_ATTEMPTS = 100;

/**
 * Moves the local side of a conflict beside itself, so that the remote side can have the name. The copy is a new file,
 * which the next comparison uploads.
 *
 * @returns where it is now.
 * @throws SyncError file-changed, name-taken
 */
export async function moveAside(context: FolderContext, item: PlanItem): Promise<RelativePath> {
  const { environment, folder, deviceName } = context;
  const local = localOf(item);
  const diskPath = local.diskPath ?? item.path;
  for (let attempt = 1; ; attempt++) {
    const copy = conflictPath(item.path, deviceName, local.mtimeNs, attempt);
    try {
      await environment.fs.move(folder.localRoot, diskPath, besides(diskPath, copy), local);
      return copy;
    } catch (error) {
      if (!hasCode(error, 'name-taken') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** The name of `copy` in the directory of `diskPath`, as the disk spells that. */
function besides(diskPath: string, copy: RelativePath): string {
  return diskPath.slice(0, diskPath.lastIndexOf('/') + 1) + copy.slice(copy.lastIndexOf('/') + 1);
}
