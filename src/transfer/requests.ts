import type { Clock, Random } from '../core/environment.ts';
import { asSyncError, cancelled } from '../core/errors.ts';
import { backoffMs, REQUEST_RETRIES, type RetryPolicy } from '../core/retry.ts';
import { isUnreachable, type CircuitBreaker } from './breaker.ts';

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

  /**
   * Runs `operation` until it succeeds, fails for good, or has failed as often as the policy allows. While the breaker
   * holds the server for unreachable, waiting for it costs no attempt: it ends with the signal.
   *
   * @throws the last SyncError; cancelled when the signal aborts.
   */
  async run<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let failures = 0; ;) {
      await this.#breaker.enter(signal);
      try {
        const result = await operation();
        this.#breaker.succeeded();
        return result;
      } catch (thrown) {
        const error = asSyncError(thrown);
        if (signal.aborted || error.code === 'cancelled') {
          this.#breaker.abandoned();
          throw cancelled('The transfer');
        }
        if (isUnreachable(error)) this.#breaker.failed(error);
        else this.#breaker.succeeded();
        if (!error.retryable) throw error;
        if (this.#breaker.state.kind === 'unreachable') continue;
        failures += 1;
        if (failures >= this.#policy.attempts) throw error;
        await this.#clock.sleep(backoffMs(failures, this.#policy, this.#random.next()), signal);
      }
    }
  }
}
