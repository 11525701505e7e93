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
  for (let attempt = 1; ; attempt++) {
    const copy = conflictPath(item.path, deviceName, local.mtimeNs, attempt);
    try {
      await environment.fs.move(folder.localRoot, local.diskPath ?? item.path, copy, local);
      return copy;
    } catch (error) {
      if (!hasCode(error, 'name-taken') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
