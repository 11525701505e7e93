import type { Phase, PlanItem } from '../core/plan.ts';
import type { PlanTable } from '../state/index.ts';

/** Rows read at a time. */
const PAGE_ROWS = 256;

/** A plan in the order in which it is carried out, a page in memory at a time. Rows may go while this is read. */
export function* planRows(
  plans: PlanTable,
  folderId: string,
  phases: readonly Phase[] = plans.phases(folderId),
): Generator<PlanItem, void, undefined> {
  for (const phase of phases) {
    for (const lane of ['small', 'large'] as const) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: readonly PlanItem[] = plans.page(folderId, phase, lane, after, PAGE_ROWS);
        yield* page;
        after = page.length < PAGE_ROWS ? undefined : page.at(-1)?.path;
      }
    }
  }
}
