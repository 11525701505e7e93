import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { cpuSecondsOf, memoryOf } from '../measure.ts';
import { mb, type CaseResult } from '../result.ts';

const MOST_RSS_BYTES = 200e6;
const MOST_CPU_PERCENT = 0.5;
/** After the first pass, before the count begins. */
const SETTLE_SECONDS = 10;

/** What watching 100,000 files takes while nothing happens. */
export async function benchWatching(bench: Bench): Promise<CaseResult> {
  const folder = await bench.manyFiles();
  const seconds = bench.quick ? 10 : 60;
  const startMs = performance.now();
  const program = await folder.watch();
  const firstPassSeconds = (performance.now() - startMs) / 1_000;
  try {
    await delay(SETTLE_SECONDS * 1_000);
    const before = await cpuSecondsOf(program.pid);
    await delay(seconds * 1_000);
    const after = await cpuSecondsOf(program.pid);
    const memory = await memoryOf(program.pid);
    const percent = before === undefined || after === undefined ? undefined : ((after - before) / seconds) * 100;
    const cpu = percent === undefined ? '-' : `${percent.toFixed(2)} % of one core`;
    return {
      table: {
        titles: ['', 'measured'],
        rows: [
          ['until first in sync', `${firstPassSeconds.toFixed(1)} s`],
          [`CPU over ${seconds} idle seconds`, cpu],
          ['RSS then', mb(memory?.rssBytes)],
          ['peak RSS, first pass included', mb(memory?.peakRssBytes)],
        ],
      },
      targets: [
        {
          goal: 'Under 0.5 % of one core when idle',
          measured: cpu,
          met: percent === undefined ? undefined : percent < MOST_CPU_PERCENT,
        },
        {
          goal: 'RSS at most 200 MB',
          measured: `${mb(memory?.rssBytes)}, at most ${mb(memory?.peakRssBytes)} on the way`,
          met: memory && memory.peakRssBytes <= MOST_RSS_BYTES,
        },
      ],
      remarks: ['`rustfs-sync sync` on 100,000 files in 1,000 directories that are in sync with a bucket.'],
    };
  } finally {
    await program.stop().catch((error: unknown) => bench.log(`  ${String(error)}`));
  }
}
