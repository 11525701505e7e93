import type { PlanItem } from '../core/plan.ts';
import { compareWithEtag } from '../transfer/index.ts';
import { headRemote, type FolderContext } from './folder-context.ts';
import { baseEntry, localOf, type Step } from './outcome.ts';
import { flushIfWrittenInPlace } from './written-in-place.ts';

/**
 * The file's times moved and its size did not, while the other side is not what base knows. The content decides: a file
 * that still is what base knows was only touched, and the other side changed alone; otherwise both changed.
 */
export async function confirmLocal(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
  const { upload, folder, state } = context;
  const local = localOf(item);
  const remote = await headRemote(context, item.path, signal);
  const known = state.base.get(folder.id, item.path);
  if (known === undefined) return { kind: 'overtaken', remote };
  await flushIfWrittenInPlace(context, item, known);
  const diskPath = local.diskPath ?? item.path;
  const { verdict } = await compareWithEtag(upload, folder.localRoot, diskPath, local, known.etag, signal);
  if (verdict !== 'equal') return { kind: 'confirmed', differs: true, remote };
  return {
    kind: 'confirmed',
    differs: false,
    remote,
    base: baseEntry(item.path, local, known.etag, known.partSizeBytes),
  };
}
