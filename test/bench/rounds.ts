import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cost } from './measure.ts';

const run = promisify(execFile);

/** One of several ways to do the same thing. */
export interface Contender {
  readonly name: string;
  /** As the reader would type it; empty where the name says it. */
  readonly command: string;
  /** One run from a fresh start. What it prepares and clears away is not in the cost. */
  readonly run: () => Promise<Cost>;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Measured {
  readonly name: string;
  readonly command: string;
  readonly wallSeconds: Spread;
  readonly cpuSeconds: Spread | undefined;
  readonly peakRssBytes: Spread | undefined;
}

export interface RoundOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Whether a first round is run and not counted. */
  readonly warmUp: boolean;
  readonly log: (line: string) => void;
}

/** Runs the contenders in turn, A B C A B C, so that what else happens on the machine hits all of them alike. */
export async function runRounds(contenders: readonly Contender[], options: RoundOptions): Promise<Measured[]> {
  const costs = new Map<Contender, Cost[]>(contenders.map((contender) => [contender, []]));
  for (let round = options.warmUp ? 0 : 1; round <= options.rounds; round++) {
    for (const contender of contenders) {
      await settleDisk();
      const cost = await contender.run();
      const title = round === 0 ? 'warm-up' : `round ${round}`;
      options.log(`  ${title}, ${contender.name}: ${cost.wallSeconds.toFixed(2)} s, CPU ${text(cost.cpuSeconds)} s`);
      if (round > 0) costs.get(contender)?.push(cost);
    }
  }
  return contenders.map((contender) => summarize(contender, costs.get(contender) ?? []));
}

function summarize({ name, command }: Contender, costs: readonly Cost[]): Measured {
  return {
    name,
    command,
    wallSeconds: spreadOf(costs.map((cost) => cost.wallSeconds)),
    cpuSeconds: spreadOfKnown(costs.map((cost) => cost.cpuSeconds)),
    peakRssBytes: spreadOfKnown(costs.map((cost) => cost.peakRssBytes)),
  };
}

/** @throws Error for no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (min === undefined || max === undefined || low === undefined || high === undefined) {
    throw new Error('Nothing was measured.');
  }
  return { median: (low + high) / 2, min, max };
}

function spreadOfKnown(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? spreadOf(known) : undefined;
}

/** What earlier runs left to write would else be written on the time of the next. */
async function settleDisk(): Promise<void> {
  if (process.platform !== 'win32') await run('sync');
}

function text(seconds: number | undefined): string {
  return seconds === undefined ? 'unknown' : seconds.toFixed(2);
}
