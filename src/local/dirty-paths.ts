import type { Clock, Timer, WatchHint } from '../core/environment.ts';
import { isBelow, parentOf, withoutNested } from '../core/paths.ts';

export interface DirtyPathsOptions {
  readonly clock: Clock;
  /** Called when there is something to take. Called again only after `take`. */
  readonly onDue: () => void;
  /** Paths that become due within this time of each other are handed out together. */
  readonly batchMs?: number;
  /** The most that batching may hold a path back. */
  readonly maxBehindMs?: number;
  /** How long a path must not have changed before it is handed out. */
  readonly quietMs?: number;
  /** A path that keeps changing is handed out after this time all the same. */
  readonly maxHeldMs?: number;
  /** More paths than this become their common directories, and in the end everything. */
  readonly maxPaths?: number;
}

/** What to look at: everything, or these paths (NFC; a file, a directory, or nothing any more) and all below them. */
export type DirtySet =
  { readonly all: true; readonly reason: string } | { readonly all: false; readonly paths: readonly string[] };

/** Collects a folder's hints until it is time to look. */
export interface DirtyPaths {
  add(hint: WatchHint): void;
  /** What is due now, in no order, which is forgotten with that. Empty when nothing is due. */
  take(): DirtySet;
  /** Forgets paths that are about to be looked at, whoever asked for it. */
  forget(paths: readonly string[]): void;
  /** Milliseconds until there is something to take, 0 when there is, undefined when nothing is waiting. */
  nextDueMs(): number | undefined;
  /** Forgets everything and never calls back again. */
  close(): void;
}

interface Waiting {
  /** Monotonic times in milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Creates an empty collection for one folder. Times of the clock's monotonic kind are used alone. */
export function createDirtyPaths(options: DirtyPathsOptions): DirtyPaths {
  return new Collection(options);
}

class Collection implements DirtyPaths {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #batchMs: number;
  readonly #maxBehindMs: number;
  readonly #quietMs: number;
  readonly #maxHeldMs: number;
  readonly #maxPaths: number;
  #paths = new Map<string, Waiting>();
  /** Set once everything is to be looked at; single paths do not matter then. */
  #everything: { readonly reason: string; readonly dueMs: number } | undefined;
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  #isTold = false;
  #isClosed = false;

  constructor(options: DirtyPathsOptions) {
    this.#clock = options.clock;
    this.#onDue = options.onDue;
    this.#batchMs = options.batchMs ?? 75;
    this.#maxBehindMs = options.maxBehindMs ?? 500;
    this.#quietMs = options.quietMs ?? 1_000;
    this.#maxHeldMs = options.maxHeldMs ?? 60_000;
    this.#maxPaths = options.maxPaths ?? 1_000;
  }

