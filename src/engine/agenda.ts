import type { Clock, Random, Timer, WatchHint } from '../core/environment.ts';
import type { SyncError } from '../core/errors.ts';
import { IGNORE_FILE } from '../core/filters.ts';
import { createDirtyPaths, type DirtyPaths } from '../local/dirty-paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { BucketFollower } from './bucket-follower.ts';
import type { FolderContext } from './folder-context.ts';
import { isPaused } from './folder-status.ts';
import type { LargeLane } from './large-lane.ts';
import { recordFinding } from './record.ts';
import { RestlessPaths } from './restless.ts';
import { EVERYTHING, objectsInTheWay, type Scope } from './scope.ts';

/** A full comparison at least this often, whatever the watcher says. */
const FULL_PASS_EVERY_MS = 3_600_000;
/** A folder that is stopped as a whole is tried again after this. */
export const STOPPED_RETRY_MS = 30_000;
/** Where the bucket is full, which mostly lasts, each pause is twice as long as the one before, up to this. */
const FULL_RETRY_MS = 300_000;
/** A retry that is due at once still leaves the machine this long to breathe. */
const SHORTEST_PAUSE_MS = 1_000;

export interface AgendaParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly state: StateStore;
  readonly bucket: Pick<BucketFollower, 'takeHints' | 'untilListingMs'>;
  readonly large: Pick<LargeLane, 'hasRoom'>;
  /** Called when there may be something to look at. */
  readonly wake: () => void;
}

/** What of one folder there is reason to look at, and when: changes seen, files that moved under us, retries, full passes. */
export class Agenda {
  readonly #parts: AgendaParts;
  readonly #folderId: string;
  readonly #dirty: DirtyPaths;
  readonly #restless: RestlessPaths;
  /** Paths of which the bucket is asked when their turn comes: what is remembered of them may be wrong. */
  readonly #askAbout = new Set<string>();
  #fullPassDue = true;
  /** When a comparison of everything last began, on the monotonic clock. */
  #fullPassBeganMs = Number.NEGATIVE_INFINITY;
  #retryDue = false;
  #watchIsOutdated = false;
  /** How long the next pause is in which the bucket is full. */
  #fullPauseMs = STOPPED_RETRY_MS;
  /** Until a folder that is stopped is tried again. */
  #stopped: Timer | undefined;

