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
  process.on('SIGUSR2', () => {
    if (histogram.enable()) return;
    histogram.disable();
    const delay: LoopDelay = {
      p50Ms: delayMs(histogram.percentile(50)),
      p99Ms: delayMs(histogram.percentile(99)),
      maxMs: delayMs(histogram.max),
      samples: histogram.count,
    };
    writeFileSync(file, JSON.stringify(delay));
  });
}

const file = process.env[LOOP_DELAY_FILE];
if (isMainThread && file !== undefined) measureOnSignals(file);