  add(hint: WatchHint): void {
    if (this.#isClosed || this.#everything !== undefined) return;
    if (hint.kind === 'overflow') this.#needEverything(hint.reason);
    else if (hint.path === '') this.#needEverything('the folder itself changed');
    else this.#addPath(hint.path);
    this.#arm();
  }

  take(): DirtySet {
    this.#isTold = false;
    const nowMs = this.#clock.monotonic();
    const everything = this.#everything;
    if (everything !== undefined && everything.dueMs <= nowMs) {
      this.#everything = undefined;
      return { all: true, reason: everything.reason };
    }
    const due: string[] = [];
    for (const [path, waiting] of this.#paths) {
      if (this.#dueMs(waiting) <= nowMs) due.push(path);
    }
    for (const path of due) this.#paths.delete(path);
    this.#arm();
    return { all: false, paths: withoutNested(due) };
  }

  forget(paths: readonly string[]): void {
    // A timer that was set for them finds out when it fires.
    for (const path of paths) this.#paths.delete(path);
  }

  nextDueMs(): number | undefined {
    const atMs = this.#nextTellMs();
    return atMs === undefined ? undefined : Math.max(0, atMs - this.#clock.monotonic());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    this.#paths.clear();
    this.#everything = undefined;
  }

  /**
   * A path swallows what waits below it. What changes below a waiting directory waits for itself, since it must not hold
   * back the rest of that directory.
   */
  #addPath(path: string): void {
    const nowMs = this.#clock.monotonic();
    let firstMs = this.#paths.get(path)?.firstMs;
    if (firstMs === undefined) {
      firstMs = nowMs;
      for (const [other, waiting] of this.#paths) {
        if (!isBelow(other, path)) continue;
        firstMs = Math.min(firstMs, waiting.firstMs);
        this.#paths.delete(other);
      }
    }
    this.#paths.set(path, { firstMs, lastMs: nowMs });
    if (this.#paths.size > this.#maxPaths) this.#collapse();
  }

  #needEverything(reason: string): void {
    this.#paths.clear();
    this.#everything = { reason, dueMs: this.#clock.monotonic() + this.#batchMs };
  }

  /** Replaces paths by their directories, the fullest ones first, until half the room is free. */
  #collapse(): void {
    const target = Math.floor(this.#maxPaths / 2);
    while (this.#paths.size > target) {
      const groups = new Map<string, string[]>();
      for (const path of this.#paths.keys()) {
        const parent = parentOf(path);
        const group = groups.get(parent);
        if (group === undefined) groups.set(parent, [path]);
        else group.push(path);
      }
      const fullest = [...groups].filter(([parent]) => parent !== '').sort((a, b) => b[1].length - a[1].length);
      if (fullest.length === 0) {
        // Only names right below the root are left.
        if (this.#paths.size > this.#maxPaths) this.#needEverything('too many changes at once');
        return;
      }
      for (const [parent, children] of fullest) {
        if (this.#paths.size <= target) return;
        this.#merge(parent, children);
      }
    }
  }

  #merge(parent: string, children: readonly string[]): void {
    let merged = this.#paths.get(parent);
    for (const child of children) {
      const waiting = this.#paths.get(child);
      // Gone already where a directory above it was merged in the same round.
      if (waiting === undefined) continue;
      merged = {
        firstMs: Math.min(merged?.firstMs ?? waiting.firstMs, waiting.firstMs),
        lastMs: Math.max(merged?.lastMs ?? waiting.lastMs, waiting.lastMs),
      };
      this.#paths.delete(child);
    }
    if (merged !== undefined) this.#paths.set(parent, merged);
  }

  #dueMs(waiting: Waiting): number {
    return Math.min(waiting.lastMs + this.#quietMs, waiting.firstMs + this.#maxHeldMs);
  }

  /** When to call back: once the first path is due and no other follows closely. */
  #nextTellMs(): number | undefined {
    if (this.#everything !== undefined) return this.#everything.dueMs;
    if (this.#paths.size === 0) return undefined;
    const dues = [...this.#paths.values()].map((waiting) => this.#dueMs(waiting)).sort((a, b) => a - b);
    const firstMs = dues[0] ?? 0;
    let tellMs = firstMs;
    for (const dueMs of dues) {
      if (dueMs > tellMs + this.#batchMs || dueMs > firstMs + this.#maxBehindMs) break;
      tellMs = dueMs;
    }
    return tellMs;
  }

  #arm(): void {
    if (this.#isTold || this.#isClosed) return;
    if (this.#timer !== undefined) {
      // A new change only ever delays; the timer finds that out when it fires. Everything is the exception.
      if (this.#everything === undefined || this.#timer.atMs <= this.#everything.dueMs) return;
      this.#timer.timer.cancel();
      this.#timer = undefined;
    }
    const atMs = this.#nextTellMs();
    if (atMs === undefined) return;
    const timer = this.#clock.timer(Math.max(0, atMs - this.#clock.monotonic()), () => {
      this.#timer = undefined;
      this.#tell();
    });
    this.#timer = { timer, atMs };
  }

  #tell(): void {
    const leftMs = this.nextDueMs();
    if (leftMs === undefined) return;
    if (leftMs > 0) {
      this.#arm();
      return;
    }
    this.#isTold = true;
    this.#onDue();
  }
}
