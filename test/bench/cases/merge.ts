import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import { mb, secondsText, type CaseResult } from '../result.ts';
import { spreadOf, type Spread } from '../rounds.ts';
import type { MergeReport } from './merge-child.ts';

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('merge-child.ts', import.meta.url));
const FEW = 100_000;
const MANY = 1_000_000;
const MOST_GROWTH = 1.3;
const MOST_SECONDS = 30;

interface Merged {
  readonly files: number;
  readonly seconds: Spread;
  readonly peakRssBytes: number;
}

/** The comparison alone, of generated trees with a real base, at 100,000 and at 1,000,000 files. */
export async function benchMerge(bench: Bench): Promise<CaseResult> {
  const few = await mergeOf(bench, FEW);
  const many = await mergeOf(bench, MANY);
  const growth = many.peakRssBytes / few.peakRssBytes;
  return {
    table: {
      titles: ['files', 'seconds (min to max)', 'files a second', 'peak RSS'],
      rows: [few, many].map(({ files, seconds, peakRssBytes }) => [
        files.toLocaleString('en'),
        secondsText(seconds),
        Math.round(files / seconds.median).toLocaleString('en'),
        mb(peakRssBytes),
      ]),
    },
    targets: [
      {
        goal: 'RSS at 1,000,000 files within 1.3 times that at 100,000',
        measured: `${growth.toFixed(2)} times`,
        met: growth <= MOST_GROWTH,
      },
      {
        goal: `A pass over 1,000,000 files of which none has changed within ${MOST_SECONDS} s`,
        measured: `${many.seconds.median.toFixed(2)} s`,
        met: many.seconds.median < MOST_SECONDS,
      },
    ],
    remarks: ['Base comes from SQLite on disk; scan and listing are generated. One process a run.'],
  };
}

async function mergeOf(bench: Bench, files: number): Promise<Merged> {
  const database = join(bench.scratch, `merge-${files}.db`);
  await runChild('fill', database, files);
  const reports: MergeReport[] = [];
  for (let round = 1; round <= bench.rounds; round++) {
    const report = JSON.parse(await runChild('merge', database, files)) as MergeReport;
    bench.log(`  round ${round}, ${files} files: ${report.seconds.toFixed(2)} s, ${mb(report.peakRssBytes)}`);
    reports.push(report);
  }
  await rm(database);
  return {
    files,
    seconds: spreadOf(reports.map(({ seconds }) => seconds)),
    peakRssBytes: spreadOf(reports.map(({ peakRssBytes }) => peakRssBytes)).median,
  };
}

async function runChild(task: 'fill' | 'merge', database: string, files: number): Promise<string> {
  const { stdout } = await run(process.execPath, [
    '--max-semi-space-size=8',
    '--heap-growing-percent=50',
    CHILD,
    task,
    database,
    String(files),
  ]);
  return stdout;
}
