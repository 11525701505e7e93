import type { PlanItem } from '../core/plan.ts';
import { compareWithEtag } from '../transfer/index.ts';
import { keyIn, type FolderContext } from './folder-context.ts';
import { baseEntry, localOf, sidesOf, type Outcome } from './outcome.ts';
import { reconcile } from './reconcile.ts';

/**
 * The file's times moved and its size did not, while the object is another one than base knows. The content decides: a
 * file that still is what base knows was only touched, and the bucket's side changed alone; otherwise both changed.
 */
export async function confirmLocal(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Outcome> {
  const { upload, folder, state } = context;
  const local = localOf(item);
  const known = state.base.get(folder.id, item.path);
  if (known === undefined) return reconcile(context, item, signal);
  const diskPath = local.diskPath ?? item.path;
  const { verdict } = await compareWithEtag(upload, folder.localRoot, diskPath, local, known.etag, signal);
  if (verdict !== 'equal') return reconcile(context, item, signal);

  const head = await upload.requests.run(
    () => upload.store.head(upload.bucket, keyIn(context, item.path), signal),
    signal,
  );
  if (head === undefined) return { kind: 'stale' };
  const base = baseEntry(item.path, local, known.etag, known.partSizeBytes);
  if (head.etag === known.etag) return { kind: 'adopted', base, wasKnown: true };
  return { kind: 'conflict', problem: 'remote-changed', sides: sidesOf(item, head), base };
}
