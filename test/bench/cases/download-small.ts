import type { Bench } from '../bench.ts';
import { filledBucket, firstDownloads, withFlush, type PeerDownload } from '../first-download.ts';
import { smallFiles } from '../fixtures.ts';
import { againstFastest, measuredTable, type CaseResult } from '../result.ts';
import { runRounds } from '../rounds.ts';

const FILES = 10_000;

/** First download of 10,000 files of 4 KiB. */
export async function benchDownloadSmall(bench: Bench): Promise<CaseResult> {
  const root = await smallFiles(bench.scratch, { directories: 100, filesPerDirectory: 100, fileBytes: 4_096 });
  const bucket = await filledBucket(bench, root);
  const rclone: PeerDownload = {
    name: 'rclone',
    command: 'rclone sync REMOTE:BUCKET DIR',
    args: (dir) => ['sync', `bench:${bucket}`, dir],
  };
  const peers: readonly PeerDownload[] = [
    ...withFlush(rclone, 'sync -f DIR', (dir) => ['-f', dir]),
    { name: 's5cmd', command: "s5cmd cp 's3://BUCKET/*' DIR/", args: (dir) => ['cp', `s3://${bucket}/*`, `${dir}/`] },
    { name: 'mc', command: 'mc mirror ALIAS/BUCKET DIR', args: (dir) => ['mirror', `bench/${bucket}`, dir] },
  ];
  const measured = await runRounds(firstDownloads(bench, bucket, peers, 'at the end'), bench);
  return {
    table: measuredTable(measured, bench.peers.missing, FILES),
    targets: [againstFastest('At least as fast as rclone', measured, ['rclone'], 1)],
    remarks: [
      'Each run goes into an empty directory. Ours flushes each file and its directory to the disk before it counts as downloaded; the others leave that to the system, but for the row that says so.',
    ],
  };
}
