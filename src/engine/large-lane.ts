import type { PlanItem } from '../core/plan.ts';

/** Large files of one folder that are on their way at once. */
const AT_ONCE = 4;

/** What works on the large files of a plan. */
export interface LargeWork {
  /** Takes the next file out of the plan; undefined when there is none whose turn has come. */
  take(): PlanItem | undefined;
  /** Never throws. */
  settle(item: PlanItem): Promise<void>;
}

/**
 * The large files of a folder that are on their way. They outlive the cycle that planned them, so that a small edit need not
 * wait for hours; until they end, comparisons leave their paths alone.
 */
export class LargeLane {
  readonly #underWay = new Map<string, { readonly sizeBytes: number; readonly ended: Promise<void> }>();
  #work: LargeWork | undefined;

  /** Number of files on their way. */
  get size(): number {
    return this.#underWay.size;
  }

  get sizeBytes(): number {
    return [...this.#underWay.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Whether a path, or one above or below it, is on its way. */
  covers(path: string): boolean {
    for (const taken of this.#underWay.keys()) {
      if (taken === path || taken.startsWith(`${path}/`) || path.startsWith(`${taken}/`)) return true;
    }
    return false;
  }

  /** From now on large files are taken out of the plan, as soon as there is room for them. */
  open(work: LargeWork): void {
    this.#work = work;
    this.#fill();
  }

  /** From now on none are taken, since the plan changes or is held. Those on their way go on. */
  close(): void {
    this.#work = undefined;
  }

  /** Resolves when nothing is on its way any more, or the signal aborts. */
  async settled(signal?: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<undefined>();
    const onAbort = () => aborted.resolve(undefined);
    signal?.addEventListener('abort', onAbort, { once: true });
    while (this.#underWay.size > 0 && signal?.aborted !== true) {
      await Promise.race([...[...this.#underWay.values()].map(({ ended }) => ended), aborted.promise]);
    }
    signal?.removeEventListener('abort', onAbort);
  }

  #fill(): void {
    while (this.#work !== undefined && this.#underWay.size < AT_ONCE) {
      const item = this.#work.take();
      if (item === undefined) return;
      this.#underWay.set(item.path, { sizeBytes: item.sizeBytes, ended: this.#settle(this.#work, item) });
    }
  }

  async #settle(work: LargeWork, item: PlanItem): Promise<void> {
    await work.settle(item);
    this.#underWay.delete(item.path);
    this.#fill();
  }
}
