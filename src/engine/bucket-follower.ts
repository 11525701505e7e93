import { cancelled } from '../core/errors.ts';
import type { BucketEvent } from '../core/object-store.ts';
import { pathOfKey, type RelativePath } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import type { CycleResult } from './cycle.ts';
import type { EngineParts } from './engine-parts.ts';
import { isPaused, type FolderProgress } from './folder-status.ts';
import { ListingSchedule } from './listing-schedule.ts';
import { LiveEvents } from './live-events.ts';
import { REMOVED, RemoteHints, type Told } from './remote-hints.ts';
import type { Scope } from './scope.ts';

/**
 * Knows when there is reason to look at a folder's bucket for what others changed: by its live events where the server has
 * them, and by the clock. Who only uploads has no reason.
 */
export class BucketFollower {
  readonly #parts: EngineParts;
  readonly #folderId: string;
  readonly #progress: FolderProgress;
  readonly #wake: () => void;
  readonly #listings: ListingSchedule;
  readonly #hints: RemoteHints;
  readonly #liveEvents: LiveEvents;

  /** @param wake called when there may be something to take. */
  constructor(parts: EngineParts, folderId: string, progress: FolderProgress, wake: () => void) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#progress = progress;
    this.#wake = wake;
    const { clock, random, log } = parts.environment;
    this.#listings = new ListingSchedule(clock);
    this.#hints = new RemoteHints({ clock, isKnown: (path, told) => this.#isKnown(path, told), onDue: wake });
    this.#liveEvents = new LiveEvents({
      clock,
      random,
      log,
      open: (signal) => this.#open(signal),
      onEvent: (event) => this.#noteEvent(event),
      onLive: (isLive) => this.#noteLive(isLive),
    });
  }

  /** Listens while it matters what others change. */
  follow(folder: FolderRow): void {
    const matters = folder.mode !== 'upload';
    this.#liveEvents.keep(matters && !isPaused(this.#parts.state, folder));
    this.#progress.liveEvents = matters ? this.#liveEvents.isLive : undefined;
  }

  /**
   * The paths that others may have changed since this was last asked. While a plan is held nothing but a full pass follows,
   * which needs no hints.
   */
  takeHints({ hold }: FolderRow): readonly RelativePath[] {
    const hints = this.#hints.take();
    if (hints === undefined || hold !== undefined) return [];
    if (hints.kind === 'paths') return hints.paths;
    this.#listings.askSoon();
    return [];
  }

  /** Milliseconds until the bucket is to be listed; not above 0 when it is due. */
  untilListingMs({ mode, hold }: FolderRow): number {
    return mode === 'upload' || hold !== undefined ? Number.POSITIVE_INFINITY : this.#listings.untilNextMs();
  }

  /** A cycle went through that began then (monotonic). One that failed leads to a full pass anyway. */
  noteCycle(
    scope: Scope,
    startMs: number,
    { execution, comparedMs }: Extract<CycleResult, { kind: 'executed' }>,
  ): void {
    if (scope.kind !== 'everything' && scope.kind !== 'listing') return;
    const { downloadedFiles, deletedFiles, movedFiles, stalePaths } = execution;
    this.#listings.listed(startMs, comparedMs, downloadedFiles + deletedFiles + movedFiles + stalePaths.length === 0);
  }

  /** Ends listening until it is asked for again. */
  stopListening(): void {
    this.#liveEvents.keep(false);
  }

  /** Ends listening, and waits for the end. */
  async close(): Promise<void> {
    await this.#liveEvents.close();
    this.#hints.clear();
  }

  async *#open(signal: AbortSignal): AsyncGenerator<BucketEvent, void, undefined> {
    const { accountId, bucket, prefix } = this.#folder();
    const { store } = await this.#parts.connections.byId(accountId, signal);
    yield* store.listen(bucket, prefix, signal);
  }

  #noteLive(isLive: boolean): void {
    this.#listings.setLive(isLive);
    this.#progress.liveEvents = isLive;
    this.#parts.changed();
    this.#wake();
  }

  #noteEvent(event: Exclude<BucketEvent, { kind: 'listening' }>): void {
    const listed = pathOfKey(this.#folder().prefix, event.key);
    // Keys that no path can stand for are told by the next listing.
    if (listed.kind === 'path') this.#hints.add(listed.path, event.kind === 'removed' ? REMOVED : event.etag);
  }

  /** Whether an event says what both sides agreed on already. */
  #isKnown(path: RelativePath, told: Told): boolean {
    const known = this.#parts.state.base.get(this.#folderId, path);
    return told === REMOVED ? known === undefined : known !== undefined && known.etag === told;
  }

  #folder(): FolderRow {
    const folder = this.#parts.state.folders.byId(this.#folderId);
    if (folder === undefined) throw cancelled('Listening');
    return folder;
  }
}
