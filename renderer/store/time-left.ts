import type { Totals } from './totals.ts';
import type { Sample } from './types.ts';

/** A rate that was watched for a shorter time says nothing yet. */
const SETTLED_MS = 5_000;
/** The rate is that of so long. */
const WINDOW_MS = 30_000;

/**
 * How long the work still takes, in milliseconds, as the last half minute has it: many small files are as slow as files go,
 * few large ones as bytes go, and the slower of the two counts. Undefined until that can be told.
 *
 * @param samples oldest first.
 */
export function timeLeftMs(samples: readonly Sample[]): number | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const { files, doneFiles, bytes, doneBytes } = last.totals;
  const begin = samples.findLastIndex(
    ({ totals, atMs }) => atMs < last.atMs - WINDOW_MS || !isSameWork(totals, last.totals),
  );
  const first = samples[begin + 1];
  if (first === undefined || last.atMs - first.atMs < SETTLED_MS) return undefined;
  const perMs = (done: number) => done / (last.atMs - first.atMs);
  const filesLeft = files - doneFiles;
  const bytesLeft = bytes - doneBytes;
  const filesPerMs = perMs(doneFiles - first.totals.doneFiles);
  const bytesPerMs = perMs(doneBytes - first.totals.doneBytes);
  // No file may end for minutes where they are large; bytes that do not move say that nobody knows.
  const times: number[] = [];
  if (filesLeft > 0 && filesPerMs > 0) times.push(filesLeft / filesPerMs);
  if (bytesLeft > 0) times.push(bytesPerMs > 0 ? bytesLeft / bytesPerMs : Number.POSITIVE_INFINITY);
  const longest = Math.max(...times);
  return Number.isFinite(longest) ? longest : undefined;
}

/** A new plan, or another folder that joins in, begins anew. */
function isSameWork(before: Totals, now: Totals): boolean {
  return before.files === now.files && before.bytes === now.bytes && before.doneFiles <= now.doneFiles;
}
