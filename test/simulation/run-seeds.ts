import { Violation } from './contents.ts';
import type { FocusName } from './focus.ts';
import { simulate, type Outcome } from './simulate.ts';

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  /** Of a seed that fails, so many of its last events. */
  readonly traceLines: number;
  /** Runs each seed that this divides twice and compares: 1 for all, Infinity for none. */
  readonly twiceEvery: number;
  readonly keepGoing: boolean;
  /** What the worlds are full of. */
  readonly focus: FocusName | undefined;
}

/** Every so often it is said how far it is. */
const TELL_EVERY_MS = 5_000;

const MOST_TOLD = 3_000;

/** Runs seeds one after the other and tells how they came out. @returns the exit code: 0, or 1 when one failed. */
export async function runSeeds(range: SeedRange): Promise<number> {
  const startMs = performance.now();
  let toldMs = startMs;
  let events = 0;
  let done = 0;
  const failed: number[] = [];
  for (let seed = range.first; seed < range.first + range.count; seed++) {
    const outcome = await runSeed(seed, range);
    done += 1;
    events += outcome.events;
    if (outcome.failure !== undefined) {
      failed.push(seed);
      tellFailure(outcome, range.focus);
      if (!range.keepGoing) break;
    }
    if (performance.now() - toldMs < TELL_EVERY_MS) continue;
    toldMs = performance.now();
    tell(`${done} of ${range.count} seeds, ${rate(done, startMs)} a second, ${failed.length} failed`);
  }
  tell(
    `${done} seeds from ${range.first} on, ${rate(done, startMs)} a second, ${Math.round(events / done)} events and ${cpuMsEach(done)} ms of CPU each; ${failed.length} failed`,
  );
  if (failed.length > 0) tell(`Failed: ${failed.slice(0, 100).join(' ')}`);
  return failed.length === 0 ? 0 : 1;
}

async function runSeed(seed: number, { twiceEvery, traceLines, focus }: SeedRange): Promise<Outcome> {
  const outcome = await simulate(seed, traceLines, focus);
  if (seed % twiceEvery !== 0 || outcome.failure !== undefined) return outcome;
  const again = await simulate(seed, traceLines, focus);
  if (again.hash === outcome.hash) return outcome;
  const failure = new Error(`The seed went two ways: ${outcome.hash} and ${again.hash}`);
  return { ...again, failure };
}

function tellFailure({ seed, failure, trace, world }: Outcome, focus: FocusName | undefined): void {
  const what = failure?.stack ?? '';
  const cause = failure?.cause instanceof Error ? `\nBecause: ${failure.cause.stack ?? failure.cause.message}` : '';
  const isBreach = failure instanceof Violation;
  tell(`\nSeed ${seed} ${isBreach ? `breaks a rule: ${cut(failure.message)}` : `failed: ${cut(what)}`}${cut(cause)}`);
  if (trace.length > 0) tell(`${world}\nThe last events:\n${trace.join('\n')}`);
  const withFocus = focus === undefined ? '' : ` --focus ${focus}`;
  tell(`Again with: npm run simulate -- --seed ${seed}${withFocus} --trace 4000\n`);
}

/** A message may quote the content of a file. */
function cut(text: string): string {
  return text.length <= MOST_TOLD ? text : `${text.slice(0, MOST_TOLD)} …`;
}

/** What the seeds cost, whatever else the machine was busy with. */
function cpuMsEach(count: number): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1_000 / count);
}

function rate(count: number, startMs: number): string {
  return ((count * 1_000) / (performance.now() - startMs)).toFixed(1);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
