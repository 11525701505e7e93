import type { Clock, Random } from '../core/environment.ts';
import { cancelled, hasCode, type SyncError } from '../core/errors.ts';
import { backoffMs, type RetryPolicy } from '../core/retry.ts';

/** So many requests in a row must fail to reach the server before it is taken for unreachable. */
const FAILURES_TO_OPEN = 4;

/** Pauses between single probes of an unreachable server. */
const PROBES: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1_000, maxDelayMs: 60_000 };

/** What the breaker knows of a server. */
export type Reachability =
  | { readonly kind: 'reachable' }
  | { readonly kind: 'unreachable'; readonly error: SyncError; readonly sinceMs: number; readonly nextProbeMs: number };

/** Leave for one request. One of the three ends it; what is called after that has no effect. */
export interface Pass {
  /** Whether everybody else waits for how it ends. */
  readonly isProbe: boolean;
  /** Any answer of the server, also a refusal, shows that it is there. */
  succeeded(): void;
  /** The request did not reach the server. */
  failed(error: SyncError): void;
  /** The request was called off, or never sent, and says nothing about the server. */
  abandoned(): void;
}

/**
 * One per account. While the server can not be reached, everybody waits here and one request at a time is let through as
 * a probe: a server that is down costs one attempt now and then, not one for each of ten thousand files.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #onChange: () => void;
  #state: Reachability = { kind: 'reachable' };
  #hasAnswered = false;
  #failuresInRow = 0;
  /** So often it was found unreachable since the last answer to anything but a probe. */
  #timesUnreachable = 0;
  #probing = false;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock, random: Random, onChange: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
  }

  get state(): Reachability {
    return this.#state;
  }

  /** Whether the server has ever answered anything. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Waits until a request may be tried. The pass must be ended, or nobody else may probe an unreachable server. */
  async enter(signal: AbortSignal): Promise<Pass> {
    for (;;) {
      if (signal.aborted) throw cancelled('The transfer');
      if (this.#state.kind === 'reachable') return this.#pass(false);
      const waitMs = this.#state.nextProbeMs - this.#clock.monotonic();
      if (!this.#probing && waitMs <= 0) {
        this.#probing = true;
        return this.#pass(true);
      }
      await this.#wakeUp(Math.max(waitMs, 0), signal);
    }
  }

  #pass(isProbe: boolean): Pass {
    let isOpen = true;
    const end = (effect: () => void) => {
      if (!isOpen) return;
      isOpen = false;
      if (isProbe) this.#probing = false;
      effect();
    };
    return {
      isProbe,
      succeeded: () => end(() => this.#succeeded(isProbe)),
      failed: (error) => end(() => this.#failed(error, isProbe)),
      abandoned: () => end(() => this.#wakeAll()),
    };
  }

  #succeeded(isProbe: boolean): void {
    this.#failuresInRow = 0;
    this.#hasAnswered = true;
    // Some servers answer a probe and nothing else: they are left alone for as long as those that are away.
    if (!isProbe) this.#timesUnreachable = 0;
    if (this.#state.kind === 'reachable') return;
    this.#state = { kind: 'reachable' };
    this.#wakeAll();
    this.#onChange();
  }

  #failed(error: SyncError, isProbe: boolean): void {
    this.#failuresInRow += 1;
    const wasOpen = this.#state.kind === 'unreachable';
    // Sent before the server was found unreachable: nothing new.
    if (wasOpen && !isProbe) return;
    if (!wasOpen && this.#failuresInRow < FAILURES_TO_OPEN) return;
    this.#timesUnreachable += 1;
    const now = this.#clock.monotonic();
    this.#state = {
      kind: 'unreachable',
      error,
      sinceMs: this.#state.kind === 'unreachable' ? this.#state.sinceMs : now,
      nextProbeMs: now + backoffMs(this.#timesUnreachable, PROBES, this.#random.next()),
    };
    this.#wakeAll();
    this.#onChange();
  }

  /** Probes at once, and then again after short pauses first: the network came back, or a person asked. */
  retryNow(): void {
    if (this.#state.kind !== 'unreachable') return;
    this.#timesUnreachable = 0;
    this.#state = { ...this.#state, nextProbeMs: this.#clock.monotonic() };
    this.#wakeAll();
  }

  /** Waits for a change of state, or for the next probe when nobody is probing. */
  async #wakeUp(waitMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = this.#probing ? undefined : this.#clock.timer(waitMs, () => done());
      const done = () => {
        timer?.cancel();
        this.#waiting.delete(done);
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        timer?.cancel();
        this.#waiting.delete(done);
        reject(cancelled('The transfer'));
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** Whether an error says that the server could not be reached, rather than what it answered. */
export function isUnreachable(error: SyncError): boolean {
  return hasCode(error, 'unreachable', 'timeout');
}
