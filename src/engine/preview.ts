import type { PreviewItem } from '../api/index.ts';
import { isPlanned, type PlanItem } from '../core/plan.ts';
import { problemText, type ComparisonProblem } from '../core/problems.ts';
import { compareUtf8 } from '../core/text.ts';
import type { FolderRow, PlanTable } from '../state/index.ts';
import { Brake } from './brake.ts';
import { compareTrees, planItem, type Compared } from './compare.ts';
import { loadFilter, wholeTrees } from './cycle.ts';
import { ignoresCase } from './disk-names.ts';
import { holdsNothing } from './make-room.ts';
import type { EngineParts } from './engine-parts.ts';
import { orderPlan } from './order-plan.ts';
import { planRows } from './plan-rows.ts';
import { putPlanItem } from './plan-writer.ts';
import type { RefusedKey } from './remote-tree.ts';
import { proveLocalRoot } from './roots.ts';
import { EVERYTHING } from './scope.ts';
import { settleCase } from './settle-case.ts';

/**
 * What a sync of the folder would do: what it would report, then path by path what it would carry out, and at the end
 * whether the mass-change brake would hold it. Reads both sides and changes nothing, our own state included.
 *
 * @throws SyncError root-missing, root-replaced, and whatever scan or listing fail with.
 */
export async function* previewFolder(
  parts: EngineParts,
  folder: FolderRow,
  signal: AbortSignal,
): AsyncGenerator<PreviewItem, void, undefined> {
  const { state, environment } = parts;
  const { deviceId } = await proveLocalRoot(environment.fs, folder);
  const limit = new Brake({
    countKnown: () => state.base.count(folder.id).present,
    isKnown: (path) => state.base.get(folder.id, path) !== undefined,
    isPlanned: () => false,
    done: () => ({ deleted: 0, written: 0 }),
    elapsedMs: () => environment.clock.monotonic(),
  });
  const brake = limit.count(EVERYTHING);
  const scratch = state.openScratchPlan();
  const { plans } = scratch;
  const skipped = new SkippedOnce();
  const clashing = new Set<string>();
  try {
    for await (const found of compareAll(parts, folder, signal)) {
      if (!('kind' in found)) {
        yield problem(found.key, found.problem);
        continue;
      }
      brake.see(found);
      brake.take(found);
      if (found.kind === 'skipped' && skipped.isAgain(found.item.path)) continue;
      if (found.kind === 'clash') clashing.add(found.path);
      const told = report(found);
      if (told !== undefined) yield told;
      else plan(plans, folder.id, found);
    }
    if (await ignoresCase(environment.fs, folder.localRoot)) {
      const givesWay = (holder: string) => holdsNothing(environment.fs, folder.localRoot, holder);
      for (const { path, holder, sparesDeletion } of await settleCase(
        { environment, state, folder },
        plans,
        givesWay,
      )) {
        if (sparesDeletion) brake.discount(1);
        yield problem(path, 'case-clash', holder);
      }
      for (const { path, holder } of plans.takeSameNames(folder.id)) yield problem(path, 'case-clash', holder);
    }
    const { moves, clashes } = state.transaction(() => orderPlan(plans, folder.id, clashing));
    for (const { path } of clashes) yield problem(path, 'type-clash');
    brake.discount(moves);
    for (const item of planRows(plans, folder.id)) yield previewAction(item);
  } finally {
    scratch.close();
  }
  const { reason, totals } = limit.check(brake, deviceId !== folder.rootDeviceId);
  if (reason === undefined) return;
  const { known, deletions, replacements } = totals;
  yield { kind: 'held', hold: { reason, known, deletions, replacements } };
}

/** A planned action as the contract has it. */
export function previewAction({ kind, path, sizeBytes, from }: PlanItem): Extract<PreviewItem, { kind: 'action' }> {
  return { kind: 'action', action: kind, path, sizeBytes, ...(from !== undefined && { from }) };
}

/** All that a comparison finds, keys that no path can stand for included. */
async function* compareAll(
  { environment, state, connections }: EngineParts,
  folder: FolderRow,
  signal: AbortSignal,
): AsyncGenerator<Compared | RefusedKey, void, undefined> {
  const filter = await loadFilter(environment, folder);
  const upload = await connections.byId(folder.accountId);
  const refused: RefusedKey[] = [];
  const trees = wholeTrees({ environment, state, folder, filter, upload }, (key) => refused.push(key), signal);
  for await (const compared of compareTrees(trees, folder, filter)) {
    yield* refused.splice(0);
    yield compared;
  }
  yield* refused;
}

function report(compared: Compared): PreviewItem | undefined {
  if (compared.kind === 'skipped') return problem(compared.item.path.replace(/\/$/, ''), compared.item.reason);
  if (compared.kind === 'clash') return problem(compared.path, 'type-clash');
  const { merged, action } = compared;
  return action.kind === 'report' ? problem(merged.path, action.problem) : undefined;
}

/** Of what is neither a file nor a directory nobody knows which it was: it is skipped as both, and told once. */
class SkippedOnce {
  #awaited: string[] = [];

  /** @param path in the order of the comparison; a directory's ends in a slash. */
  isAgain(path: string): boolean {
    this.#awaited = this.#awaited.filter((directory) => compareUtf8(directory, path) >= 0);
    if (path.endsWith('/')) return this.#awaited.includes(path);
    this.#awaited.push(`${path}/`);
    return false;
  }
}

function plan(plans: PlanTable, folderId: string, compared: Compared): void {
  if (compared.kind !== 'path' || !isPlanned(compared.action)) return;
  putPlanItem(plans, folderId, planItem(compared.merged, compared.action));
}

function problem(path: string, code: ComparisonProblem, other?: string): PreviewItem {
  return { kind: 'problem', path, code, ...problemText(code, other) };
}
