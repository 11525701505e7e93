import type { Clock, Random } from '../core/environment.ts';
import { asSyncError, cancelled, hasCode, SyncError } from '../core/errors.ts';
import { backoffMs, REQUEST_RETRIES } from '../core/retry.ts';
import { isUnreachable, type CircuitBreaker, type Pass } from './breaker.ts';

/**
 * A request. Where an answer begins long before it is over, `onAnswer` says so at once: what breaks off after that is no sign of
 * a server that is away.
 */
export type Request<T> = (onAnswer: () => void) => Promise<T>;

/** Sends one request; how it ends is what the breaker learns. */
export type Send = <T>(request: Request<T>) => Promise<T>;

/** The smallest request that there is: any answer to it, also a refusal, shows that the server is there. */
export type Knock = (signal: AbortSignal) => Promise<unknown>;

/** Sends requests to one account's server: waits while it is unreachable, tries again what may succeed later. */
export class Requests {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #breaker: CircuitBreaker;
  readonly #knock: Knock | undefined;

  /** @param knock the probe of an unreachable server; without it, the next request is that itself. */
  constructor(clock: Clock, random: Random, breaker: CircuitBreaker, knock?: Knock) {
    this.#clock = clock;
    this.#random = random;
    this.#breaker = breaker;
    this.#knock = knock;
  }

  /** One request that needs nothing prepared. See {@link Requests.attempt}. */
  async run<T>(request: Request<T>, signal: AbortSignal, sparedBreaks = 0): Promise<T> {
    return this.attempt((send) => send(request), signal, sparedBreaks);
  }

  /**
   * Runs `work` until its request succeeds, fails for good, or has failed as often as the policy allows. While the breaker
   * holds the server for unreachable, waiting for it and probing it cost no attempt: that ends with the signal.
   *
   * All waiting happens between two runs of `work`, so that the memory and the places that it acquires and gives back are
   * never held for a server that is away. An error that does not come out of `send` is thrown at once.
   *
   * @param sparedBreaks so often the request may not get through without that costing an attempt.
   * @throws the last SyncError; cancelled when the signal aborts.
   */
  async attempt<T>(work: (send: Send) => Promise<T>, signal: AbortSignal, sparedBreaks = 0): Promise<T> {
    for (let failures = 0, breaks = 0; ;) {
      const pass = await this.#enter(signal);
      const failed = new Set<unknown>();
      try {
        return await work((request) => sendWith(pass, request, failed, signal));
      } catch (error) {
        if (signal.aborted || hasCode(error, 'cancelled')) throw cancelled('The transfer');
        if (!failed.has(error) || !(error instanceof SyncError) || !error.retryable) throw error;
        // There is no knock: it was sent to a server that is away.
        if (pass.isProbe) continue;
        if (breaks < sparedBreaks && isUnreachable(error)) breaks += 1;
        else failures += 1;
        if (failures >= REQUEST_RETRIES.attempts) throw error;
        if (this.#breaker.state.kind === 'unreachable') continue;
      } finally {
        pass.abandoned();
      }
      await pauseAfter(failures + breaks, { clock: this.#clock, random: this.#random }, signal);
    }
  }

  /**
   * Waits until the server is there, as far as is known. A request is no good probe of that: one that takes minutes to send keeps
   * all others waiting, and one that never goes through, for what it holds, would keep them waiting for ever.
   */
  async #enter(signal: AbortSignal): Promise<Pass> {
    for (;;) {
      const pass = await this.#breaker.enter(signal);
      const knock = this.#knock;
      if (!pass.isProbe || knock === undefined) return pass;
      // What goes wrong is the breaker's to tell; who is called off hears of it there.
      await sendWith(pass, () => knock(signal), new Set(), signal).catch(() => undefined);
    }
  }
}

/** @param failures takes up what is thrown, so that it can be told from what failed on this computer. */
async function sendWith<T>(pass: Pass, request: Request<T>, failures: Set<unknown>, signal: AbortSignal): Promise<T> {
  try {
    const result = await request(() => pass.succeeded());
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

/** Waits before what has failed so often, from 1, is tried again. @throws SyncError cancelled when the signal aborts. */
export async function pauseAfter(
  failures: number,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(backoffMs(failures, REQUEST_RETRIES, random.next()), signal);
  } catch (error) {
    throw signal.aborted ? cancelled('The transfer') : error;
  }
}
