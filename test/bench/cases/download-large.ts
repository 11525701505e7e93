import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { filledBucket, firstDownloads, withFlush, type PeerDownload } from '../first-download.ts';
import { largeFile } from '../fixtures.ts';
import { measure } from '../measure.ts';
import { againstFastest, measuredTable, type CaseResult } from '../result.ts';
import { runRounds } from '../rounds.ts';

const MEBIBYTES = 1_024;

/** Download of one file of 1 GiB. */
export async function benchDownloadLarge(bench: Bench): Promise<CaseResult> {
  const root = await largeFile(bench.scratch, MEBIBYTES);
  const bucket = await filledBucket(bench, root);
  const object = `${bucket}/large.bin`;
  const rclone: PeerDownload = {
    name: 'rclone',
    command: 'rclone copy REMOTE:BUCKET/FILE DIR',
    args: (dir) => ['copy', `bench:${object}`, dir],
  };
  const peers: readonly PeerDownload[] = [
    ...withFlush(rclone, 'sync DIR/FILE', (dir) => [join(dir, 'large.bin')]),
    ...(bench.peers.found.has('rclone') ? [await rcloneThatChecks(bench, root)] : []),
    { name: 's5cmd', command: 's5cmd cp s3://BUCKET/FILE DIR/', args: (dir) => ['cp', `s3://${object}`, `${dir}/`] },
    { name: 'mc', command: 'mc cp ALIAS/BUCKET/FILE DIR/', args: (dir) => ['cp', `bench/${object}`, `${dir}/`] },
  ];
  const measured = await runRounds(firstDownloads(bench, bucket, peers, 'at once'), bench);
  return {
    table: measuredTable(measured, bench.peers.missing),
    targets: [
      againstFastest('At least as fast as rclone', measured, ['rclone'], 1),
      againstFastest('At least as fast as rclone where it checks the content too', measured, ['rclone, checked'], 1),
    ],
    remarks: [
      'Each run goes into an empty directory. Ours checks the content against the ETag and flushes the file to the disk before it counts as downloaded; the others do neither, but for the rows that say so. rclone checks the content where the object has an MD5 of the whole, as it has here when rclone uploaded it.',
    ],
  };
}

/** From an object that rclone made, which has the MD5 of the whole with it. */
async function rcloneThatChecks(bench: Bench, root: string): Promise<PeerDownload> {
  const bucket = await bench.freshBucket();
  await measure(bench.peer('rclone', ['copy', root, `bench:${bucket}`]));
  return {
    name: 'rclone',
    how: 'checked',
    command: 'rclone copy REMOTE:BUCKET2/FILE DIR',
    args: (dir) => ['copy', `bench:${bucket}/large.bin`, dir],
  };
}
