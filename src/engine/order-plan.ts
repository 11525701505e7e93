import type { Clash } from '../core/clashes.ts';
import type { PlanTable } from '../state/index.ts';

/**
 * Puts a plan in order once all that a comparison found is in it: what is in the way of others goes before them, a deletion
 * and a new name of the same file become a move, and what the bucket can not hold leaves it.
 *
 * @param refused paths that can not get a new object.
 * @returns how many moves there are, and which paths more can not get one: what was to move to a refused path keeps its old
 * name in the bucket, and may be in the way there.
 */
export function orderPlan(
  plans: PlanTable,
  folderId: string,
  refused: Iterable<string>,
): { readonly moves: number; readonly clashes: readonly Clash[] } {
  plans.orderClearances(folderId);
  const moves = plans.pairMoves(folderId);
  const clashes: Clash[] = [];
  const leaving = new Set(refused);
  // Grows while it is gone through.
  for (const path of leaving) {
    const staying = plans.deleteNew(folderId, path);
    if (staying === undefined) continue;
    for (const near of plans.newNear(folderId, staying)) {
      if (leaving.has(near)) continue;
      leaving.add(near);
      clashes.push({ path: near, object: staying });
    }
  }
  return { moves, clashes };
}
