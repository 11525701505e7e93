import type { Clock, Log, Random } from '../core/environment.ts';
import { asSyncError, cancelled, hasCode, type SyncError } from '../core/errors.ts';
import type { BucketEvent } from '../core/object-store.ts';
import { backoffMs, type RetryPolicy } from '../core/retry.ts';

/** Pauses before a stream that broke is opened again. */
const RECONNECT: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1_000, maxDelayMs: 60_000 };
/** A server that has no stream, or none for us, is asked again after 30 to 60 minutes: it may have been upgraded. */
const ASK_AGAIN: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 };
/** A stream that held for so long was a good one; the pauses begin anew after it. */
const GOOD_AFTER_MS = 60_000;
/**
 * A server whose first word takes longer gathers events before it sends them (some versions of MinIO wait for 4 KiB). What
 * they say is taken, but they are not relied on. A proxy may hold back all before the first sign of life, after 10 seconds.
 */
const PROMPT_MS = 15_000;
/** A server that says nothing at all, not even that it listens, so often has no stream that is of use. */
const SILENT_TRIES = 3;

export interface LiveEventsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Opens the stream. */
  readonly open: (signal: AbortSignal) => AsyncIterable<BucketEvent>;
  readonly onEvent: (event: Exclude<BucketEvent, { kind: 'listening' }>) => void;
  /** The stream begins to tell of changes as they happen, or ends. */
  readonly onLive: (isLive: boolean) => void;
}

/** How one stream went. */
interface StreamEnd {
  /** Undefined where the server ended it. */
  readonly error: SyncError | undefined;
  readonly wasLive: boolean;
  readonly saidAnything: boolean;
}

/** Keeps a bucket's stream of events open, where the server has one. */
export class LiveEvents {
  readonly #parts: LiveEventsParts;
  #isLive = false;
  #end: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: LiveEventsParts) {
    this.#parts = parts;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Begins to listen, or ends it. Saying the same twice is saying it once. */
  keep(isWanted: boolean): void {
    if (isWanted === (this.#end !== undefined)) return;
    this.#end?.abort(cancelled('Listening'));
    this.#end = undefined;
    if (!isWanted) return;
    const end = new AbortController();
    this.#end = end;
    this.#ended = this.#ended.then(() => this.#run(end.signal));
  }

  /** Ends it and waits for the end. */
  async close(): Promise<void> {
    this.keep(false);
    await this.#ended;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    let failures = 0;
    let silences = 0;
    while (!signal.aborted) {
      const startMs = clock.monotonic();
      const { error, wasLive, saidAnything } = await this.#listen(signal);
      if (isAborted(signal)) return;
      failures = wasLive && clock.monotonic() - startMs >= GOOD_AFTER_MS ? 1 : failures + 1;
      silences = !saidAnything && hasCode(error, 'timeout') ? silences + 1 : 0;
      const hasNone = silences >= SILENT_TRIES || hasNoStream(error);
      const delayMs = backoffMs(failures, hasNone ? ASK_AGAIN : RECONNECT, random.next());
      log.info('Live events ended', { error: error?.message, detail: error?.detail, nextMs: delayMs });
      await clock.sleep(delayMs, signal).catch(() => undefined);
    }
  }

  /** One stream from its beginning to its end. */
  async #listen(signal: AbortSignal): Promise<StreamEnd> {
    const { clock, open, onEvent } = this.#parts;
    const startMs = clock.monotonic();
    let saidAnything = false;
    let wasLive = false;
    try {
      for await (const event of open(signal)) {
        if (isAborted(signal)) break;
        saidAnything = true;
        if (event.kind !== 'listening') {
          onEvent(event);
          continue;
        }
        wasLive = clock.monotonic() - startMs <= PROMPT_MS;
        if (wasLive) this.#setLive(true);
      }
      return { error: undefined, wasLive, saidAnything };
    } catch (thrown) {
      return { error: asSyncError(thrown), wasLive, saidAnything };
    } finally {
      if (wasLive) this.#setLive(false);
    }
  }

  #setLive(isLive: boolean): void {
    this.#isLive = isLive;
    this.#parts.onLive(isLive);
  }
}

function hasNoStream(error: SyncError | undefined): boolean {
  return hasCode(error, 'not-supported', 'access-denied', 'no-such-bucket', 'server-refused', 'not-s3');
}

/** Asked through a function, since the signal changes while the compiler believes what it saw before. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
