import { ancestors } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import type { PlanTable } from '../state/index.ts';
import { planRows } from './plan-rows.ts';

/** Objects that the first phase of a plan was to take away and has not: that failed, and waits for another attempt. */
export class Uncleared {
  readonly #objects = new Set<string>();
  readonly #above = new Set<string>();

  constructor(plans: PlanTable, folderId: string) {
    for (const { kind, path, from } of planRows(plans, folderId, [0])) {
      if (kind !== 'delete-remote' && kind !== 'move-remote') continue;
      const object = from ?? path;
      this.#objects.add(object);
      for (const above of ancestors(object)) this.#above.add(above);
    }
  }

  /** Whether a file is to be sent above or below such an object, which a bucket can not hold: its turn comes when that has gone. */
  holdsBack({ kind, path }: PlanItem): boolean {
    if (kind !== 'upload' || this.#objects.size === 0) return false;
    return this.#above.has(path) || ancestors(path).some((above) => this.#objects.has(above));
  }
}
