import { cancelled } from '../core/errors.ts';
import type { PlanItem } from '../core/plan.ts';

/** The work on one file, from its beginning to its end. */
export interface BegunFile {
  /** Aborts with the work around it, or when this file alone is stopped. */
  readonly signal: AbortSignal;
  /** Whether a person stopped it. */
  readonly isStopped: boolean;
  /** To be called once, when nothing is being done about the file any more. */
  end(): void;
}

/** The single files of a folder in a person's hands: which are worked on now, and which one waits for. */
export class FileControl {
  readonly #begun = new Map<string, Begun>();
  readonly #awaited = new Set<string>();

  /** What is being done about a path now. */
  get(path: string): PlanItem | undefined {
    return this.#begun.get(path)?.item;
  }

  /** What is worked on now. */
  paths(): string[] {
    return [...this.#begun.keys()];
  }

  /** @param around aborts all work of the cycle. */
  begin(item: PlanItem, around: AbortSignal): BegunFile {
    const begun = new Begun(item, around, () => {
      // A path that was planned anew while a large file was on its way may have been begun twice.
      if (this.#begun.get(item.path) === begun) this.#begun.delete(item.path);
    });
    this.#begun.set(item.path, begun);
    return begun;
  }

  /** Stops the work on a path, and resolves when it has ended. What it was is planned still. */
  async stop(path: string): Promise<void> {
    await this.#begun.get(path)?.stop();
  }

  /** Somebody waits for a path that the present cycle knows nothing of. */
  await(path: string): void {
    this.#awaited.add(path);
  }

  /** Whether the cycle is to leave what is not begun to the next one, which will know the path. */
  get isAwaited(): boolean {
    return this.#awaited.size > 0;
  }

  /** The paths that are waited for, from now on by whoever takes them. */
  takeAwaited(): string[] {
    const paths = [...this.#awaited];
    this.#awaited.clear();
    return paths;
  }
}

class Begun implements BegunFile {
  readonly item: PlanItem;
  isStopped = false;
  readonly #around: AbortSignal;
  readonly #own = new AbortController();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #onAbort: () => void;
  readonly #onEnd: () => void;

  constructor(item: PlanItem, around: AbortSignal, onEnd: () => void) {
    this.item = item;
    this.#around = around;
    this.#onEnd = onEnd;
    this.#onAbort = () => this.#own.abort(around.reason);
    if (around.aborted) this.#onAbort();
    else around.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.#own.abort(cancelled('The transfer'));
    await this.#ended.promise;
  }

  end(): void {
    this.#around.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
    this.#ended.resolve(undefined);
  }
}
