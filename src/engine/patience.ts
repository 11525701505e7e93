import type { Clock } from '../core/environment.ts';
import { cancelled, type SyncError } from '../core/errors.ts';
import type { Connection } from './connections.ts';

/** A server that was reached and is gone again is waited for this long: longer than a restart takes. */
const PATIENCE_MS = 60_000;
/** One that has never answered since this program runs may have a wrong address. All have so long to answer whoever asks now. */
const FIRST_PATIENCE_MS = 3_000;

export interface PatienceOptions {
  /** The server is known to have answered a moment ago. */
  readonly wasReached?: boolean;
  /** Once the server has answered, it is waited for without end: what comes in a stream can not be read again. */
  readonly waitsOnceReached?: boolean;
  /** Hears once an outage that the server is waited for, and why. */
  readonly onAway?: OnAway | undefined;
}

export type OnAway = (error: SyncError) => void;

/**
 * Runs what a person waits for, and gives it up when the server can not be reached any more: work for folders waits for that as
 * long as it takes, and nobody would ever be told why.
 *
 * @throws what the work throws; SyncError unreachable, timeout when it was given up.
 */
export async function withPatience<T>(
  clock: Clock,
  connection: Pick<Connection, 'breaker'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  options?: PatienceOptions,
): Promise<T> {
  const patience = new Patience(clock, connection, signal, options);
  try {
    return await work(patience.signal);
  } catch (error) {
    throw patience.reasonOf(error);
  } finally {
    patience.end();
  }
}

/** The same for what is told step by step. */
export async function* patiently<T>(
  clock: Clock,
  connection: Pick<Connection, 'breaker'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const patience = new Patience(clock, connection, signal);
  try {
    yield* work(patience.signal);
  } catch (error) {
    throw patience.reasonOf(error);
  } finally {
    patience.end();
  }
}

class Patience {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #breaker: Connection['breaker'];
  readonly #around: AbortSignal;
  readonly #options: PatienceOptions;
  readonly #begunMs: number;
  readonly #over = new AbortController();
  #timer: ReturnType<Clock['timer']>;
  #lost: SyncError | undefined;
  #toldOfMs: number | undefined;

  constructor(
    clock: Clock,
    { breaker }: Pick<Connection, 'breaker'>,
    around: AbortSignal,
    options: PatienceOptions = {},
  ) {
    this.#clock = clock;
    this.#breaker = breaker;
    this.#around = around;
    this.#options = options;
    this.#begunMs = clock.monotonic();
    // It may be back since work for folders asked for it last.
    breaker.retryNow();
    this.signal = AbortSignal.any([around, this.#over.signal]);
    this.#timer = this.#lookLater();
  }

  end(): void {
    this.#timer.cancel();
  }

  /** Why the work failed: not that it was called off, where it is we who did so. */
  reasonOf(error: unknown): unknown {
    return this.#around.aborted ? error : (this.#lost ?? error);
  }

  get #patienceMs(): number {
    const { wasReached = this.#breaker.hasAnswered, waitsOnceReached = false } = this.#options;
    if (!wasReached) return FIRST_PATIENCE_MS;
    return waitsOnceReached ? Infinity : PATIENCE_MS;
  }

  #lookLater(): ReturnType<Clock['timer']> {
    return this.#clock.timer(1_000, () => {
      const { state } = this.#breaker;
      const nowMs = this.#clock.monotonic();
      const isAway = state.kind === 'unreachable' && nowMs - this.#begunMs >= FIRST_PATIENCE_MS;
      if (isAway && nowMs - state.sinceMs >= this.#patienceMs) {
        this.#lost = state.error;
        this.#over.abort(cancelled('What was begun'));
        return;
      }
      if (isAway) this.#tell(state.error, state.sinceMs);
      this.#timer = this.#lookLater();
    });
  }

  #tell(error: SyncError, sinceMs: number): void {
    if (this.#toldOfMs === sinceMs) return;
    this.#toldOfMs = sinceMs;
    this.#options.onAway?.(error);
  }
}
