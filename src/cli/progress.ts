import { countOf, formatDuration, formatRate, formatRemaining, formatSize, formatCount, visible } from './format.ts';

/** How far some work is. */
export interface ProgressState {
  readonly doneBytes: number;
  /** Undefined while it is not known. */
  readonly totalBytes: number | undefined;
  /** Absent for a single file. */
  readonly files?: { readonly done: number; readonly total: number };
  /** What is being moved, at the end of the line, where it may be cut off. */
  readonly label: string;
}

/** Over how long the rate is averaged. */
const WINDOW_MS = 5_000;

/** A moving average: the bytes of the last seconds by the time that they took. */
export class RateMeter {
  readonly #samples: { atMs: number; bytes: number }[] = [];

  /** `bytes` is the total so far at monotonic time `atMs`. A smaller total than before starts anew. */
  add(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#samples.length = 0;
    this.#samples.push({ atMs, bytes });
    // One sample older than the window is kept, so that the average always spans it.
    while ((this.#samples[1]?.atMs ?? Infinity) <= atMs - WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second, or undefined while there is nothing to tell it by. */
  rate(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < 400) return undefined;
    return ((last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs);
  }
}

/** The progress line: `1,203 of 10,000 files  4.1 MB of 41.0 MB  6.6 MB/s  6 s left  label`. */
export function progressLine(state: ProgressState, bytesPerSecond: number | undefined): string {
  const parts: string[] = [];
  if (state.files !== undefined) {
    parts.push(`${formatCount(state.files.done)} of ${countOf(state.files.total, 'file')}`);
  }
  parts.push(bytesPart(state));
  if (bytesPerSecond !== undefined) parts.push(formatRate(bytesPerSecond));
  const left = remainingMs(state, bytesPerSecond);
  if (left !== undefined) parts.push(`${formatRemaining(left)} left`);
  if (state.label !== '') parts.push(visible(state.label));
  return parts.join('  ');
}

function bytesPart({ doneBytes, totalBytes }: ProgressState): string {
  if (totalBytes === undefined) return formatSize(doneBytes);
  const percent = totalBytes === 0 ? 100 : Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
  return `${formatSize(doneBytes)} of ${formatSize(totalBytes)} (${percent}%)`;
}

function remainingMs({ doneBytes, totalBytes }: ProgressState, bytesPerSecond = 0): number | undefined {
  if (totalBytes === undefined || doneBytes >= totalBytes || bytesPerSecond < 1) return undefined;
  return ((totalBytes - doneBytes) / bytesPerSecond) * 1_000;
}

/** The line that stays: `Uploaded 10,000 files, 41.0 MB in 6.2 s (6.6 MB/s).` */
export function summaryLine(verb: string, what: string, bytes: number, durationMs: number): string {
  const rate = durationMs >= 1 ? ` (${formatRate((bytes * 1_000) / durationMs)})` : '';
  return `${verb} ${what}, ${formatSize(bytes)} in ${formatDuration(durationMs)}${rate}.`;
}
