import type { PlanItem, PlannedKind } from '../core/plan.ts';
import type { StateStore } from '../state/index.ts';
import { sidesOf } from './outcome.ts';

/** What a person may pause or call off. Deletions and moves have their own way back: trash, versions, another move. */
const TRANSFERS: ReadonlySet<PlannedKind> = new Set(['upload', 'download', 'reconcile', 'confirm-local']);

export function isTransfer({ kind }: Pick<PlanItem, 'kind'>): boolean {
  return TRANSFERS.has(kind);
}

/** Both sides of a planned transfer in one string, by which a later plan knows that neither has changed. */
export function plannedSides(item: PlanItem): string {
  return sidesOf(item, item.expect.kind === 'etag' ? item.expect : undefined);
}

/** Whether a person paused a planned transfer, or called it off as it is. One of a file that changed since is made. */
export function isSetAside({ wishes }: Pick<StateStore, 'wishes'>, folderId: string, item: PlanItem): boolean {
  const asked = wishes.get(folderId, item.path);
  if (asked === undefined || asked.wish === 'first' || !isTransfer(item)) return false;
  if (asked.wish === 'paused' || asked.sides === plannedSides(item)) return true;
  wishes.delete(folderId, item.path);
  return false;
}
