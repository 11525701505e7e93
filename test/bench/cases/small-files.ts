import type { Bench } from '../bench.ts';
import { firstUploads } from '../first-upload.ts';
import { smallFiles } from '../fixtures.ts';
import { againstFastest, measuredTable, type CaseResult } from '../result.ts';
import { runRounds } from '../rounds.ts';

const FILES = 10_000;

/** First upload of 10,000 files of 4 KiB. */
export async function benchSmallFiles(bench: Bench): Promise<CaseResult> {
  const root = await smallFiles(bench.scratch, { directories: 100, filesPerDirectory: 100, fileBytes: 4_096 });
  const contenders = firstUploads(bench, root, true, [
    { name: 'rclone', command: 'rclone sync DIR REMOTE:BUCKET', args: (bucket) => ['sync', root, `bench:${bucket}`] },
    { name: 's5cmd', command: 's5cmd cp DIR/ s3://BUCKET/', args: (bucket) => ['cp', `${root}/`, `s3://${bucket}/`] },
    { name: 'mc', command: 'mc mirror DIR ALIAS/BUCKET', args: (bucket) => ['mirror', root, `bench/${bucket}`] },
  ]);
  const measured = await runRounds(contenders, bench);
  return {
    table: measuredTable(measured, bench.peers.missing, FILES),
    targets: [
      againstFastest('At least as fast as rclone', measured, ['rclone'], 1),
      againstFastest('Aim: as fast as s5cmd', measured, ['s5cmd'], 1),
    ],
    remarks: ['Each run goes into a fresh bucket. Adding the folder is not timed.'],
  };
}
