import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { firstUploads } from '../first-upload.ts';
import { largeFile } from '../fixtures.ts';
import { againstFastest, mb, measuredTable, OURS, type CaseResult, type Target } from '../result.ts';
import { runRounds, type Measured } from '../rounds.ts';

const MEBIBYTES = 1_024;
const MOST_BUFFER_BYTES = 128 * 1024 * 1024;

/** Upload of one file of 1 GiB. */
export async function benchLargeFile(bench: Bench): Promise<CaseResult> {
  const root = await largeFile(bench.scratch, MEBIBYTES);
  const file = join(root, 'large.bin');
  const contenders = firstUploads(bench, root, false, [
    { name: 'rclone', command: 'rclone copy FILE REMOTE:BUCKET', args: (bucket) => ['copy', file, `bench:${bucket}`] },
    { name: 's5cmd', command: 's5cmd cp FILE s3://BUCKET/', args: (bucket) => ['cp', file, `s3://${bucket}/`] },
    { name: 'mc', command: 'mc cp FILE ALIAS/BUCKET', args: (bucket) => ['cp', file, `bench/${bucket}`] },
  ]);
  const measured = await runRounds(contenders, bench);
  return {
    table: measuredTable(measured, bench.peers.missing),
    targets: [
      againstFastest('At least 0.95 of the speed of the fastest', measured, undefined, 0.95),
      await bufferTarget(bench, measured),
    ],
    remarks: ['Each run goes into a fresh bucket. The file is in the page cache.'],
  };
}

/** What the upload takes beside what the program takes with nothing to send. */
async function bufferTarget(bench: Bench, measured: readonly Measured[]): Promise<Target> {
  const goal = 'Buffers within 128 MiB';
  const empty = await bench.ourFolder(join(bench.scratch, 'empty'), await bench.freshBucket());
  const { peakRssBytes: idleBytes } = await empty.syncOnce();
  await empty.remove();
  const peakBytes = measured.find(({ name }) => name === OURS)?.peakRssBytes?.max;
  if (idleBytes === undefined || peakBytes === undefined) return { goal, measured: 'not known here', met: undefined };
  const words = `peak RSS ${mb(peakBytes)}, ${mb(peakBytes - idleBytes)} above that of a run with nothing to send`;
  return { goal, measured: words, met: peakBytes - idleBytes <= MOST_BUFFER_BYTES };
}
