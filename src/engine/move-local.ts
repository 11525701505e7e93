import { hasCode } from '../core/errors.ts';
import type { PlanItem } from '../core/plan.ts';
import { removeEmptyParents } from './delete-local.ts';
import { headRemote, type FolderContext } from './folder-context.ts';
import { baseEntry, type Step } from './outcome.ts';
import { spellDirectories, spellOnDisk } from './spelling.ts';

/**
 * An object has another key: its file is renamed, without fetching the content again. Only if the file is the one that
 * both sides agreed on, and after a second look at both keys.
 */
export async function moveLocal(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { folder, state, environment } = context;
  const { fs } = environment;
  const from = item.from;
  const known = from && state.base.get(folder.id, from);
  const remote = await headRemote(context, item.path, signal);
  if (from === undefined || known === undefined || remote?.etag !== known.etag) return noMove(remote);
  if ((await headRemote(context, from, signal)) !== undefined) return noMove(remote);
  const root = folder.localRoot;
  try {
    const diskFrom = await spellOnDisk(fs, root, from);
    const moved = await fs.move(root, diskFrom, await spellDirectories(fs, root, item.path), known);
    await removeEmptyParents(fs, root, diskFrom);
    return { kind: 'moved', base: baseEntry(item.path, moved, known.etag, known.partSizeBytes), from };
  } catch (error) {
    if (!hasCode(error, 'file-changed', 'file-vanished', 'name-taken')) throw error;
    return noMove(remote);
  }
}

function noMove(remote: Extract<Step, { kind: 'no-move' }>['remote']): Step {
  return { kind: 'no-move', instead: 'download', remote };
}