  constructor(parts: AgendaParts, folderId: string) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#dirty = createDirtyPaths({ clock: parts.clock, onDue: parts.wake });
    this.#restless = new RestlessPaths(parts.clock, parts.random, (path) => this.look(path));
  }

  /** Whether something is known that has to be looked at. */
  get hasPending(): boolean {
    return this.#fullPassDue || this.#dirty.nextDueMs() !== undefined || this.#restless.hasUntold;
  }

  /** Takes down what the watcher saw. */
  readonly hint = (hint: WatchHint): void => {
    // What is watched follows what is ignored. Of many changes at once nobody remembers later which they were.
    if (hint.kind === 'path' && hint.path === IGNORE_FILE) this.#watchIsOutdated = true;
    if (hint.kind === 'overflow' || !this.#restless.takesHint(hint.path)) this.#dirty.add(hint);
  };

  /** Asks for a path, and all below it, to be looked at. */
  look(path: string): void {
    this.#dirty.add({ kind: 'path', path });
  }

  /** Changes may have gone unseen: the next look, whenever that is, is at everything. */
  noteUnseen(): void {
    this.#fullPassDue = true;
  }

  /**
   * The folder is stopped as a whole, whoever asked for the cycle that found out: everything is looked at again after a while, or
   * as soon as there is another reason to.
   */
  noteStopped({ code }: SyncError): void {
    this.noteUnseen();
    this.#stopped?.cancel();
    const isFull = code === 'quota-exceeded';
    const pauseMs = isFull ? this.#fullPauseMs : STOPPED_RETRY_MS;
    this.#fullPauseMs = isFull ? Math.min(FULL_RETRY_MS, 2 * pauseMs) : STOPPED_RETRY_MS;
    this.#stopped = this.#parts.clock.timer(pauseMs, this.#parts.wake);
  }

  /** Asks for a full comparison as soon as the present cycle is over. */
  requestFullPass(): void {
    this.noteUnseen();
    this.#parts.wake();
  }

  /** Asks for what is planned to be carried out as soon as the present cycle is over. */
  requestRetry(): void {
    this.#retryDue = true;
    this.#parts.wake();
  }

  /** What is to be watched has changed. */
  noteOutdatedWatch(): void {
    this.#watchIsOutdated = true;
    this.#parts.wake();
  }

  /** Whether the folder has to be watched anew; asking settles it. */
  takeWatchIsOutdated(): boolean {
    const isOutdated = this.#watchIsOutdated;
    this.#watchIsOutdated = false;
    return isOutdated;
  }

  /** A cycle begins: what was asked for and is done by it is off the list. */
  noteBegun(scope: Scope): void {
    this.#retryDue = false;
    if (scope.kind === 'everything') {
      this.#fullPassDue = false;
      this.#fullPassBeganMs = this.#parts.clock.monotonic();
    }
    // Where both sides are asked no other look is needed: nobody takes it in an engine that runs once.
    if (scope.kind === 'paths') this.#dirty.forget(scope.paths.filter((path) => scope.ask.has(path)));
  }

  /** Everything has been compared. */
  noteCompared(): void {
    this.#askAbout.clear();
    // As long as what was refused waits its turn, nobody knows that there is room.
    if (this.#parts.state.problems.nextRetryMs(this.#folderId) === undefined) this.#fullPauseMs = STOPPED_RETRY_MS;
  }

  /** Whether a path that moved under us may be put off once more, rather than tried as it is. */
  mayWait(path: string): boolean {
    return this.#restless.mayWait(path);
  }

  /** Paths that have to be looked at again; those that never keep still are told. */
  noteRestless(paths: ReadonlySet<string>, context: FolderContext): void {
    for (const path of paths) {
      this.#askAbout.add(path);
      this.#restless.noteMoving(path);
      if (!this.#restless.isOld(path)) continue;
      recordFinding(context, path, 'comparison', 'keeps-changing', '');
      this.#restless.noteTold(path);
    }
  }

  /** Paths to be looked at again, soon and then less and less often. */
  lookAgain(paths: Iterable<string>): void {
    for (const path of paths) this.#restless.note(path);
  }

  /** What is remembered of a path turned out to be wrong. */
  noteMissed(path: string): void {
    this.#askAbout.add(path);
    // What only a person can settle is looked at less and less often.
    if (this.#hasConflict(path)) this.#restless.note(path);
    else this.look(path);
  }

  /** What there is reason to look at now, if anything; it is off the list with that. */
  takeScope(folder: FolderRow): Scope | undefined {
    const { clock, bucket } = this.#parts;
    const nowMs = clock.now();
    const dirty = this.#dirty.take();
    const paths = dirty.all ? [] : dirty.paths;
    const hinted = bucket.takeHints(folder);
    // A held plan is over when a whole comparison no longer finds it: single paths do not show that.
    const needsAll = dirty.all || paths.includes(IGNORE_FILE) || (folder.hold !== undefined && paths.length > 0);
    if (this.#fullPassDue || needsAll || this.#untilFullPassMs(folder) <= 0) return EVERYTHING;
    if (paths.length + hinted.length > 0) {
      const all = [...paths, ...hinted];
      const { problems } = this.#parts.state;
      const clashes = problems.clashes(folder.id);
      // Whoever touches what is in the way of a file most likely made room for it.
      const touched = paths.filter((path) => !this.#askAbout.has(path));
      for (const path of objectsInTheWay(clashes, touched)) problems.retryNow(folder.id, path);
      // The bucket is asked of paths where something was amiss with what is remembered, of which a conflict was told, or
      // that others may have changed; and of objects that files here were told to clash with.
      const ask = new Set([
        ...paths.filter((path) => this.#askAbout.delete(path) || this.#hasConflict(path)),
        ...hinted,
        ...objectsInTheWay(clashes, all),
      ]);
      return { kind: 'paths', paths: all, ask };
    }
    if (bucket.untilListingMs(folder) <= 0) return { kind: 'listing' };
    const retryAtMs = this.#retryDue && folder.hold === undefined ? 0 : this.#nextRetryMs(folder);
    return retryAtMs !== undefined && retryAtMs <= nowMs ? { kind: 'retry' } : undefined;
  }

  /** How long to sleep, in milliseconds, after a cycle that ended so, when nothing wakes us. */
  pauseMs(folder: FolderRow, last: 'held' | 'executed' | 'stopped' | undefined): number {
    if (last === 'held' || last === 'stopped' || isPaused(this.#parts.state, folder)) return FULL_PASS_EVERY_MS;
    const nowMs = this.#parts.clock.now();
    const retryAtMs = this.#nextRetryMs(folder);
    const untilRetry = retryAtMs === undefined ? FULL_PASS_EVERY_MS : Math.max(SHORTEST_PAUSE_MS, retryAtMs - nowMs);
    const untilListing = Math.max(0, this.#parts.bucket.untilListingMs(folder));
    return Math.min(FULL_PASS_EVERY_MS, Math.max(0, this.#untilFullPassMs(folder)), untilRetry, untilListing);
  }

  /** Ends all waiting. */
  close(): void {
    this.#stopped?.cancel();
    this.#dirty.close();
    this.#restless.close();
  }

  /** When everything is to be compared again at the latest, in milliseconds from now. */
  #untilFullPassMs({ hold, lastFullPassMs }: FolderRow): number {
    const { clock } = this.#parts;
    // As long as a plan is held no comparison counts as finished.
    if (hold !== undefined) return this.#fullPassBeganMs + FULL_PASS_EVERY_MS - clock.monotonic();
    // A wall clock that jumped either way makes the last pass look far away, which is right: look at everything.
    return FULL_PASS_EVERY_MS - Math.abs(clock.now() - (lastFullPassMs ?? 0));
  }

  #hasConflict(path: string): boolean {
    return this.#parts.state.problems.get(this.#folderId, path, 'transfer')?.code === 'conflict';
  }

  /** When a planned path that can begin then is due again. Not while the plan is held: a retry carries out all that is planned. */
  #nextRetryMs(folder: FolderRow): number | undefined {
    if (folder.hold !== undefined) return undefined;
    const { state, large } = this.#parts;
    return state.problems.nextRetryMs(folder.id, large.hasRoom ? 'any' : 'small');
  }
}
