import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Where a program that was started with this module writes what it saw. */
export const LOOP_DELAY_FILE = 'BENCH_LOOP_DELAY_FILE';

/** How late the event loop of a program came to its timers. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly samples: number;
  /**
   * Of the time between two of its timers, what the program's own thread computed: the delay that it has to answer for. The
   * rest, it waited for a processor.
   */
  readonly ownP99Ms: number;
}

const RESOLUTION_MS = 10;

/**
 * Loaded by `node --import` into the program that is measured, so that the program itself needs nothing for it. The first
 * SIGUSR2 begins, the second one writes the result.
 */
function measureOnSignals(file: string): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // It tells how long it was between two of its timers, of which the resolution is as it should be.
  const delayMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const own = new OwnWork();
  process.on('SIGUSR2', () => {
    if (histogram.enable()) {
      own.begin();
      return;
    }
    histogram.disable();
    const delay: LoopDelay = {
      p50Ms: delayMs(histogram.percentile(50)),
      p99Ms: delayMs(histogram.percentile(99)),
      maxMs: delayMs(histogram.max),
      samples: histogram.count,
      ownP99Ms: own.end(),
    };
    writeFileSync(file, JSON.stringify(delay));
  });
}

/** What this thread computes from one timer to the next. */
class OwnWork {
  readonly #computedMs: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  begin(): void {
    let lastMs = threadCpuMs();
    this.#timer = setInterval(() => {
      const nowMs = threadCpuMs();
      this.#computedMs.push(nowMs - lastMs);
      lastMs = nowMs;
    }, RESOLUTION_MS);
  }

  /** @returns the 99th percentile. */
  end(): number {
    clearInterval(this.#timer);
    const sorted = this.#computedMs.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const file = process.env[LOOP_DELAY_FILE];
if (isMainThread && file !== undefined) measureOnSignals(file);
