import type { PreviewItem } from '../api/index.ts';
import { isPlanned } from '../core/plan.ts';
import { problemText, type ComparisonProblem } from '../core/problems.ts';
import type { FolderRow } from '../state/index.ts';
import { compareTrees, planItem, type Compared } from './compare.ts';
import { loadFilter, wholeTrees } from './cycle.ts';
import type { EngineParts } from './folder-runner.ts';
import { Brake } from './brake.ts';
import { EVERYTHING } from './scope.ts';
import type { RefusedKey } from './remote-tree.ts';
import { proveLocalRoot } from './roots.ts';

/**
 * What a sync of the folder would do, path by path, and at the end whether the mass-change brake would hold it. Reads
 * both sides and changes nothing, our own state included.
 *
 * @throws SyncError root-missing, root-replaced, and whatever scan or listing fail with.
 */
export async function* previewFolder(
  { environment, state, connections }: EngineParts,
  folder: FolderRow,
  signal: AbortSignal,
): AsyncGenerator<PreviewItem, void, undefined> {
  const { deviceId } = await proveLocalRoot(environment.fs, folder);
  const filter = await loadFilter(environment.fs, folder);
  const upload = await connections.byId(folder.accountId);
  const limit = new Brake(
    () => state.base.count(folder.id).present,
    (path) => state.base.get(folder.id, path) !== undefined,
  );
  const brake = limit.count(EVERYTHING);
  const refused: RefusedKey[] = [];
  const trees = wholeTrees({ environment, state, folder, filter, upload }, (key) => refused.push(key), signal);
  for await (const compared of compareTrees(trees, folder, filter)) {
    for (const key of refused.splice(0)) yield problem(key.key, key.problem);
    brake.take(compared);
    const item = previewItem(compared);
    if (item !== undefined) yield item;
  }
  for (const key of refused) yield problem(key.key, key.problem);
  const { reason, totals } = limit.check(brake, deviceId !== folder.rootDeviceId);
  if (reason === undefined) return;
  const { known, deletions, replacements } = totals;
  yield { kind: 'held', hold: { reason, known, deletions, replacements } };
}

function previewItem(compared: Compared): PreviewItem | undefined {
  if (compared.kind === 'skipped') return problem(compared.item.path, compared.item.reason);
  const { merged, action } = compared;
  if (action.kind === 'report') return problem(merged.path, action.problem);
  if (!isPlanned(action)) return undefined;
  return { kind: 'action', action: action.kind, path: merged.path, sizeBytes: planItem(merged, action).sizeBytes };
}

function problem(path: string, code: ComparisonProblem): PreviewItem {
  return { kind: 'problem', path, code, ...problemText(code) };
}
