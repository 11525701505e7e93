import type { Clock, Random } from '../core/environment.ts';
import { asSyncError, cancelled, hasCode, SyncError } from '../core/errors.ts';
import { backoffMs, REQUEST_RETRIES, type RetryPolicy } from '../core/retry.ts';
import { isUnreachable, type CircuitBreaker, type Pass } from './breaker.ts';

/** Sends one request; how it ends is what the breaker learns. */
export type Send = <T>(request: () => Promise<T>) => Promise<T>;

/** Sends requests to one account's server: waits while it is unreachable, tries again what may succeed later. */
export class Requests {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #breaker: CircuitBreaker;
  readonly #policy: RetryPolicy;

  constructor(clock: Clock, random: Random, breaker: CircuitBreaker, policy: RetryPolicy = REQUEST_RETRIES) {
    this.#clock = clock;
    this.#random = random;
    this.#breaker = breaker;
    this.#policy = policy;
  }

  /** One request that needs nothing prepared. See {@link Requests.attempt}. */
  async run<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.attempt((send) => send(request), signal);
  }

  /**
   * Runs `work` until its request succeeds, fails for good, or has failed as often as the policy allows. While the breaker
   * holds the server for unreachable, waiting for it costs no attempt: it ends with the signal.
   *
   * All waiting happens between two runs of `work`, so that the memory and the places that it acquires and gives back are
   * never held for a server that is away. An error that does not come out of `send` is thrown at once.
   *
   * @throws the last SyncError; cancelled when the signal aborts.
   */
  async attempt<T>(work: (send: Send) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let failures = 0; ;) {
      const pass = await this.#breaker.enter(signal);
      const failed = new Set<unknown>();
      try {
        return await work((request) => sendWith(pass, request, failed, signal));
      } catch (error) {
        if (signal.aborted || hasCode(error, 'cancelled')) throw cancelled('The transfer');
        if (!failed.has(error) || !(error instanceof SyncError) || !error.retryable) throw error;
        if (this.#breaker.state.kind === 'unreachable') continue;
        failures += 1;
        if (failures >= this.#policy.attempts) throw error;
      } finally {
        pass.abandoned();
      }
      await this.#pause(backoffMs(failures, this.#policy, this.#random.next()), signal);
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(delayMs, signal);
    } catch (error) {
      throw signal.aborted ? cancelled('The transfer') : error;
    }
  }
}

/** @param failures takes up what is thrown, so that it can be told from what failed on this computer. */
async function sendWith<T>(
  pass: Pass,
  request: () => Promise<T>,
  failures: Set<unknown>,
  signal: AbortSignal,
): Promise<T> {
  try {
    const result = await request();
    pass.succeeded();
    return result;
  } catch (thrown) {
    const error = asSyncError(thrown);
    if (signal.aborted || error.code === 'cancelled') pass.abandoned();
    else if (isUnreachable(error)) pass.failed(error);
    else pass.succeeded();
    failures.add(error);
    throw error;
  }
}
