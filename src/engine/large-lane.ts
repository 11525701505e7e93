import { isBelow } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import type { Ending } from './outcome.ts';

/** Large files of one folder that are on their way at once. */
const AT_ONCE = 4;

/** What works on the large files of a plan. */
export interface LargeWork {
  /** Takes the next file out of the plan; undefined when there is none whose turn has come. */
  take(): PlanItem | undefined;
  settle(item: PlanItem): Promise<Ending>;
  /** Called once the file is not on its way any more. */
  ended(item: PlanItem, how: LargeEnd): void;
}

export interface LargeEnd {
  readonly ending: Ending;
  /** The paths that comparisons left alone because of the file. */
  readonly missed: readonly string[];
}

interface OnItsWay {
  readonly sizeBytes: number;
  readonly ended: Promise<void>;
  /** What comparisons left alone meanwhile: the path itself, which stands for all below it, and paths above it. */
  readonly missed: Set<string>;
}

/**
 * The large files of a folder that are on their way. They outlive the cycle that planned them, so that a small edit need not
 * wait for hours; until they end, comparisons leave their paths alone.
 */
export class LargeLane {
  readonly #underWay = new Map<string, OnItsWay>();
  readonly #onError: (error: unknown) => void;
  #work: LargeWork | undefined;

  /** @param onError told when work on the files themselves threw, as where the state can not be written. Nothing is taken then. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Number of files on their way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Whether one more could be on its way. */
  get hasRoom(): boolean {
    return this.size < AT_ONCE;
  }

  get sizeBytes(): number {
    return [...this.#underWay.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Whether the file of exactly this path is on its way. */
  has(path: string): boolean {
    return this.#underWay.has(path);
  }

  /** Whether a path, or one above or below it, is on its way. */
  covers(path: string): boolean {
    return this.#covering(path).length > 0;
  }

  /** The same, asked by a comparison that leaves the path alone then: what it says has to be found out at the end. */
  leavesOut(path: string): boolean {
    const covering = this.#covering(path);
    for (const [taken, { missed }] of covering) missed.add(isBelow(path, taken) ? taken : path);
    return covering.length > 0;
  }

  /** Everything is compared, and says nothing at all of what a rule leaves out: nor of what is on its way. */
  leaveOutAll(): void {
    for (const [taken, { missed }] of this.#underWay) missed.add(taken);
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
    try {
      while (this.#work !== undefined && this.hasRoom) {
        const item = this.#work.take();
        if (item === undefined) return;
        const missed = new Set<string>();
        const ended = this.#settle(this.#work, item, missed);
        this.#underWay.set(item.path, { sizeBytes: item.sizeBytes, ended, missed });
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  #covering(path: string): [string, OnItsWay][] {
    return [...this.#underWay].filter(([taken]) => taken === path || isBelow(taken, path) || isBelow(path, taken));
  }

  /** Never throws: nobody waits for it but who wants to know that it is over. */
  async #settle(work: LargeWork, item: PlanItem, missed: ReadonlySet<string>): Promise<void> {
    try {
      const ending = await work.settle(item).finally(() => this.#underWay.delete(item.path));
      work.ended(item, { ending, missed: [...missed] });
    } catch (error) {
      this.#failed(error);
    }
    this.#fill();
  }

  #failed(error: unknown): void {
    this.close();
    this.#onError(error);
  }
}
