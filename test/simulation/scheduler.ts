import type { Timer } from '../../src/core/environment.ts';
import { Violation } from './contents.ts';

interface Event {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
  isCancelled: boolean;
}

/** So many events in one run mean that somebody goes in circles. */
const MOST_EVENTS = 60_000;

/**
 * The one clock and the one queue of a simulated world. Everything that happens is an event: an answer of a server, a timer
 * of an engine, a person's edit. Events come one after the other; between two of them all promises that can settle do.
 */
export class Scheduler {
  #elapsedMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  /** Milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Events that there were so far. */
  get events(): number {
    return this.#order;
  }

  /** Calls back after `delayMs`. */
  after(delayMs: number, fire: () => void): Timer {
    const event = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, fire, isCancelled: false };
    this.#push(event);
    return { cancel: () => (event.isCancelled = true) };
  }

  /** Resolves after `delayMs`. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /** Lets the world go on for `durationMs`, or until `isOver`. */
  async run(durationMs: number, isOver: () => boolean = () => false): Promise<void> {
    const untilMs = this.#elapsedMs + durationMs;
    await settle();
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.dueMs > untilMs) {
        this.#elapsedMs = untilMs;
        return;
      }
      this.#pop();
      if (next.isCancelled) continue;
      if (this.#order > MOST_EVENTS) throw new Violation(`There is no end after ${MOST_EVENTS} events`);
      this.#elapsedMs = next.dueMs;
      next.fire();
      await settle();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = heap[below];
      if (child === undefined) break;
      const sibling = heap[below + 1];
      if (sibling !== undefined && isBefore(sibling, child)) {
        below += 1;
        child = sibling;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Lets every promise settle that can: all microtasks run before an immediate does. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
