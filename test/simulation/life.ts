import type { Clock, Timer } from '../../src/core/environment.ts';
import { hasCode, type SyncError } from '../../src/core/errors.ts';
import { failure } from '../support/memory-fs.ts';
import { refusal } from '../support/memory-store.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Judge } from './judge.ts';
import type { Scheduler } from './scheduler.ts';
import type { Server } from './server.ts';
import type { Trace } from './trace.ts';

/** What is carried out late is carried out within this time. */
const LATEST_MS = 20_000;

/** What everybody in a world shares. */
export interface World {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly judge: Judge;
  readonly server: Server;
  /** Wall time at the world's beginning. */
  readonly startMs: number;
}

/**
 * One life of an engine, from its start to its end or crash. All its effects pass through here: they take time, fail, and
 * may be the last. After a crash no call returns and no timer fires, so that no further effect of it can happen.
 */
export class Life implements Clock {
  isAlive = true;
  readonly world: World;
  readonly name: string;
  readonly #wallOffsetMs: () => number;
  readonly #onCrash: () => void;
  /** What ends the listening of each sleep that nobody will wake from. */
  readonly #sleeps = new Set<() => void>();
  /** Of writes that the server has not carried out yet: what comes of them when this life ends. */
  readonly #onTheirWay = new Set<() => void>();

  constructor(world: World, name: string, wallOffsetMs: () => number, onCrash: () => void) {
    this.world = world;
    this.name = name;
    this.#wallOffsetMs = wallOffsetMs;
    this.#onCrash = onCrash;
  }

  /** From now on nothing that it does has any effect. */
  end(): void {
    this.isAlive = false;
    // Node keeps a signal that is made of others for as long as anybody listens to it, and with it the whole world.
    for (const forget of this.#sleeps) forget();
  }

  crash(): void {
    if (!this.isAlive) return;
    this.world.trace.add(this.name, 'CRASH');
    for (const giveUp of this.#onTheirWay) giveUp();
    this.end();
    this.#onCrash();
  }

  /** Before a call of the disk. @throws what the call fails with */
  async beforeDisk(what: string, path: string): Promise<void> {
    const { chance, faults, trace } = this.world;
    if (!this.isAlive) return never();
    trace.add(this.name, `${what} ${path}`);
    if (chance.hits(faults.rates.crash)) return this.#end();
    if (chance.hits(0.1))
      await this.#wait(chance.hits(faults.rates.slow) ? chance.between(100, 3_000) : chance.between(0.05, 15));
    if (!chance.hits(faults.rates.disk)) return;
    trace.add(this.name, `${what} ${path} FAILS`);
    throw failure('disk-error', path);
  }

  /** After an effect on the disk. */
  async afterDisk(): Promise<void> {
    const { chance, faults } = this.world;
    if (!this.isAlive) return never();
    if (chance.hits(faults.rates.crash)) return this.#end();
  }

  /** Before a request is carried out. @throws what it fails with */
  async beforeRequest(what: string, key: string, signal: AbortSignal | undefined): Promise<void> {
    const { chance, faults, trace, server } = this.world;
    if (!this.isAlive) return never();
    if (signal?.aborted === true) throw refusal('cancelled');
    trace.add(this.name, `${what} ${key}`);
    if (chance.hits(faults.rates.crash)) return this.#end();
    await this.#wait(
      chance.hits(faults.rates.slow) ? chance.between(500, 8_000) : chance.between(1, faults.rates.latencyMs),
      signal,
    );
    if (server.isDown) throw refusal(chance.hits(0.5) ? 'unreachable' : 'timeout');
    if (!chance.hits(faults.rates.request)) return;
    throw this.#refusal(what, key);
  }

  /**
   * The same for a request that writes: whoever gives it up, or is killed, does not call it back, so that the server may carry
   * it out later.
   */
  async beforeWrite(what: string, key: string, signal: AbortSignal | undefined, effect: () => Promise<unknown>) {
    const giveUp = () => {
      if (this.#onTheirWay.delete(giveUp)) this.#perhapsLater(`${what} ${key}`, effect);
    };
    this.#onTheirWay.add(giveUp);
    try {
      await this.beforeRequest(what, key, signal);
    } catch (error) {
      if (hasCode(error, 'timeout', 'unreachable', 'cancelled')) giveUp();
      throw error;
    } finally {
      this.#onTheirWay.delete(giveUp);
    }
  }

  #perhapsLater(what: string, effect: () => Promise<unknown>): void {
    const { chance, faults, trace, scheduler, server } = this.world;
    if (server.isDown || !chance.hits(faults.rates.late)) return;
    scheduler.after(chance.between(0, LATEST_MS), () => {
      trace.add('server', `${what} CARRIED OUT LATE`);
      void Promise.resolve()
        .then(effect)
        .catch((error: unknown) => trace.add('server', `${what} refused: ${String(error)}`));
    });
  }

  /** After it was carried out. @throws what is told instead of the answer */
  async afterRequest(what: string, key: string, signal: AbortSignal | undefined): Promise<void> {
    const { chance, faults } = this.world;
    if (!this.isAlive) return never();
    if (chance.hits(faults.rates.crash)) return this.#end();
    if (chance.hits(faults.rates.slow)) await this.#wait(chance.between(500, 8_000), signal);
    if (chance.hits(faults.rates.answer)) throw this.#refusal(`${what} (carried out)`, key);
  }

  #refusal(what: string, key: string): SyncError {
    const { chance, trace } = this.world;
    const code = chance.pick(['unreachable', 'timeout', 'server-error', 'slow-down'] as const);
    trace.add(this.name, `${what} ${key} FAILS ${code}`);
    return refusal(code);
  }

  #end(): Promise<never> {
    this.crash();
    return never();
  }

  async #wait(delayMs: number, signal?: AbortSignal): Promise<void> {
    try {
      await this.sleep(delayMs, signal);
    } catch {
      throw refusal('cancelled');
    }
    if (!this.isAlive) return never();
  }

  // The clock, as this computer has it.

  now(): number {
    return Math.round(this.world.startMs + this.world.scheduler.elapsedMs + this.#wallOffsetMs());
  }

  monotonic(): number {
    return this.world.scheduler.elapsedMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const ended = () => {
        signal?.removeEventListener('abort', onAbort);
        this.#sleeps.delete(ended);
      };
      const timer = this.timer(delayMs, () => {
        ended();
        resolve();
      });
      const onAbort = () => {
        ended();
        timer.cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleeps.add(ended);
    });
  }

  timer(delayMs: number, callback: () => void): Timer {
    return this.world.scheduler.after(delayMs, () => {
      if (this.isAlive) callback();
    });
  }
}

/** What a call that never comes back gives. One each: a shared one would hold on to all who wait for it. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
