import type { Clash } from '../core/clashes.ts';
import { ancestors } from '../core/paths.ts';
import { isPlanned, type PlanItem } from '../core/plan.ts';
import { problemText, type ComparisonProblem } from '../core/problems.ts';
import type { PlanTable, StateStore } from '../state/index.ts';
import { planItem, type Compared } from './compare.ts';
import { orderPlan } from './order-plan.ts';
import type { RefusedKey } from './remote-tree.ts';

/** Findings written in one transaction: few enough that nobody waits for it, enough that it costs nothing a finding. */
const BATCH = 500;

/** Writes what a comparison finds into the state database, in batches. */
export class PlanWriter {
  readonly #state: StateStore;
  readonly #folderId: string;
  readonly #pass: number;
  readonly #nowMs: number;
  /** They leave the plan when it is put in order. */
  readonly #clashing = new Set<string>();
  #steps: (() => void)[] = [];

  constructor(state: StateStore, folderId: string, pass: number, nowMs: number) {
    this.#state = state;
    this.#folderId = folderId;
    this.#pass = pass;
    this.#nowMs = nowMs;
  }

  take(compared: Compared): void {
    if (compared.kind === 'skipped') {
      const { path, reason } = compared.item;
      this.#problem(path.endsWith('/') ? path.slice(0, -1) : path, reason);
      return;
    }
    if (compared.kind === 'clash') {
      this.#clashing.add(compared.path);
      this.#tellClash(compared);
      return;
    }
    const { merged, action } = compared;
    const { path } = merged;
    if (isPlanned(action)) {
      const item = planItem(merged, action);
      this.#add(() => putPlanItem(this.#state.plans, this.#folderId, item));
      return;
    }
    switch (action.kind) {
      case 'none':
        return;
      case 'forget':
        this.#add(() => this.#state.base.delete(this.#folderId, path));
        this.#endFinding(path);
        return;
      case 'retain':
        this.#add(() => this.#state.base.retain(this.#folderId, path, true));
        this.#endFinding(path);
        return;
      case 'unretain':
        this.#add(() => this.#state.base.retain(this.#folderId, path, false));
        return;
      case 'report':
        this.#problem(path, action.problem);
    }
  }

  /** A key that no path can stand for. */
  refused({ key, problem }: RefusedKey): void {
    this.#problem(key, problem);
  }

  /** An object whose name another spelling holds on a disk that ignores case. */
  caseClash(path: string, holder: string): void {
    this.#add(() => this.#putProblem(path, 'case-clash', holder));
  }

  /** Writes what is not written yet. */
  flush(): void {
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0) return;
    this.#state.transaction(() => {
      for (const step of steps) step();
    });
  }

  /**
   * Writes the rest and puts the plan in order. To be called once, after the comparison went through.
   *
   * @returns how many deletions are the one half of a move.
   */
  finish(): number {
    this.flush();
    // Mostly nothing has changed, and there is nothing to put in order.
    if (this.#state.plans.isEmpty(this.#folderId)) return 0;
    return this.#state.transaction(() => {
      const { moves, clashes } = orderPlan(this.#state.plans, this.#folderId, this.#clashing);
      for (const clash of clashes) this.#tellClash(clash);
      this.flush();
      return moves;
    });
  }

  /** What an audit found was about a file that both sides had. */
  #endFinding(path: string): void {
    this.#add(() => this.#state.problems.delete(this.#folderId, path, 'audit'));
  }

  #tellClash({ path, object }: Clash): void {
    this.#add(() => this.#putProblem(path, 'type-clash', object));
  }

  #problem(path: string, code: ComparisonProblem): void {
    this.#add(() => this.#putProblem(path, code));
  }

  #putProblem(path: string, code: ComparisonProblem, other = ''): void {
    const finding = {
      ...problemText(code, other),
      path,
      source: 'comparison',
      code,
      detail: other,
      retryAtMs: undefined,
    } as const;
    this.#state.problems.put(this.#folderId, finding, this.#pass, this.#nowMs);
  }

  #add(step: () => void): void {
    this.#steps.push(step);
    if (this.#steps.length >= BATCH) this.flush();
  }
}

/** Puts an action into a plan, where its kind, its size and what is planned already say. */
export function putPlanItem(plans: PlanTable, folderId: string, item: PlanItem): void {
  const isDeletion = item.kind === 'delete-remote' || item.kind === 'delete-local';
  const clearsTheWay = isDeletion && ancestors(item.path).some((above) => plans.writesAt(folderId, above));
  // An older row of the path may lie in another phase or lane.
  plans.delete(folderId, item.path);
  plans.put(folderId, item, clearsTheWay);
}
