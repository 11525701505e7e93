import type { Clock, Timer } from '../core/environment.ts';
import type { RelativePath } from '../core/paths.ts';

/**
 * Hints that follow each other within this time are handed out together: the two halves of a move belong together, and a
 * far computer needs two round trips between them.
 */
const BATCH_MS = 300;
/** The most that batching may hold a hint back. */
const MAX_BEHIND_MS = 1_000;
/** Of so many paths the bucket is asked one by one; where more changed, listing it is cheaper. */
const MAX_PATHS = 1_000;

/** Said in place of an ETag of an object that is gone. */
export const REMOVED: unique symbol = Symbol('removed');

/** What an event says of an object: that it is gone, or its ETag; undefined where that is not told. */
export type Told = string | typeof REMOVED | undefined;

export interface RemoteHintsOptions {
  readonly clock: Clock;
  /** Whether what was told of a path is what we know of it, as with all that we did ourselves. */
  readonly isKnown: (path: RelativePath, told: Told) => boolean;
  /** Called when there is something to take. Called again only after `take`. */
  readonly onDue: () => void;
}

/** What others may have changed: these paths, or too many to name. */
export type RemoteHintSet =
  { readonly kind: 'paths'; readonly paths: readonly RelativePath[] } | { readonly kind: 'many' };

/**
 * Collects what a bucket's events say until it is time to look. What we wrote ourselves comes back as events too; it is told
 * by what we remember of it once the work under way is written down. Before that, a path that others deleted right after we
 * had moved a file there would look like one that we never knew.
 */
export class RemoteHints {
  readonly #options: RemoteHintsOptions;
  /** Undefined also for a path of which different things were told: they may have come in the wrong order. */
  readonly #paths = new Map<RelativePath, Told>();
  #isMany = false;
  #timer: Timer | undefined;
  #isTold = false;
  #firstMs = 0;
  #lastMs = 0;

  constructor(options: RemoteHintsOptions) {
    this.#options = options;
  }

  add(path: RelativePath, told: Told): void {
    if (this.#isMany) return;
    const agrees = !this.#paths.has(path) || this.#paths.get(path) === told;
    this.#paths.set(path, agrees ? told : undefined);
    if (this.#paths.size > MAX_PATHS) this.#makeRoom();
    this.#lastMs = this.#options.clock.monotonic();
    if (this.#timer !== undefined || this.#isTold) return;
    this.#firstMs = this.#lastMs;
    this.#arm();
  }

  /**
   * What there is to look at, which is forgotten with that; undefined when there is nothing. To be called when nothing is
   * under way that is not written down.
   */
  take(): RemoteHintSet | undefined {
    const isMany = this.#isMany;
    for (const [path, told] of this.#paths) {
      if (told !== undefined && this.#options.isKnown(path, told)) this.#paths.delete(path);
    }
    const paths = [...this.#paths.keys()];
    this.clear();
    if (isMany) return { kind: 'many' };
    return paths.length === 0 ? undefined : { kind: 'paths', paths };
  }

  /** Forgets everything: it is looked at in another way. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isTold = false;
    this.#isMany = false;
    this.#paths.clear();
  }

  #arm(): void {
    const dueMs = Math.min(this.#lastMs + BATCH_MS, this.#firstMs + MAX_BEHIND_MS);
    const delayMs = dueMs - this.#options.clock.monotonic();
    if (delayMs > 0) {
      this.#timer = this.#options.clock.timer(delayMs, () => this.#arm());
      return;
    }
    this.#timer = undefined;
    this.#isTold = true;
    this.#options.onDue();
  }

  /** Our own uploads are known by now, unless others wrote too. Of deletions that can not be said while work is under way. */
  #makeRoom(): void {
    for (const [path, told] of this.#paths) {
      if (typeof told === 'string' && this.#options.isKnown(path, told)) this.#paths.delete(path);
    }
    if (this.#paths.size <= MAX_PATHS / 2) return;
    this.#paths.clear();
    this.#isMany = true;
  }
}
