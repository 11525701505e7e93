import { MULTIPART_THRESHOLD_BYTES } from '../core/parts.ts';
import { isPlanned, type PlanItem } from '../core/plan.ts';
import { problemText, type ComparisonProblem } from '../core/problems.ts';
import type { StateStore } from '../state/index.ts';
import { planItem, type Compared } from './compare.ts';
import type { RefusedKey } from './remote-tree.ts';

/** Findings written in one transaction: few enough that nobody waits for it, enough that it costs nothing a finding. */
const BATCH = 500;

/** Writes what a comparison finds into the state database, in batches. */
export class PlanWriter {
  readonly #state: StateStore;
  readonly #folderId: string;
  readonly #pass: number;
  readonly #nowMs: number;
  #steps: (() => void)[] = [];
  #hasPlanned = false;

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
    const { merged, action } = compared;
    const { path } = merged;
    if (isPlanned(action)) {
      const item = planItem(merged, action);
      this.#hasPlanned = true;
      this.#add(() => this.#plan(item));
      return;
    }
    switch (action.kind) {
      case 'none':
        return;
      case 'forget':
        this.#add(() => this.#state.base.delete(this.#folderId, path));
        return;
      case 'retain':
        this.#add(() => this.#state.base.retain(this.#folderId, path));
        return;
      case 'report':
        this.#problem(path, action.problem);
    }
  }

  /** A key that no path can stand for. */
  refused({ key, problem }: RefusedKey): void {
    this.#problem(key, problem);
  }

  /**
   * Writes the rest and puts the plan in order. To be called once, after the comparison went through.
   *
   * @returns how many deletions are the one half of a move.
   */
  finish(): number {
    this.#flush();
    // What an earlier comparison planned was put in order by that one; most comparisons find nothing.
    if (!this.#hasPlanned) return 0;
    return this.#state.transaction(() => {
      for (const path of this.#state.plans.takeClashing(this.#folderId)) this.#putProblem(path, 'type-clash');
      this.#state.plans.orderClearances(this.#folderId);
      return this.#state.plans.pairMoves(this.#folderId);
    });
  }

  #plan(item: PlanItem): void {
    const { plans } = this.#state;
    const isDeletion = item.kind === 'delete-remote' || item.kind === 'delete-local';
    const lane = isLarge(item) ? 'large' : 'small';
    const clearsTheWay = isDeletion && ancestors(item.path).some((above) => plans.writesAt(this.#folderId, above));
    // An older row of the path may lie in another phase or lane.
    plans.delete(this.#folderId, item.path);
    plans.put(this.#folderId, item, lane, clearsTheWay);
  }

  #problem(path: string, code: ComparisonProblem): void {
    this.#add(() => this.#putProblem(path, code));
  }

  #putProblem(path: string, code: ComparisonProblem): void {
    const finding = {
      ...problemText(code),
      path,
      source: 'comparison',
      code,
      detail: '',
      retryAtMs: undefined,
    } as const;
    this.#state.problems.put(this.#folderId, finding, this.#pass, this.#nowMs);
  }

  #add(step: () => void): void {
    this.#steps.push(step);
    if (this.#steps.length >= BATCH) this.#flush();
  }

  #flush(): void {
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0) return;
    this.#state.transaction(() => {
      for (const step of steps) step();
    });
  }
}

function isLarge({ kind, sizeBytes }: PlanItem): boolean {
  return (kind === 'upload' || kind === 'download') && sizeBytes >= MULTIPART_THRESHOLD_BYTES;
}

/** `a/b/c` lies below `a` and `a/b`. */
function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    found.push(path.slice(0, slash));
  return found;
}
