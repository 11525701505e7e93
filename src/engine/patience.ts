import type { Clock } from '../core/environment.ts';
import { cancelled, type SyncError } from '../core/errors.ts';
import type { Connection } from './connections.ts';

/** A server that was reached and is gone again is waited for this long: longer than a restart takes. */
const PATIENCE_MS = 60_000;
/** One that has never answered since this program runs may have a wrong address. */
const FIRST_PATIENCE_MS = 3_000;

/**
 * Runs what a person waits for, and gives it up when the server can not be reached any more: work for folders waits for that as
 * long as it takes, and nobody would ever be told why.
 *
 * @param reached where the server is known to have answered a moment ago.
 * @throws what the work throws; SyncError unreachable, timeout when it was given up.
 */
export async function withPatience<T>(
  clock: Clock,
  connection: Connection,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  reached?: 'reached',
): Promise<T> {
  const patience = new Patience(clock, connection, signal, reached);
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
  connection: Connection,
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
  readonly #wasReached: boolean;
  readonly #over = new AbortController();
  #timer: ReturnType<Clock['timer']>;
  #lost: SyncError | undefined;

  constructor(clock: Clock, { breaker }: Connection, around: AbortSignal, reached?: 'reached') {
    this.#clock = clock;
    this.#breaker = breaker;
    this.#around = around;
    this.#wasReached = reached !== undefined;
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

  #lookLater(): ReturnType<Clock['timer']> {
    return this.#clock.timer(1_000, () => {
      const { state, hasAnswered } = this.#breaker;
      const patienceMs = this.#wasReached || hasAnswered ? PATIENCE_MS : FIRST_PATIENCE_MS;
      if (state.kind === 'unreachable' && this.#clock.monotonic() - state.sinceMs >= patienceMs) {
        this.#lost = state.error;
        this.#over.abort(cancelled('What was begun'));
      } else this.#timer = this.#lookLater();
    });
  }
}
