import type { Bench } from '../bench.ts';
import { measure } from '../measure.ts';
import type { PeerName } from '../peers.ts';
import { againstFastest, measuredTable, OURS, type CaseResult } from '../result.ts';
import { runRounds, type Contender } from '../rounds.ts';

/** A pass over 100,000 files of which none has changed. */
export async function benchUnchanged(bench: Bench): Promise<CaseResult> {
  const folder = await bench.manyFiles();
  const { root } = folder;
  const contenders: Contender[] = [{ name: OURS, command: 'rustfs-sync sync --once', run: () => folder.syncOnce() }];
  if (bench.peers.found.has('rclone')) {
    const target = `bench:${await uploadedBy(bench, 'rclone', (bucket) => ['sync', root, `bench:${bucket}`])}`;
    for (const flags of [[], ['--size-only'], ['--checksum'], ['--checksum', '--fast-list']]) {
      contenders.push(peer(bench, 'rclone', ['sync', ...flags, root, target], ['rclone sync', ...flags].join(' ')));
    }
  }
  if (bench.peers.found.has('s5cmd')) {
    const bucket = await uploadedBy(bench, 's5cmd', (fresh) => ['sync', `${root}/`, `s3://${fresh}/`]);
    contenders.push(peer(bench, 's5cmd', ['sync', `${root}/`, `s3://${bucket}/`], 's5cmd sync'));
  }
  if (bench.peers.found.has('mc')) {
    const bucket = await uploadedBy(bench, 'mc', (fresh) => ['mirror', root, `bench/${fresh}`]);
    contenders.push(peer(bench, 'mc', ['mirror', root, `bench/${bucket}`], 'mc mirror'));
  }
  const measured = await runRounds(contenders, bench);
  return {
    table: measuredTable(measured, bench.peers.missing),
    targets: [againstFastest('Faster than `rclone sync`', measured, ['rclone sync'], 1)],
    remarks: [
      'Every program compares with what it uploaded itself, so that the times kept with the objects are its own.',
      'By default rclone asks for the time of each object with a request of its own; the rows with flags compare less or otherwise.',
    ],
  };
}

async function uploadedBy(bench: Bench, name: PeerName, args: (bucket: string) => readonly string[]): Promise<string> {
  const bucket = await bench.freshBucket();
  bench.log(`  uploading with ${name} (not counted)`);
  await measure(bench.peer(name, args(bucket)));
  return bucket;
}

function peer(bench: Bench, name: PeerName, args: readonly string[], label: string): Contender {
  return { name: label, command: `${label} DIR TARGET`, run: () => measure(bench.peer(name, args)) };
}
